import { describe, expect, test } from "vitest";
import { taskSetOf } from "../testing/task-scheduler-harness.ts";
import { executorSlots } from "./executor-slots.ts";
import { PoolTable } from "./pool.ts";
import { TaskSetManager } from "./task-set-manager.ts";

const slots = executorSlots("a", "h", 9);

/** A set of ten tasks of which some run. */
function set(stageId: number, pool: string, running: number, priority = 0): TaskSetManager {
  const made = new TaskSetManager(taskSetOf(stageId, 10, { pool, priority }), 0, 0, new Map());
  for (let taskId = 0; taskId < running; taskId++) made.dequeue(slots, taskId, 0);
  return made;
}

function order(table: PoolTable, sets: readonly TaskSetManager[]): number[] {
  return table.order(sets).map(({ taskSet }) => taskSet.stageId);
}

describe("PoolTable", () => {
  test("FIFO goes by job, then stage, whatever runs", () => {
    expect(order(new PoolTable("FIFO"), [set(2, "x", 0, 1), set(1, "y", 0, 1), set(9, "z", 9, 0)])).toEqual([9, 1, 2]);
  });

  test("FAIR: pools below their minimum share first, the emptiest of them at the head", () => {
    const pools = ["p", "q"].map((name) => ({ name, mode: "FIFO" as const, weight: 1, minShare: name === "p" ? 4 : 2 }));
    expect(order(new PoolTable("FAIR", pools), [set(0, "other", 0), set(1, "p", 3), set(2, "q", 1)])).toEqual([2, 1, 0]);
  });

  test("FAIR: then by running tasks over weight, ties by name", () => {
    const table = new PoolTable("FAIR", [{ name: "heavy", mode: "FIFO", weight: 4, minShare: 0 }]);
    expect(order(table, [set(0, "light", 2), set(1, "heavy", 4)])).toEqual([1, 0]);
    expect(order(table, [set(0, "b", 1), set(1, "a", 1)])).toEqual([1, 0]);
  });

  test("FAIR: all sets of a pool count for its share", () => {
    expect(order(new PoolTable("FAIR"), [set(0, "a", 1), set(1, "a", 3), set(2, "b", 2)])).toEqual([2, 0, 1]);
  });

  test("within a pool its own mode orders", () => {
    const sets = [set(0, "fair", 3), set(1, "fair", 1)];
    expect(order(new PoolTable("FAIR", [{ name: "fair", mode: "FAIR", weight: 1, minShare: 0 }]), sets)).toEqual([1, 0]);
    expect(order(new PoolTable("FAIR"), sets)).toEqual([0, 1]);
  });

  test("an unknown pool gets the defaults and is listed", () => {
    const table = new PoolTable("FAIR");
    expect(table.settings("new")).toEqual({ name: "new", mode: "FIFO", weight: 1, minShare: 0 });
    expect(table.all().map(({ name }) => name)).toEqual(["new"]);
  });
});
