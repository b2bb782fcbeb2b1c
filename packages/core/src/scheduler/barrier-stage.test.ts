import { describe, expect, test } from "vitest";
import { DAGSchedulerHarness } from "../testing/dag-scheduler-harness.ts";
import { exceptionReason } from "../testing/task-reports.ts";
import { launches, TaskSchedulerHarness } from "../testing/task-scheduler-harness.ts";

const isBarrier = true;

describe("a barrier stage", () => {
  test("gives its results when all are there", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.narrow([h.lineage.narrow([h.lineage.source(2)], { isBarrier })]));
    const set = h.taskSet(0);
    expect(set.isBarrier).toBe(true);
    h.succeed(set, 1);
    expect(h.results(job)).toEqual({});
    h.succeed(set, 0);
    expect(h.results(job)).toEqual({ 0: 0, 1: 10 });
    expect(h.outcome(job)).toBe("ok");
  });

  test("runs again as a whole when one task fails, however it does", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.source(2, { isBarrier }));
    const first = h.taskSet(0);
    h.succeed(first, 1);
    h.fail(first, 0, exceptionReason());
    expect(h.all("CancelStage")).toMatchObject([{ stageId: 0, reason: "another task of its barrier stage has failed" }]);
    // What of the old attempt ends later means nothing.
    h.succeed(first, 0);
    h.resubmit();
    expect(h.submitted).toEqual(["0.0[0,1]", "0.1[0,1]"]);
    h.succeed(first, 0);
    h.fail(first, 0, { kind: "TaskKilled", reason: "" });
    expect(h.results(job)).toEqual({});
    h.finish(0);
    expect(h.outcome(job)).toBe("ok");
    expect(h.all("TaskResult")).toHaveLength(2);
  });

  test("loses the map output that it has when it fails, and all of it when some is lost", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(2, { isBarrier })], 1));
    h.succeed(h.taskSet(0), 0);
    h.fail(h.taskSet(0), 1, { kind: "ExecutorLostFailure", executorId: "a", exitCausedByApp: false, message: "" });
    expect(h.dag.mapOutputs.missing(0)).toEqual([0, 1]);
    h.resubmit();
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 1);
    h.resubmit();
    expect(h.submitted).toEqual(["0.0[0,1]", "0.1[0,1]", "1.0[0]", "0.2[0,1]"]);
    h.finish(0);
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
  });

  test("makes its input again after it could not be read", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.narrow([h.lineage.shuffled([h.lineage.source(2)], 2)], { isBarrier }));
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 1);
    h.resubmit();
    expect(h.submitted).toEqual(["0.0[0,1]", "1.0[0,1]", "0.1[1]"]);
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("1.1[0,1]");
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
  });

  test("fails its job after maxConsecutiveAttempts", () => {
    const h = new DAGSchedulerHarness({ maxConsecutiveAttempts: 2 });
    const job = h.run(h.lineage.source(1, { isBarrier }));
    h.fail(h.taskSet(0), 0, exceptionReason());
    h.resubmit();
    h.fail(h.taskSet(0), 0, exceptionReason("for good"));
    expect(h.outcome(job)).toBe("BARRIER_STAGE_FAILED");
    expect(h.all("JobEnded")[0]?.error).toMatchObject({
      message: expect.stringContaining("for good"),
      cause: { code: "EXECUTOR_THREAD_LOST" },
    });
    expect(h.dag.activeStages.size).toBe(0);
  });

  test("is refused where it cannot run as one", () => {
    const unsupported = (build: (h: DAGSchedulerHarness) => number, partitions?: readonly number[]): string | undefined => {
      const h = new DAGSchedulerHarness();
      return h.outcome(h.run(build(h), partitions === undefined ? {} : { partitions }));
    };
    const barrier = (h: DAGSchedulerHarness): number => h.lineage.source(2, { isBarrier });
    expect(unsupported(barrier, [0])).toBe("BARRIER_CHAIN_UNSUPPORTED");
    expect(unsupported((h) => h.lineage.narrow([barrier(h), barrier(h)]))).toBe("BARRIER_CHAIN_UNSUPPORTED");
    const coalesced = (h: DAGSchedulerHarness): number =>
      h.lineage.narrow([{ rddId: barrier(h), mapping: { kind: "groups", groups: [[0, 1]] } }], { numPartitions: 1 });
    expect(unsupported(coalesced)).toBe("BARRIER_CHAIN_UNSUPPORTED");
    expect(unsupported((h) => h.lineage.shuffled([coalesced(h)], 3))).toBe("BARRIER_CHAIN_UNSUPPORTED");
    expect(unsupported((h) => h.lineage.narrow([h.lineage.shuffled([barrier(h)], 5)]))).toBeUndefined();
  });
});

describe("the tasks of a barrier stage", () => {
  test("start together or not at all, and know where", () => {
    const h = new TaskSchedulerHarness({ queueAheadMs: 1000 });
    h.addExecutor("a", 2, "here");
    h.submit(0, 1);
    expect(launches(h.submit(1, 3, { isBarrier }))).toEqual([]);
    h.addExecutor("b", 1, "there");
    expect(launches(h.succeed(h.live(0, 0)))).toEqual(["1.0@a", "1.1@b", "1.2@a"]);
    const { properties } = h.all("LaunchTasks").at(-1)?.batch ?? {};
    expect(properties).toMatchObject({ "spark.barrier.addresses": "here,there,here" });
  });

  test("end with the first that fails, which is not tried again alone", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 2);
    h.submit(0, 2, { isBarrier });
    expect(launches(h.fail(h.live(0, 0), exceptionReason()))).toEqual([]);
    h.step({ kind: "CancelStage", stageId: 0, reason: "another task failed" });
    expect(h.all("KillTask")).toHaveLength(1);
    expect(launches(h.submit(0, 2, { isBarrier, stageAttempt: 1 }))).toEqual([]);
    expect(launches(h.fail(h.live(0, 1), { kind: "TaskKilled", reason: "" }))).toEqual(["0.0@a", "0.1@a"]);
    expect(h.all("TaskSetFailed")).toEqual([]);
  });

  test("do not count for the next attempt when they succeed late", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 4);
    h.submit(0, 2, { isBarrier });
    h.fail(h.live(0, 0), exceptionReason());
    const late = h.live(0, 1);
    h.submit(0, 2, { isBarrier, stageAttempt: 1, validSince: 1 });
    h.succeed(late);
    expect([...h.tasks.taskSets].map((set) => [set.runningCount, set.succeededCount])).toEqual([[2, 0]]);
  });

  test("wait some time for enough slots", () => {
    const h = new TaskSchedulerHarness({ barrier: { checkIntervalMs: 1000, checkFailuresMax: 2 } });
    h.addExecutor("a", 1);
    h.submit(0, 2, { isBarrier });
    h.advance(1000);
    h.advance(500);
    expect(h.all("TaskSetFailed")).toEqual([]);
    h.advance(500);
    expect(h.all("TaskSetFailed").map(({ error }) => [error.code, error.params])).toEqual([
      ["BARRIER_SLOTS_MISSING", { stageId: 0, tasks: 2, slots: 1 }],
    ]);
    expect([...h.tasks.taskSets]).toEqual([]);
    h.submit(1, 2, { isBarrier });
    expect(launches(h.addExecutor("b", 1))).toEqual(["1.0@a", "1.1@b"]);
  });

  test("start together in a fair pool too", async () => {
    const { PoolTable } = await import("./pool.ts");
    const h = new TaskSchedulerHarness({ pools: new PoolTable("FAIR") });
    h.submit(0, 2, { isBarrier });
    expect(launches(h.addExecutor("a", 2))).toEqual(["0.0@a", "0.1@a"]);
  });
});
