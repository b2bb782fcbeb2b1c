import { describe, expect, test } from "vitest";
import { taskSetOf } from "../testing/task-scheduler-harness.ts";
import { type ExecutorSlots, executorSlots } from "./executor-slots.ts";
import { TaskSetManager } from "./task-set-manager.ts";

const executors = new Map<string, ExecutorSlots>();
function executor(executorId: string, host: string): ExecutorSlots {
  const slots = executorSlots(executorId, host, 1);
  executors.set(executorId, slots);
  return slots;
}
const a = executor("a", "h1");
const b = executor("b", "h2");

function manager(partitions: number, preferredLocations?: readonly (readonly string[])[]): TaskSetManager {
  return new TaskSetManager(taskSetOf(0, partitions, preferredLocations === undefined ? {} : { preferredLocations }), 1000, 0, executors);
}

describe("TaskSetManager", () => {
  test("gives out each partition once, lowest first", () => {
    const set = manager(3);
    expect([0, 1, 2, 3].map((taskId) => set.dequeue(a, taskId, 0)?.partition)).toEqual([0, 1, 2, undefined]);
    expect([set.pendingCount, set.runningCount, set.succeededCount]).toEqual([0, 3, 0]);
  });

  test("a failed partition comes back with the next attempt number", () => {
    const set = manager(2);
    set.dequeue(a, 0, 0);
    set.dequeue(a, 1, 0);
    expect(set.failed(0, true)).toBe(1);
    expect(set.dequeue(a, 2, 0)).toMatchObject({ partition: 0, attempt: 1 });
    expect(set.failed(2, false)).toBe(1);
    expect(set.dequeue(a, 3, 0)).toMatchObject({ partition: 0, attempt: 2 });
    expect(set.failed(3, true)).toBe(2);
  });

  test("ends of unknown tasks change nothing", () => {
    const set = manager(1);
    expect(set.failed(5, true)).toBe(0);
    expect(set.succeeded(5, 0)).toEqual([]);
    expect([set.pendingCount, set.isDone]).toEqual([1, false]);
  });

  test("is done, and launches nothing, once every partition has a result", () => {
    const set = manager(2);
    const task = set.dequeue(a, 0, 0);
    expect(set.partitionSucceeded(0)).toEqual([task]);
    expect(set.partitionSucceeded(9)).toEqual([]);
    expect(set.isDone).toBe(false);
    set.partitionSucceeded(1);
    expect([set.isDone, set.zombie, set.hasPending, set.succeededCount]).toEqual([true, true, false, 2]);
    expect(set.dequeue(a, 1, 0)).toBeUndefined();
  });

  test("a partition with a result is not queued again by a late failure", () => {
    const set = manager(2);
    set.dequeue(a, 0, 0);
    set.partitionSucceeded(0);
    set.failed(0, true);
    expect(set.dequeue(a, 1, 0)?.partition).toBe(1);
    expect(set.dequeue(a, 2, 0)).toBeUndefined();
  });

  test("prefers what is near to the executor that asks", () => {
    const set = manager(3, [["h2"], [], ["executor:a"]]);
    expect(set.dequeue(a, 0, 0)?.partition).toBe(2);
    expect(set.dequeue(a, 1, 0)?.partition).toBe(1);
    expect(set.dequeue(b, 2, 0)?.partition).toBe(0);
  });

  test("a near launch makes the set wait for near places again", () => {
    const set = manager(3, [["h1"], ["h1"], ["h1"]]);
    expect(set.dequeue(b, 0, 999)).toBeUndefined();
    expect(set.dequeue(a, 0, 999)?.partition).toBe(0);
    expect(set.localityWaitLeftMs(1500)).toBe(499);
    expect(set.dequeue(b, 1, 1500)).toBeUndefined();
    expect(set.dequeue(b, 1, 1999)?.partition).toBeDefined();
    expect(set.localityWaitLeftMs(1999)).toBeUndefined();
  });

  test("keeps the tasks of a group on one executor", () => {
    const set = new TaskSetManager(taskSetOf(0, 4, { groups: [0, 0, 1, 1] }), 1000, 0, executors);
    expect([a, b, a, b, a].map((each, taskId) => set.dequeue(each, taskId, 0)?.partition)).toEqual([0, 2, 1, 3, undefined]);
    set.failed(0, true);
    set.failed(1, true);
    expect(set.dequeue(b, 5, 0)?.partition).toBe(2);
    expect(set.dequeue(b, 6, 0)?.partition).toBe(0);
  });

  test("a requeued partition is near where it was near before", () => {
    const set = manager(1, [["executor:a"]]);
    set.dequeue(a, 0, 0);
    set.failed(0, true);
    expect(set.dequeue(b, 1, 0)).toBeUndefined();
    expect(set.dequeue(a, 1, 0)?.attempt).toBe(1);
  });
});
