import { describe, expect, test } from "vitest";
import { launches, TaskSchedulerHarness } from "../testing/task-scheduler-harness.ts";
import { exceptionReason, fetchFailedReason } from "../testing/task-reports.ts";
import type { ExcludeOnFailureOptions } from "./exclude-options.ts";
import { HealthTracker } from "./health-tracker.ts";
import { TaskSetExcludeList } from "./task-set-exclude-list.ts";

const exclude: ExcludeOnFailureOptions = {
  taskAttemptsPerExecutorMax: 1,
  taskAttemptsPerNodeMax: 2,
  stageTasksPerExecutorMax: 2,
  stageExecutorsPerNodeMax: 2,
  applicationTasksPerExecutorMax: 2,
  applicationExecutorsPerNodeMax: 2,
  onFetchFailure: false,
  timeoutMs: 1000,
  killsExcluded: false,
  unschedulableTimeoutMs: 500,
};
const stage = { stageId: 3, stageAttempt: 1 };

describe("TaskSetExcludeList", () => {
  test("keeps a task from the executor, then from the host where it failed", () => {
    const list = new TaskSetExcludeList(exclude, stage);
    expect(list.failed("a", "h", 7, 0)).toEqual([]);
    expect([list.isExcludedFor("a", "h", 7), list.isExcludedFor("b", "h", 7), list.isExcludedFor("a", "h", 8)]).toEqual([
      true,
      false,
      false,
    ]);
    list.failed("b", "h", 7, 0);
    expect([list.isExcludedFor("c", "h", 7), list.isExcludedFor("d", "i", 7)]).toEqual([true, false]);
    expect([list.hasFailuresOn("c", "h"), list.hasFailuresOn("d", "i")]).toEqual([true, false]);
  });

  test("keeps the stage from an executor where several tasks failed, then from its host", () => {
    const list = new TaskSetExcludeList(exclude, stage);
    list.failed("a", "h", 1, 0);
    list.failed("a", "h", 1, 0);
    expect(list.isExcluded("a", "h")).toBe(false);
    expect(list.failed("a", "h", 2, 0)).toEqual([{ kind: "ExecutorExcludedForStage", executorId: "a", taskFailures: 2, ...stage }]);
    expect([list.isExcluded("a", "h"), list.isExcluded("b", "h")]).toEqual([true, false]);
    list.failed("b", "h", 1, 0);
    expect(list.failed("b", "h", 2, 0)).toEqual([
      { kind: "ExecutorExcludedForStage", executorId: "b", taskFailures: 2, ...stage },
      { kind: "NodeExcludedForStage", host: "h", executorFailures: 2, ...stage },
    ]);
    expect([list.isExcluded("c", "h"), list.isExcluded("c", "i")]).toEqual([true, false]);
  });
});

/** Failures of the given partitions on one executor. */
function failures(executorId: string, host: string, partitions: readonly number[], atMs = 0) {
  const list = new TaskSetExcludeList(exclude, stage);
  for (const partition of partitions) list.failed(executorId, host, partition, atMs);
  return list.failures;
}

describe("HealthTracker", () => {
  test("adds up the failures of task sets that succeeded, and forgets them in time", () => {
    const health = new HealthTracker(exclude);
    expect(health.taskSetSucceeded("1.0", failures("a", "h", [1], 0), 100)).toEqual([]);
    expect(health.taskSetSucceeded("2.0", failures("a", "h", [1], 1100), 1101)).toEqual([]);
    expect(health.taskSetSucceeded("3.0", failures("a", "h", [5], 1200), 1200)).toEqual([
      { kind: "ExecutorExcluded", executorId: "a", taskFailures: 2 },
    ]);
    expect([health.isExcluded("a", "h"), health.isExcluded("b", "h"), health.nextExpiryMs]).toEqual([true, false, 2200]);
    expect(health.expire(2199)).toEqual([]);
    expect(health.expire(2200)).toEqual([{ kind: "ExecutorUnexcluded", executorId: "a" }]);
    expect([health.isExcluded("a", "h"), health.nextExpiryMs]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  test("excludes the host of several excluded executors, be they gone", () => {
    const health = new HealthTracker(exclude);
    health.taskSetSucceeded("1.0", failures("a", "h", [1, 2]), 0);
    health.executorLost("a");
    expect(health.taskSetSucceeded("2.0", failures("b", "h", [1, 2]), 10)).toEqual([
      { kind: "ExecutorExcluded", executorId: "b", taskFailures: 2 },
      { kind: "NodeExcluded", host: "h", executorFailures: 2 },
    ]);
    expect(health.isExcluded("c", "h")).toBe(true);
    expect(health.expire(1010).map(({ kind }) => kind)).toEqual(["ExecutorUnexcluded", "ExecutorUnexcluded", "NodeUnexcluded"]);
  });

  test("excludes at a fetch failure when told to", () => {
    expect(new HealthTracker(exclude).fetchFailed("a", "h", 0)).toEqual([]);
    const health = new HealthTracker({ ...exclude, onFetchFailure: true });
    expect(health.fetchFailed("a", "h", 0)).toEqual([{ kind: "ExecutorExcluded", executorId: "a", taskFailures: 1 }]);
    expect(health.fetchFailed("a", "h", 0)).toEqual([]);
  });
});

function harness(options: Partial<ExcludeOnFailureOptions> = {}): TaskSchedulerHarness {
  return new TaskSchedulerHarness({ exclude: { ...exclude, ...options } });
}

function facts(h: TaskSchedulerHarness): string[] {
  return h.all("Post").map(({ fact }) => fact.kind);
}

describe("exclude on failure", () => {
  test("a failed task goes to another executor, others may still come", () => {
    const h = harness();
    h.addExecutor("a");
    h.submit(0, 2);
    h.addExecutor("b");
    expect(launches(h.fail(h.live(0, 0), exceptionReason()))).toEqual([]);
    expect(launches(h.succeed(h.live(0, 1)))).toEqual(["0.0@b"]);
  });

  test("kills on purpose exclude nothing", () => {
    const h = harness();
    h.addExecutor("a");
    h.submit(0, 1);
    expect(launches(h.fail(h.live(0, 0), { kind: "TaskKilled", reason: "by the user" }))).toEqual(["0.0@a"]);
  });

  test("the application avoids an executor where tasks of sets that succeeded had failed", () => {
    const h = harness({ stageTasksPerExecutorMax: 9 });
    h.addExecutor("a", 2);
    h.submit(0, 2);
    h.addExecutor("b", 2);
    for (const partition of [0, 1]) h.fail(h.live(0, partition), exceptionReason());
    for (const partition of [0, 1]) h.succeed(h.live(0, partition));
    expect(facts(h)).toEqual(["ExecutorExcluded"]);
    expect(launches(h.submit(1, 4))).toEqual(["1.0@b", "1.1@b"]);
    expect(h.all("ScheduleOffers").at(-1)?.delayMs).toBe(1000);
    expect(launches(h.advance(1000))).toEqual(["1.2@a", "1.3@a"]);
    expect(facts(h)).toEqual(["ExecutorExcluded", "ExecutorUnexcluded"]);
    expect(h.all("KillExecutors")).toEqual([]);
  });

  test("excluded executors are ended when the settings say so", () => {
    const h = harness({ killsExcluded: true, onFetchFailure: true });
    h.addExecutor("a");
    h.addExecutor("b");
    h.submit(0, 2);
    h.fail(h.live(0, 1), fetchFailedReason(0, 0, "a"));
    expect(h.all("KillExecutors")).toEqual([{ kind: "KillExecutors", executorIds: ["a"] }]);
  });

  test("a task that may run nowhere waits for a new executor, and an idle one is replaced", () => {
    const h = harness();
    h.addExecutor("a");
    h.submit(0, 1);
    h.fail(h.live(0, 0), exceptionReason());
    expect(facts(h)).toEqual(["UnschedulableTaskSetAdded"]);
    expect(h.all("KillExecutors")).toEqual([{ kind: "KillExecutors", executorIds: ["a"] }]);
    h.step({ kind: "ExecutorLost", executorId: "a", message: "replaced", exitCausedByApp: false });
    h.nowMs = 400;
    expect(launches(h.addExecutor("b"))).toEqual(["0.0@b"]);
    expect(facts(h)).toEqual(["UnschedulableTaskSetAdded", "UnschedulableTaskSetRemoved"]);
    h.advance(1000);
    h.succeed(h.live(0, 0));
    expect(h.all("TaskSetFailed")).toEqual([]);
  });

  test("is given up when no new executor comes in time", () => {
    const h = harness();
    h.addExecutor("a");
    h.submit(0, 1);
    h.fail(h.live(0, 0), exceptionReason("no luck"));
    expect(h.all("ScheduleOffers").at(-1)?.delayMs).toBe(500);
    h.advance(500);
    expect(h.all("TaskSetFailed").map(({ error }) => [error.code, error.message])).toEqual([
      ["TASK_EXCLUDED_EVERYWHERE", expect.stringMatching(/partition 0 can run nowhere.*no luck/)],
    ]);
    expect(facts(h)).toEqual(["UnschedulableTaskSetAdded", "UnschedulableTaskSetRemoved"]);
    expect([...h.tasks.taskSets]).toEqual([]);
  });

  test("is given up at once where no new executor can come", () => {
    const { unschedulableTimeoutMs: _, ...local } = exclude;
    const h = new TaskSchedulerHarness({ exclude: local });
    h.addExecutor("a", 2);
    h.submit(0, 2);
    h.fail(h.live(0, 0), exceptionReason());
    expect(h.all("TaskSetFailed").map(({ error }) => error.code)).toEqual(["TASK_EXCLUDED_EVERYWHERE"]);
    expect(h.all("KillTask")).toHaveLength(1);
    h.fail(h.live(0, 1), { kind: "TaskKilled", reason: "" });
    expect([...h.tasks.taskSets]).toEqual([]);
  });
});
