import { describe, expect, test } from "vitest";
import { GroupAffinity } from "./group-affinity.ts";

/** Positions 0…n-1 in groups, with every position pending until it is taken. */
function affinityOf(groups: readonly number[], there: ReadonlySet<string> = new Set(["a", "b", "c"])) {
  const pending = new Set(groups.keys());
  const affinity = new GroupAffinity(
    groups,
    (position) => pending.has(position),
    (executorId) => there.has(executorId),
  );
  const take = (executorId: string): number | undefined => {
    const position = affinity.take(executorId);
    if (position !== undefined) expect(pending.delete(position)).toBe(true);
    return position;
  };
  return { affinity, pending, take };
}

describe("GroupAffinity", () => {
  test("an executor stays with its group, then takes a free one", () => {
    const { take } = affinityOf([0, 0, 1, 1, 2]);
    expect([take("a"), take("b"), take("a"), take("b"), take("b"), take("a")]).toEqual([0, 2, 1, 3, 4, undefined]);
  });

  test("helps the group with most left to do when none is free, and does not take it over", () => {
    const { take, pending } = affinityOf([0, 0, 1, 1, 1, 1]);
    expect([take("a"), take("b")]).toEqual([0, 2]);
    expect(take("c")).toBe(3);
    expect(take("a")).toBe(1);
    expect(take("a")).toBe(4);
    expect(take("b")).toBe(5);
    expect(pending.size).toBe(0);
  });

  test("the groups of an executor that is gone are free", () => {
    const there = new Set(["a", "b"]);
    const { take } = affinityOf([0, 0, 1, 1, 1], there);
    expect([take("a"), take("b")]).toEqual([0, 2]);
    there.delete("a");
    expect([take("b"), take("b"), take("b")]).toEqual([3, 4, 1]);
  });

  test("a position that is to run again goes to its group's executor", () => {
    const { affinity, pending, take } = affinityOf([0, 1]);
    expect([take("a"), take("b")]).toEqual([0, 1]);
    for (const position of [0, 1]) {
      pending.add(position);
      affinity.requeued(position);
    }
    expect([take("b"), take("a")]).toEqual([1, 0]);
  });

  test("tasks of no group go to whoever asks", () => {
    const { take } = affinityOf([-1, -1, 0]);
    expect(new Set([take("a"), take("b"), take("a")])).toEqual(new Set([0, 1, 2]));
  });
});
