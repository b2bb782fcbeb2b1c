import { describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

describe("simulation", () => {
  test("keeps every rule for a range of seeds", { timeout: 60_000 }, async () => {
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, seed) => simulate(seed)));
    expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
    const jobs = new Set(outcomes.flatMap((outcome) => outcome.jobs));
    // The faults are strong enough to matter and leave most jobs alive.
    expect([...jobs]).toEqual(expect.arrayContaining(["ok", "TASK_FAILED", "JOB_CANCELLED"]));
  });

  test("equal seeds give equal traces, other seeds others", async () => {
    for (const seed of [3, 14, 2 ** 40]) {
      const [first, second] = [await simulate(seed), await simulate(seed)];
      expect(second).toEqual(first);
    }
    expect((await simulate(1)).traceHash).not.toBe((await simulate(2)).traceHash);
  });
});
