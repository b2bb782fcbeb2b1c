import { describe, expect, test } from "vitest";
import { launches, TaskSchedulerHarness } from "../testing/task-scheduler-harness.ts";
import { emptyTaskMetrics } from "../message/task-result.ts";
import { exceptionReason } from "../testing/task-reports.ts";
import { type SpeculationOptions, SpeculationWatch } from "./speculation.ts";

const options: SpeculationOptions = { intervalMs: 100, multiplier: 3, quantile: 0.5, minTaskRuntimeMs: 100 };

describe("SpeculationWatch", () => {
  test("knows who runs longer than the multiple of the median, once enough are done", () => {
    const watch = new SpeculationWatch(options, 5);
    for (const taskId of [0, 1, 2, 3, 4]) watch.started(taskId, 0);
    watch.ended(0, 100, true);
    expect(watch.slow(10_000, 1)).toEqual([]);
    watch.ended(1, 300, true);
    expect(watch.slow(600, 1)).toEqual([]);
    expect(watch.slow(601, 1)).toEqual([2, 3, 4]);
    watch.ended(2, 500, true);
    expect(watch.slow(900, 1)).toEqual([]);
    expect(watch.slow(901, 1)).toEqual([3, 4]);
    watch.ended(3, 901, false);
    expect(watch.slow(901, 1)).toEqual([4]);
  });

  test("never calls a task slow before the least run time", () => {
    const watch = new SpeculationWatch(options, 2);
    watch.started(0, 0);
    watch.started(1, 0);
    watch.ended(0, 1, true);
    expect(watch.slow(100, 1)).toEqual([]);
    expect(watch.slow(101, 1)).toEqual([1]);
  });

  describe("with efficiency", () => {
    const efficiency = { processRateMultiplier: 0.75, longRunTaskFactor: 2 };
    /** Two of five tasks are done, each after 100 ms with 1000 records; 300 ms is slow. */
    function halfDone(recordsRead = 1000): SpeculationWatch {
      const watch = new SpeculationWatch({ ...options, efficiency }, 5);
      for (const taskId of [0, 1, 2, 3, 4]) watch.started(taskId, 0);
      for (const taskId of [0, 1]) watch.ended(taskId, 100, true, recordsRead);
      return watch;
    }

    test("leaves alone what only has more to read, until it runs very long", () => {
      const watch = halfDone();
      watch.progressed(2, 3000, 300);
      watch.progressed(3, 2000, 300);
      // 7.5 records a millisecond are three quarters of the mean; of task 4 nothing was heard.
      watch.progressed(2, 3000, 400);
      expect(watch.slow(400, 1)).toEqual([3, 4]);
      watch.progressed(2, 2999, 400);
      expect(watch.slow(400, 1)).toEqual([2, 3, 4]);
      watch.progressed(2, 9000, 400);
      expect([watch.slow(600, 1), watch.slow(601, 1)]).toEqual([
        [3, 4],
        [2, 3, 4],
      ]);
    });

    test("waits for that where nothing is read", () => {
      const watch = halfDone(0);
      expect([watch.slow(600, 1), watch.slow(601, 1)]).toEqual([[], [2, 3, 4]]);
    });

    test("forgets who has ended, and does not count who failed", () => {
      const watch = halfDone();
      watch.ended(2, 150, false, 100_000);
      watch.progressed(2, 5, 200);
      watch.progressed(3, 3200, 400);
      watch.progressed(4, 0, 0);
      expect(watch.slow(400, 1)).toEqual([4]);
    });

    test("a fixed threshold asks for time alone", () => {
      const watch = new SpeculationWatch({ ...options, efficiency, durationThresholdMs: 1000 }, 2);
      watch.started(0, 0);
      watch.progressed(0, 1e9, 10);
      expect(watch.slow(1001, 2)).toEqual([0]);
    });
  });

  test("leaves a single task alone, unless there is a fixed threshold and the set fits into one executor", () => {
    const single = new SpeculationWatch(options, 1);
    single.started(0, 0);
    expect(single.slow(1e9, 4)).toEqual([]);
    const limited = new SpeculationWatch({ ...options, durationThresholdMs: 1000 }, 2);
    limited.started(0, 0);
    expect(limited.slow(1001, 2)).toEqual([0]);
    expect(limited.slow(1001, 1)).toEqual([]);
  });
});

/** Two of three tasks done after 100 ms on `a` and `b`; the third is slow on `c`. */
function slowTask(hosts: Readonly<Record<string, string>> = {}): TaskSchedulerHarness {
  const h = new TaskSchedulerHarness({ speculation: options });
  for (const id of ["a", "b", "c"]) h.addExecutor(id, 1, hosts[id] ?? `h${id}`);
  h.submit(0, 3);
  h.nowMs = 100;
  h.succeed(h.live(0, 0));
  h.succeed(h.live(0, 1));
  h.nowMs = 301;
  return h;
}

describe("speculation", () => {
  test("looks at what running tasks have read, when their executor tells it", () => {
    const metrics = { ...emptyTaskMetrics(), inputRecords: 60, shuffleReadRecords: 40 };
    const h = new TaskSchedulerHarness({
      speculation: { ...options, efficiency: { processRateMultiplier: 0.75, longRunTaskFactor: 100 } },
    });
    for (const id of ["a", "b", "c", "d"]) h.addExecutor(id);
    h.submit(0, 4);
    h.nowMs = 100;
    for (const partition of [0, 1]) h.succeed(h.live(0, partition), { metrics });
    h.nowMs = 400;
    const [fast, idle] = [h.live(0, 2), h.live(0, 3)];
    const progress = [fast, idle].map(({ taskId }) => ({ taskId, recordsRead: 400 }));
    h.step({ kind: "TasksProgressed", executorId: "c", progress: [...progress, { taskId: 99, recordsRead: 1 }] });
    expect(launches(h.step({ kind: "CheckSpeculation" }))).toEqual(["0.3@a"]);
  });

  test("looks for slow tasks at intervals while there are task sets", () => {
    const h = slowTask();
    expect(h.all("ScheduleSpeculation")).toEqual([{ kind: "ScheduleSpeculation", delayMs: 100 }]);
    expect(h.step({ kind: "CheckSpeculation" }).filter(({ kind }) => kind === "ScheduleSpeculation")).toHaveLength(1);
    for (const task of h.tasks.liveTasks.values()) h.succeed(task);
    expect(h.step({ kind: "CheckSpeculation" })).toEqual([]);
  });

  test("runs a second attempt elsewhere, and the first success ends the other", () => {
    const h = slowTask();
    const original = h.live(0, 2);
    const actions = h.step({ kind: "CheckSpeculation" });
    expect(launches(actions)).toEqual(["0.2@a"]);
    expect(h.all("Post").map(({ fact }) => fact)).toEqual([{ kind: "SpeculativeTaskSubmitted", task: original }]);
    const copy = [...h.tasks.liveTasks.values()].find(({ speculative }) => speculative);
    expect(copy).toMatchObject({ partition: 2, attempt: 1, executorId: "a" });
    expect(launches(h.step({ kind: "CheckSpeculation" }))).toEqual([]);
    if (copy !== undefined) h.succeed(copy);
    expect(h.all("KillTask")).toEqual([
      { kind: "KillTask", executorId: "c", taskId: original.taskId, reason: "another attempt succeeded" },
    ]);
    h.fail(original, { kind: "TaskKilled", reason: "another attempt succeeded" });
    expect([...h.tasks.taskSets]).toEqual([]);
    expect(h.all("TaskSetFinished")).toHaveLength(1);
    expect(h.all("TaskSetFailed")).toEqual([]);
  });

  test("takes another executor of the host only when no other host has room", () => {
    const h = slowTask({ a: "here", c: "here" });
    expect(launches(h.step({ kind: "CheckSpeculation" }))).toEqual(["0.2@b"]);
    const alone = slowTask({ a: "here", b: "here", c: "here" });
    expect(launches(alone.step({ kind: "CheckSpeculation" }))).toEqual(["0.2@a"]);
  });

  test("never takes the executor of the original", () => {
    const h = new TaskSchedulerHarness({ speculation: options });
    h.addExecutor("a", 2);
    h.submit(0, 2);
    h.nowMs = 100;
    h.succeed(h.live(0, 0));
    h.nowMs = 1000;
    expect(launches(h.step({ kind: "CheckSpeculation" }))).toEqual([]);
    expect(launches(h.addExecutor("b"))).toEqual(["0.1@b"]);
  });

  test("a copy that fails leaves the original running, and may be made again", () => {
    const h = slowTask();
    h.step({ kind: "CheckSpeculation" });
    const copy = [...h.tasks.liveTasks.values()].find(({ speculative }) => speculative);
    if (copy !== undefined) h.fail(copy, { kind: "ExecutorLostFailure", executorId: "a", exitCausedByApp: false, message: "" });
    expect(h.tasks.liveTasks.size).toBe(1);
    expect(launches(h.step({ kind: "CheckSpeculation" }))).toEqual(["0.2@a"]);
  });

  test("the original's failure leaves the copy running", () => {
    const h = slowTask();
    const original = h.live(0, 2);
    h.step({ kind: "CheckSpeculation" });
    expect(launches(h.fail(original, exceptionReason()))).toEqual([]);
    const [copy] = h.tasks.liveTasks.values();
    expect(copy?.speculative).toBe(true);
    if (copy !== undefined) h.succeed(copy);
    expect(h.all("TaskSetFinished")).toHaveLength(1);
  });
});
