import { describe, expect, test } from "vitest";
import { launches, TaskSchedulerHarness } from "../testing/task-scheduler-harness.ts";
import { exceptionReason, failedReport, fetchFailedReason, resultReport } from "../testing/task-reports.ts";
import { emptyTaskMetrics } from "../message/task-result.ts";
import { PoolTable } from "./pool.ts";
import type { TaskEndReason } from "../message/task-result.ts";

const killed: TaskEndReason = { kind: "TaskKilled", reason: "test" };

describe("offers", () => {
  test("tasks are spread over executors up to their slots", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.addExecutor("b", 1);
    expect(launches(h.submit(0, 5))).toEqual(["0.0@a", "0.1@b", "0.2@a"]);
    expect(launches(h.succeed(h.live(0, 1)))).toEqual(["0.3@b"]);
  });

  test("tasks of one executor and stage travel in one message, in order", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 4);
    const sent = h.submit(0, 3).filter((action) => action.kind === "LaunchTasks");
    expect(sent.map(({ batch }) => [batch.executorId, batch.tasks.map((task) => task.partition)])).toEqual([["a", [0, 1, 2]]]);
  });

  test("work that waits is given to an executor that joins", () => {
    const h = new TaskSchedulerHarness();
    expect(h.submit(0, 2)).toEqual([]);
    expect(launches(h.addExecutor("a", 1))).toEqual(["0.0@a"]);
  });

  test("an executor that registers twice keeps its count of tasks", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 5);
    expect(launches(h.addExecutor("a", 2))).toEqual([]);
    expect(h.tasks.executors.get("a")?.launched).toBe(2);
  });

  test("tiny tasks are queued ahead at the executor, long ones are not", () => {
    const h = new TaskSchedulerHarness({ queueAheadMs: 10, queueAheadTasksMax: 8 });
    h.addExecutor("a", 2);
    h.submit(0, 100);
    h.addExecutor("b", 0);
    const metrics = { ...emptyTaskMetrics(), executorRunTimeMs: 2 };
    h.succeed(h.live(0, 0), { metrics });
    expect(h.tasks.executors.get("a")?.launched).toBe(2 * 5);
    h.succeed(h.live(0, 1), { metrics: { ...metrics, executorRunTimeMs: 0.001 } });
    expect(h.tasks.executors.get("a")?.launched).toBeLessThanOrEqual(2 * 8);
    h.succeed(h.live(0, 2), { metrics: { ...metrics, executorRunTimeMs: 500 } });
    const before = h.all("TaskStarted").length;
    h.succeed(h.live(0, 3), { metrics: { ...metrics, executorRunTimeMs: 500 } });
    expect(h.all("TaskStarted").length).toBe(before);
  });

  test("tasks that are thought to be short are sent together before the first has run, above all to the only executor", () => {
    const launched = (taskMs: number | undefined, others: number): number | undefined => {
      const h = new TaskSchedulerHarness({ queueAheadMs: 2, queueAheadTasksMax: 8 });
      h.addExecutor("a", 2);
      for (let other = 0; other < others; other++) h.addExecutor(`other ${other}`, 0);
      h.submit(0, 100, taskMs === undefined ? {} : { taskMs });
      return h.tasks.executors.get("a")?.launched;
    };
    expect([launched(undefined, 0), launched(20, 0), launched(60, 0), launched(20, 1), launched(1, 1)]).toEqual([2, 4, 2, 2, 4]);
  });

  test("FIFO serves the earlier job, then the earlier stage", () => {
    const h = new TaskSchedulerHarness();
    h.submit(5, 1, { priority: 1 });
    h.submit(3, 1, { priority: 1 });
    h.submit(9, 1, { priority: 0 });
    expect(launches(h.addExecutor("a", 3))).toEqual(["9.0@a", "3.0@a", "5.0@a"]);
  });

  test("FAIR pools share the slots by weight, after their minimum shares", () => {
    const pools = new PoolTable("FAIR", [
      { name: "heavy", mode: "FIFO", weight: 2, minShare: 0 },
      { name: "needy", mode: "FIFO", weight: 1, minShare: 3 },
    ]);
    const h = new TaskSchedulerHarness({ pools });
    h.submit(0, 20, { pool: "light" });
    h.submit(1, 20, { pool: "heavy", priority: 1 });
    h.submit(2, 20, { pool: "needy", priority: 2 });
    const count = (actions: readonly string[], stage: number): number => actions.filter((each) => each.startsWith(`${stage}.`)).length;
    const first = launches(h.addExecutor("a", 3));
    expect(first.map((each) => each[0])).toEqual(["2", "2", "2"]);
    const more = launches(h.addExecutor("b", 9));
    expect([count(more, 0), count(more, 1), count(more, 2)]).toEqual([3, 6, 0]);
  });

  test("FAIR: tasks of sets that have nothing left to launch count for their pool", () => {
    const h = new TaskSchedulerHarness({ pools: new PoolTable("FAIR") });
    h.addExecutor("a", 4);
    h.submit(0, 4, { pool: "one" });
    h.submit(1, 9, { pool: "one", priority: 1 });
    h.submit(2, 9, { pool: "two", priority: 2 });
    expect(launches(h.addExecutor("b", 4))).toEqual(["2.0@b", "2.1@b", "2.2@b", "2.3@b"]);
  });
});

describe("retries", () => {
  test("a failed task is tried again until maxFailures, then its set fails", () => {
    const h = new TaskSchedulerHarness({ maxFailures: 3 });
    h.addExecutor("a", 2);
    h.submit(0, 2);
    for (let failure = 1; failure <= 3; failure++) {
      expect(h.live(0, 0).attempt).toBe(failure - 1);
      h.fail(h.live(0, 0), exceptionReason());
    }
    const [failed] = h.all("TaskSetFailed");
    expect(failed?.error).toMatchObject({ code: "TASK_FAILED", params: { failures: 3, partition: 0 } });
    expect(h.all("KillTask").map(({ taskId }) => taskId)).toEqual([h.live(0, 1).taskId]);
    h.fail(h.live(0, 1), killed);
    expect([...h.tasks.taskSets]).toEqual([]);
    expect(h.tasks.executors.get("a")?.launched).toBe(0);
  });

  test("kills, denied commits and executors lost for their own reasons do not count", () => {
    const h = new TaskSchedulerHarness({ maxFailures: 1 });
    h.addExecutor("a", 1);
    h.submit(0, 1);
    h.fail(h.live(0, 0), killed);
    h.fail(h.live(0, 0), { kind: "TaskCommitDenied", message: "test" });
    h.step({ kind: "ExecutorLost", executorId: "a", message: "preempted", exitCausedByApp: false });
    h.addExecutor("b", 1);
    expect(h.live(0, 0)).toMatchObject({ attempt: 3, executorId: "b" });
    expect(h.all("TaskSetFailed")).toEqual([]);
  });

  test("an executor that the application brought down counts", () => {
    const h = new TaskSchedulerHarness({ maxFailures: 1 });
    h.addExecutor("a", 1);
    h.submit(0, 1);
    h.step({ kind: "ExecutorLost", executorId: "a", message: "out of memory", exitCausedByApp: true });
    expect(h.all("TaskSetFailed").length).toBe(1);
  });

  test("a lost executor's tasks end and run elsewhere; what it reports afterwards is dropped", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 2);
    const [first] = [h.live(0, 0)];
    h.step({ kind: "ExecutorLost", executorId: "a", message: "test", exitCausedByApp: false });
    expect(h.all("TaskEnded").map(({ report }) => report.reason.kind)).toEqual(["ExecutorLostFailure", "ExecutorLostFailure"]);
    expect(h.tasks.liveTasks.size).toBe(0);
    expect(launches(h.addExecutor("b", 1))).toEqual(["0.1@b"]);
    expect(h.succeed(first).map(({ kind }) => kind)).toEqual(["DropOutput"]);
    expect(h.all("TaskEnded").length).toBe(2);
  });

  test("a repeated report and one from the wrong executor are dropped", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 1);
    h.addExecutor("b", 1);
    h.submit(0, 3);
    const task = h.live(0, 0);
    const stolen = h.step({ kind: "StatusUpdate", executorId: "b", reports: [resultReport(task, 1)] });
    expect(stolen.map(({ kind }) => kind)).toEqual(["DropOutput"]);
    h.succeed(task);
    expect(h.succeed(task).map(({ kind }) => kind)).toEqual(["DropOutput"]);
    expect(h.tasks.executors.get("a")?.launched).toBe(1);
  });

  test("several reports in one message are taken in order", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 2);
    const reports = [failedReport(h.live(0, 0), exceptionReason()), resultReport(h.live(0, 1), null)];
    const actions = h.step({ kind: "StatusUpdate", executorId: "a", reports });
    expect(actions.map(({ kind }) => kind)).toEqual(["TaskEnded", "TaskEnded", "TaskStarted", "LaunchTasks"]);
  });
});

describe("stages that are over", () => {
  test("a finished set is told once and leaves nothing", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 2);
    h.succeed(h.live(0, 0));
    h.succeed(h.live(0, 1));
    expect(h.all("TaskSetFinished")).toEqual([{ kind: "TaskSetFinished", stageId: 0, stageAttempt: 0 }]);
    expect([...h.tasks.taskSets]).toEqual([]);
  });

  test("a cancelled stage launches nothing more, and its tasks are killed", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 1);
    h.submit(0, 3);
    const task = h.live(0, 0);
    const actions = h.step({ kind: "CancelStage", stageId: 0, reason: "test" });
    expect(actions).toEqual([{ kind: "KillTask", executorId: "a", taskId: task.taskId, reason: "test" }]);
    expect(launches(h.fail(task, killed))).toEqual([]);
    expect([...h.tasks.taskSets]).toEqual([]);
  });

  test("a single task is killed and runs again", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 1);
    h.submit(0, 1);
    const task = h.live(0, 0);
    expect(h.step({ kind: "KillTask", taskId: task.taskId, reason: "test" }).map(({ kind }) => kind)).toEqual(["KillTask"]);
    expect(h.step({ kind: "KillTask", taskId: 99, reason: "test" })).toEqual([]);
    expect(launches(h.fail(task, killed))).toEqual(["0.0@a"]);
  });

  test("after a fetch failure a set launches nothing more, and its running tasks go on", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 3);
    const other = h.live(0, 1);
    const actions = h.fail(h.live(0, 0), fetchFailedReason(0, 0, "a"));
    expect(actions.map(({ kind }) => kind)).toEqual(["TaskEnded"]);
    expect(h.succeed(other).map(({ kind }) => kind)).toEqual(["TaskEnded"]);
    expect([...h.tasks.taskSets]).toEqual([]);
  });

  test("a success of the old attempt spares the new one the partition, running or not", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 3);
    h.submit(0, 3);
    const [running, late] = [h.live(0, 1), h.live(0, 2)];
    h.fail(h.live(0, 0), fetchFailedReason(0, 0, "a"));
    h.submit(0, 3, { stageAttempt: 1 });
    expect(h.live(0, 0, 1)).toMatchObject({ partition: 0 });
    expect(launches(h.succeed(late))).toEqual(["0.1@a"]);
    const again = h.live(0, 1, 1);
    const actions = h.succeed(running);
    expect(actions.filter(({ kind }) => kind === "KillTask")).toEqual([
      { kind: "KillTask", executorId: "a", taskId: again.taskId, reason: "another attempt succeeded" },
    ]);
    h.fail(again, killed);
    expect(launches(h.advance(0))).toEqual([]);
    h.succeed(h.live(0, 0, 1));
    expect(h.all("TaskSetFinished")).toEqual([{ kind: "TaskSetFinished", stageId: 0, stageAttempt: 1 }]);
    expect([...h.tasks.taskSets]).toEqual([]);
  });

  test("a new attempt that older tasks complete is finished without running anything", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 2);
    const late = h.live(0, 1);
    h.fail(h.live(0, 0), fetchFailedReason(0, 0, "a"));
    h.submit(7, 1);
    h.submit(0, [1], { stageAttempt: 1 });
    h.succeed(late);
    expect(h.all("TaskSetFinished")).toEqual([{ kind: "TaskSetFinished", stageId: 0, stageAttempt: 1 }]);
    expect([...h.tasks.taskSets].map(({ taskSet }) => taskSet.stageId)).toEqual([7]);
  });

  test("failures of an old attempt's tasks count for nothing", () => {
    const h = new TaskSchedulerHarness({ maxFailures: 1 });
    h.addExecutor("a", 2);
    h.submit(0, 2);
    const late = h.live(0, 1);
    h.fail(h.live(0, 0), fetchFailedReason(0, 0, "a"));
    h.fail(late, exceptionReason());
    expect(h.all("TaskSetFailed")).toEqual([]);
  });
});

describe("locality", () => {
  const near = (...locations: readonly string[]): { preferredLocations: readonly (readonly string[])[] } => ({
    preferredLocations: [locations],
  });

  test("a task goes to its executor, then after the wait to its host, then anywhere", () => {
    for (const [free, waits] of [
      ["a", 0],
      ["b", 1],
      ["c", 3],
    ] as const) {
      const h = new TaskSchedulerHarness({ localityWaitMs: 1000 });
      for (const [executorId, host] of [
        ["a", "h1"],
        ["b", "h1"],
        ["c", "h2"],
      ] as const)
        h.addExecutor(executorId, 1, host);
      // Every executor but one is busy.
      h.submit(0, 3);
      h.submit(1, 1, near("executor:a"));
      const busy = [...h.tasks.liveTasks.values()].find((task) => task.executorId === free);
      if (busy !== undefined) h.succeed(busy);
      const launched = (): boolean => h.all("TaskStarted").some(({ task }) => task.stageId === 1);
      for (let wait = 0; wait < 3 && !launched(); wait++) {
        expect(wait).toBeLessThan(waits);
        h.advance(1000);
      }
      expect(h.live(1, 0).executorId).toBe(free);
    }
  });

  test("nobody waits for executors and hosts that are not there", () => {
    for (const place of ["executor:gone", "elsewhere"]) {
      const h = new TaskSchedulerHarness();
      h.addExecutor("a", 1);
      expect(launches(h.submit(0, 1, near(place)))).toEqual(["0.0@a"]);
    }
  });

  test("a level that no task prefers is not waited for", () => {
    const h = new TaskSchedulerHarness({ localityWaitMs: 1000 });
    h.addExecutor("a", 1, "h1");
    h.addExecutor("b", 1, "h2");
    h.submit(0, 2);
    h.submit(1, 1, near("h1"));
    const actions = h.succeed(h.live(0, 1));
    expect(actions.at(-1)).toEqual({ kind: "ScheduleOffers", delayMs: 1000 });
    expect(launches(h.advance(999))).toEqual([]);
    expect(launches(h.advance(1))).toEqual(["1.0@b"]);
  });

  test("tasks without a preference do not wait for those that have one", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 1);
    h.addExecutor("b", 2);
    h.submit(0, 1);
    expect(launches(h.submit(1, 2, { preferredLocations: [["executor:a"], []] }))).toEqual(["1.1@b"]);
  });

  test("the next offer is asked for once, in whole milliseconds", () => {
    const h = new TaskSchedulerHarness({ localityWaitMs: 1000 });
    h.addExecutor("a", 1);
    h.addExecutor("b", 2);
    h.submit(0, 1);
    h.nowMs = 0.3;
    h.submit(1, 1, near("executor:a"));
    h.nowMs = 10.0000001;
    h.submit(2, 1, { ...near("executor:a"), priority: 1 });
    expect(h.all("ScheduleOffers")).toEqual([{ kind: "ScheduleOffers", delayMs: 1000 }]);
  });

  test("with no wait a task goes anywhere at once", () => {
    const h = new TaskSchedulerHarness({ localityWaitMs: 0 });
    h.addExecutor("a", 1);
    h.addExecutor("b", 1);
    h.submit(0, 1);
    expect(launches(h.submit(1, 1, near("executor:a")))).toEqual(["1.0@b"]);
  });
});
