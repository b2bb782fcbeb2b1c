import { describe, expect, test } from "vitest";
import { DAGSchedulerHarness } from "../testing/dag-scheduler-harness.ts";
import { emptyTaskMetrics } from "../message/task-result.ts";
import { exceptionReason } from "../testing/task-reports.ts";
import { launches, TaskSchedulerHarness } from "../testing/task-scheduler-harness.ts";

const [small, large] = [
  { profileId: 1, cpus: 1 },
  { profileId: 2, cpus: 3 },
] as const;

describe("the resources of a stage", () => {
  test("are those of its RDDs, and go with its tasks", () => {
    const h = new DAGSchedulerHarness();
    const mapped = h.lineage.narrow([h.lineage.source(2, { resources: large })]);
    h.run(h.lineage.shuffled([mapped], 2));
    expect(h.taskSet(0).cpus).toBe(3);
    h.finish(0);
    expect(h.taskSet(1)).not.toHaveProperty("cpus");
    const ids = h.all("Post").flatMap(({ event }) => (event.kind === "StageSubmitted" ? [event.stage.resourceProfileId] : []));
    expect(ids).toEqual([2, 0]);
  });

  test("that differ within it are refused, whichever of the job's stages it is", () => {
    const h = new DAGSchedulerHarness();
    const mixed = h.lineage.narrow([h.lineage.source(2, { resources: large })], { resources: small });
    const job = h.run(h.lineage.shuffled([mixed], 2));
    expect([h.outcome(job), h.outcome(h.run(mixed))]).toEqual(["RESOURCE_PROFILE_CONFLICT", "RESOURCE_PROFILE_CONFLICT"]);
    expect(h.submitted).toEqual([]);
    expect(h.dag.activeStages.size).toBe(0);
    expect(h.all("JobEnded")[0]?.error?.params).toEqual({ jobId: 0, callSite: "rdd 1", cpus: "1 and 3" });
  });

  test("are no conflict when they are equal, or a shuffle is between them", () => {
    const h = new DAGSchedulerHarness();
    const twin = h.lineage.narrow([h.lineage.source(1, { resources: large })], { resources: { ...large, profileId: 5 } });
    const job = h.run(h.lineage.shuffled([twin], 1, { resources: small }));
    expect(h.taskSet(0).cpus).toBe(3);
    h.finish(0);
    expect(h.taskSet(1).cpus).toBe(1);
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
  });

  test("are the largest of those that differ when that is wanted", () => {
    const h = new DAGSchedulerHarness({ mergesProfiles: true });
    const plain = h.lineage.source(1, { resources: { profileId: 7 } });
    h.run(h.lineage.narrow([h.lineage.narrow([plain], { resources: large })], { resources: small }));
    expect(h.taskSet(0).cpus).toBe(3);
  });
});

describe("tasks of several cores", () => {
  test("start while the cores last", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 4);
    h.addExecutor("b", 3);
    expect(launches(h.submit(0, 5, { cpus: 2 }))).toEqual(["0.0@a", "0.1@b", "0.2@a"]);
    expect([...h.tasks.executors.values()].map(({ launched, coresUsed }) => [launched, coresUsed])).toEqual([
      [2, 4],
      [1, 2],
    ]);
    expect(launches(h.succeed(h.live(0, 0)))).toEqual(["0.3@a"]);
    expect(launches(h.fail(h.live(0, 1), exceptionReason()))).toEqual(["0.1@b"]);
    h.step({ kind: "ExecutorLost", executorId: "a", message: "gone", exitCausedByApp: false });
    h.succeed(h.live(0, 1));
    expect([...h.tasks.executors.values()]).toMatchObject([{ launched: 1, coresUsed: 2, weighted: 1 }]);
  });

  test("leave to others what is left", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 3);
    expect(launches(h.submit(0, 2, { cpus: 2 }))).toEqual(["0.0@a"]);
    expect(launches(h.submit(1, 2))).toEqual(["1.0@a"]);
    // A core that is free is no place for a task of two.
    expect(launches(h.succeed(h.live(1, 0)))).toEqual(["1.1@a"]);
    expect(launches(h.succeed(h.live(0, 0)))).toEqual(["0.1@a"]);
  });

  test("have nothing queued ahead beside them, nor are queued ahead", () => {
    const h = new TaskSchedulerHarness({ queueAheadMs: 100 });
    h.addExecutor("a", 2);
    const quick = { metrics: { ...emptyTaskMetrics(), executorRunTimeMs: 1 } };
    h.submit(0, 20);
    expect(launches(h.succeed(h.live(0, 0), quick)).length).toBe(18);
    for (const task of h.tasks.liveTasks.values()) h.succeed(task, quick);
    h.submit(1, 2, { cpus: 2 });
    expect(launches(h.submit(2, 3))).toEqual([]);
    expect(launches(h.succeed(h.live(1, 0), quick))).toEqual(["1.1@a"]);
    expect(launches(h.succeed(h.live(1, 1), quick))).toEqual(["2.0@a", "2.1@a"]);
  });

  test("follow spark.task.cpus where no profile says, and threads where a profile asks for less", () => {
    const h = new TaskSchedulerHarness({ taskCpus: 2 });
    h.addExecutor("a", 2, "h", 5);
    expect(launches(h.submit(0, 3))).toEqual(["0.0@a", "0.1@a"]);
    expect(h.all("LaunchTasks")[0]?.batch.properties).toEqual({ "vonk.task.cpus": "2" });
    expect(launches(h.submit(1, 3, { cpus: 1 }))).toEqual([]);
    h.succeed(h.live(0, 0));
    expect(launches(h.succeed(h.live(0, 1)))).toEqual(["1.0@a"]);
  });

  test("of a barrier stage start together when the cores do for all", () => {
    const h = new TaskSchedulerHarness();
    h.addExecutor("a", 4);
    h.submit(0, 1);
    expect(launches(h.submit(1, 2, { cpus: 2, isBarrier: true }))).toEqual([]);
    expect(launches(h.succeed(h.live(0, 0)))).toEqual(["1.0@a", "1.1@a"]);
  });

  test("that fit into no executor are given up, on a cluster after a while", () => {
    const h = new TaskSchedulerHarness({ coresWaitMs: 1000 });
    h.submit(0, 2, { cpus: 4 });
    h.advance(5000);
    h.addExecutor("a", 2);
    h.addExecutor("b", 3);
    h.advance(999);
    expect(h.all("TaskSetFailed")).toEqual([]);
    h.advance(1);
    expect(h.all("TaskSetFailed").map(({ error }) => [error.code, error.params])).toEqual([
      ["TASK_CORES_MISSING", { stageId: 0, cpus: 4, cores: 3 }],
    ]);
    expect([...h.tasks.taskSets]).toEqual([]);
    h.submit(1, 1, { cpus: 4 });
    h.advance(500);
    expect(launches(h.addExecutor("c", 4))).toEqual(["1.0@c"]);
    h.advance(5000);
    expect(h.all("TaskSetFailed").length).toBe(1);
  });

  test("and at once where no larger one can come", () => {
    const h = new TaskSchedulerHarness({ taskCpus: 4 });
    h.addExecutor("a", 1, "h", 2);
    h.submit(0, 2);
    expect(h.all("TaskSetFailed").map(({ error }) => error.code)).toEqual(["TASK_CORES_MISSING"]);
  });
});
