import { StorageLevels } from "../storage/storage-level.ts";
import { DAGSchedulerHarness } from "../testing/dag-scheduler-harness.ts";
import { exceptionReason, mapReport } from "../testing/task-reports.ts";
import { describe, expect, test } from "vitest";
import { errorToData } from "@vonk/common";
import { coreErrors } from "../errors.ts";

const cached = { storageLevel: StorageLevels.MEMORY_ONLY };

describe("jobs and stages", () => {
  test("a job without a shuffle is one stage", () => {
    const h = new DAGSchedulerHarness();
    const mapped = h.lineage.narrow([h.lineage.narrow([h.lineage.source(3)])]);
    const job = h.run(mapped);
    expect(h.submitted).toEqual(["0.0[0,1,2]"]);
    h.finish(0);
    expect(h.results(job)).toEqual({ 0: 0, 1: 10, 2: 20 });
    expect(h.outcome(job)).toBe("ok");
    expect(h.dag.activeStages.size).toBe(0);
  });

  test("stages are cut at shuffles and run in order", () => {
    const h = new DAGSchedulerHarness();
    const first = h.lineage.shuffled([h.lineage.source(2)], 3);
    const second = h.lineage.shuffled([h.lineage.narrow([first])], 1);
    const job = h.run(second);
    expect(h.submitted).toEqual(["0.0[0,1]"]);
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("1.0[0,1,2]");
    h.finish(1);
    expect(h.submitted.at(-1)).toBe("2.0[0]");
    h.finish(2);
    expect(h.outcome(job)).toBe("ok");
  });

  test("independent parents are submitted together, the child after both", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(1), h.lineage.source(2)], 1));
    expect(h.submitted).toEqual(["0.0[0]", "1.0[0,1]"]);
    h.finish(1);
    expect(h.submitted.length).toBe(2);
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("2.0[0]");
  });

  test("a diamond computes the shared shuffle once", () => {
    const h = new DAGSchedulerHarness();
    const shared = h.lineage.shuffled([h.lineage.source(2)], 2);
    const left = h.lineage.shuffled([h.lineage.narrow([shared])], 2);
    const right = h.lineage.shuffled([h.lineage.narrow([shared])], 2);
    const job = h.run(h.lineage.narrow([left, right]));
    expect(h.submitted).toEqual(["0.0[0,1]"]);
    h.finish(0);
    expect(h.submitted.slice(1).toSorted()).toEqual(["1.0[0,1]", "2.0[0,1]"]);
    h.finish(1);
    h.finish(2);
    h.finish(3);
    expect(h.outcome(job)).toBe("ok");
  });

  test("narrow diamonds of many levels are walked once each", () => {
    const h = new DAGSchedulerHarness();
    let rdd = h.lineage.source(1, { preferredLocations: [[]] });
    for (let level = 0; level < 60; level++) rdd = h.lineage.narrow([rdd, rdd]);
    h.run(rdd);
    expect(h.submitted).toEqual(["0.0[0]"]);
  });

  test("a job of no partitions ends at once and is told to listeners", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(2)], 2), { partitions: [] });
    expect(h.outcome(job)).toBe("ok");
    expect(h.submitted).toEqual([]);
    expect(h.all("Post").map(({ event }) => event.kind)).toEqual(["JobStart", "JobEnd"]);
    expect(h.dag.activeStages.size).toBe(0);
  });

  test("a shuffle of no map partitions is there already", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(0)], 2));
    expect(h.submitted).toEqual(["1.0[0,1]"]);
  });

  test("some partitions of an RDD, in the caller's order", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.source(5), { partitions: [4, 1] });
    expect(h.submitted).toEqual(["0.0[4,1]"]);
    h.finish(0);
    expect(h.results(job)).toEqual({ 0: 40, 1: 10 });
  });

  test("a partition that is asked for twice is computed once and given twice", () => {
    for (const partitions of [
      [1, 1],
      [1, 0, 1],
      [0, 1, 1],
    ]) {
      const h = new DAGSchedulerHarness();
      const job = h.run(h.lineage.source(2), { partitions });
      expect(h.taskSet(0).partitions).toEqual([...new Set(partitions)]);
      h.finish(0);
      expect(h.results(job)).toEqual(Object.fromEntries(partitions.map((partition, index) => [index, partition * 10])));
      expect(h.outcome(job)).toBe("ok");
    }
  });

  test("a lineage of 5,000 shuffles needs no stack", () => {
    const h = new DAGSchedulerHarness();
    let rdd = h.lineage.source(1);
    for (let shuffle = 0; shuffle < 5000; shuffle++) rdd = h.lineage.shuffled([rdd], 1);
    const job = h.run(rdd);
    expect(h.submitted).toEqual(["0.0[0]"]);
    for (let stage = 0; stage <= 5000; stage++) h.finish(stage);
    expect(h.outcome(job)).toBe("ok");
  });

  test("a chain of 20,000 narrow RDDs with locations needs no stack", () => {
    const h = new DAGSchedulerHarness();
    let rdd = h.lineage.source(1, { preferredLocations: [["h1"]] });
    for (let count = 0; count < 20_000; count++) rdd = h.lineage.narrow([rdd]);
    h.run(rdd);
    expect(h.submitted).toEqual(["0.0[0]"]);
  });
});

describe("reuse", () => {
  test("a second job skips shuffles that are there", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(2)], 2);
    h.run(reduced);
    h.finish(0);
    h.finish(1);
    const again = h.run(h.lineage.narrow([reduced]));
    expect(h.submitted.at(-1)).toBe("2.0[0,1]");
    h.finish(2);
    expect(h.outcome(again)).toBe("ok");
  });

  test("a second job makes again only what was lost", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(3)], 1);
    h.run(reduced);
    const maps = h.taskSet(0);
    h.succeed(maps, 0, "a");
    h.succeed(maps, 1, "b");
    h.succeed(maps, 2, "a");
    h.finish(1);
    h.loseExecutor("b");
    h.run(reduced);
    expect(h.submitted.at(-1)).toBe("0.1[1]");
  });

  test("a shuffle that is removed is forgotten", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(1)], 1));
    h.finish(0);
    h.finish(1);
    h.step({ kind: "ShuffleRemoved", shuffleId: 0 });
    expect(h.dag.mapOutputs.shuffleIds()).toEqual([]);
  });

  test("a fully cached RDD cuts the lineage, a partly cached one does not", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(2)], 2, cached);
    h.cache(reduced, 0);
    h.run(reduced);
    expect(h.submitted).toEqual(["0.0[0,1]"]);
    h.cancel({ kind: "all" });
    h.cache(reduced, 1, "b");
    h.run(h.lineage.narrow([reduced]));
    expect(h.submitted.length).toBe(2);
    expect(h.taskSet(2).preferredLocations).toEqual([["executor:a"], ["executor:b"]]);
  });

  test("eviction, unpersisting and a lost executor end that", () => {
    for (const lose of ["evict", "unpersist", "executor"] as const) {
      const h = new DAGSchedulerHarness();
      const reduced = h.lineage.shuffled([h.lineage.source(1)], 2, cached);
      h.cache(reduced, 0);
      h.cache(reduced, 1);
      if (lose === "evict") h.cache(reduced, 1, "a", false);
      else if (lose === "unpersist") h.step({ kind: "RDDUnpersisted", rddId: reduced });
      else h.loseExecutor("a");
      h.run(reduced);
      expect(h.submitted).toEqual(["0.0[0]"]);
    }
  });

  test("a checkpoint that replaces a shuffle by a narrow parent is noticed", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1);
    h.run(reduced);
    h.cancel({ kind: "all" });
    const checkpoint = h.lineage.source(1);
    const job = h.lineage.job(reduced);
    const rdds = job.rdds.map((rdd) =>
      rdd.id === reduced
        ? { ...rdd, dependencies: [{ kind: "narrow", rddId: checkpoint, mapping: { kind: "one-to-one" } } as const] }
        : rdd,
    );
    h.step({ kind: "JobSubmitted", job: { ...job, rdds }, nowMs: 1 });
    expect(h.submitted.at(-1)).toBe("2.0[0]");
  });
});

describe("fetch failures", () => {
  /** Two map tasks on executors a and b, two reducers. */
  function shuffleJob(): { h: DAGSchedulerHarness; job: number } {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(2)], 2));
    const maps = h.taskSet(0);
    h.succeed(maps, 0, "a");
    h.succeed(maps, 1, "b");
    return { h, job };
  }

  test("the lost map output is made again, then only what the child misses", () => {
    const { h, job } = shuffleJob();
    const set = h.taskSet(1);
    h.succeed(set, 0);
    const actions = h.fetchFail(set, 1, 0, 0, "a");
    expect(actions.filter(({ kind }) => kind !== "Post").map(({ kind }) => kind)).toEqual([
      "FreeMapOutput",
      "MapOutputsChanged",
      "ScheduleResubmit",
    ]);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.1[0]");
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("1.1[1]");
    h.finish(1);
    expect(h.results(job)).toEqual({ 0: 0, 1: 10 });
    expect(h.outcome(job)).toBe("ok");
  });

  test("several failures are gathered before the stages run again", () => {
    const { h } = shuffleJob();
    const set = h.taskSet(1);
    h.fetchFail(set, 0, 0, 0, "a");
    h.fetchFail(set, 1, 0, 1, "b");
    expect(h.all("ScheduleResubmit").length).toBe(1);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.1[0,1]");
  });

  test("running tasks of the failed attempt go on, and their late results count", () => {
    const { h, job } = shuffleJob();
    const set = h.taskSet(1);
    const actions = h.fetchFail(set, 1, 0, 0, "a");
    expect(actions.some(({ kind }) => kind === "CancelStage")).toBe(false);
    h.resubmit();
    h.succeed(set, 0);
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("1.1[1]");
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
    expect(h.all("TaskResult").length).toBe(2);
  });

  test("a result that is there already does not count again", () => {
    const { h, job } = shuffleJob();
    const set = h.taskSet(1);
    h.succeed(set, 0);
    h.succeed(set, 0);
    expect(h.all("TaskResult").length).toBe(1);
    h.succeed(set, 1);
    h.succeed(set, 1);
    expect(h.outcome(job)).toBe("ok");
    expect(h.all("TaskResult").length).toBe(2);
  });

  test("a failure reported by an old attempt is not believed", () => {
    const { h } = shuffleJob();
    const old = h.taskSet(1);
    h.fetchFail(old, 0, 0, 0, "a");
    h.resubmit();
    h.finish(0);
    h.fetchFail(old, 1, 0, 1, "b");
    expect(h.dag.mapOutputs.isAvailable(0)).toBe(true);
    expect(h.dag.activeStages.get(1)?.state).toBe("running");
  });

  test("an output that another executor made since is not withdrawn", () => {
    const { h } = shuffleJob();
    h.fetchFail(h.taskSet(1), 0, 0, 0, "elsewhere");
    expect(h.dag.mapOutputs.isAvailable(0)).toBe(true);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("1.1[0,1]");
  });

  test("nor one that the same executor made since", () => {
    const { h } = shuffleJob();
    const failing = h.taskSet(1);
    const first = h.mapTask(0, 0, "a");
    h.fetchFail(failing, 0, 0, 0, "a");
    h.fetchFail(failing, 0, 0, 1, "b");
    h.resubmit();
    h.succeed(h.taskSet(0), 0, "a");
    // Another task of the attempt that failed, which goes on, met the output that was there first.
    h.fetchFail(failing, 1, 0, 0, "a", first);
    expect(h.dag.mapOutputs.missing(0)).toEqual([1]);
    h.succeed(h.taskSet(0), 1, "a");
    expect(h.submitted.slice(2)).toEqual(["0.1[0,1]", "1.1[0,1]"]);
  });

  test("a second failure in a row gives up all outputs of that executor", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(6)], 1));
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 0, "a");
    h.resubmit();
    h.finish(0, "b");
    h.fetchFail(h.taskSet(1), 0, 0, 1, "a");
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.2[1,2,3,4,5]");
  });

  test("after maxConsecutiveAttempts the job fails, and nothing is left", () => {
    const { h, job } = shuffleJob();
    for (let attempt = 0; attempt < 4; attempt++) {
      h.fetchFail(h.taskSet(1), 0, 0, 0, attempt === 0 ? "a" : "b");
      if (attempt === 3) break;
      h.resubmit();
      h.finish(0, "b");
    }
    expect(h.outcome(job)).toBe("STAGE_ATTEMPTS_EXHAUSTED");
    expect(h.dag.activeStages.size).toBe(0);
    expect(h.all("CancelStage").map(({ stageId }) => stageId)).toContain(1);
  });

  test("a stage's success makes earlier failures forgotten", () => {
    const h = new DAGSchedulerHarness();
    const middle = h.lineage.shuffled([h.lineage.source(1)], 1);
    const last = h.lineage.shuffled([middle], 1);
    const job = h.run(last);
    h.finish(0);
    for (let round = 0; round < 3; round++) {
      for (let failure = 0; failure < 3; failure++) {
        h.fetchFail(h.taskSet(1), 0, 0, 0);
        h.resubmit();
        h.finish(0);
      }
      h.finish(1);
      if (round === 2) break;
      h.fetchFail(h.taskSet(2), 0, 1, 0);
      h.resubmit();
    }
    h.finish(2);
    expect(h.outcome(job)).toBe("ok");
  });

  test("caches are not believed after a task found its input missing", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1, cached);
    h.cache(reduced, 0);
    const job = h.run(reduced);
    expect(h.submitted).toEqual(["1.0[0]"]);
    h.fetchFail(h.taskSet(1), 0, 0, 0, "");
    h.resubmit();
    expect(h.submitted.slice(1)).toEqual(["0.0[0]"]);
    h.finish(0);
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
  });

  test("lost grandparents are made before parents", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.shuffled([h.lineage.source(1)], 1)], 1));
    h.finish(0);
    h.finish(1);
    h.loseExecutor("a");
    h.fetchFail(h.taskSet(2), 0, 1, 0);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.1[0]");
    h.finish(0, "b");
    expect(h.submitted.at(-1)).toBe("1.1[0]");
    h.finish(1, "b");
    h.finish(2, "b");
    expect(h.outcome(job)).toBe("ok");
  });
});

describe("map outputs", () => {
  test("the first attempt of a partition is committed, a duplicate is not", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(2)], 1));
    const set = h.taskSet(0);
    h.succeed(set, 0, "a");
    h.succeed(set, 0, "b");
    expect(h.dag.mapOutputs.statuses(0)?.[0]?.executorId).toBe("a");
    expect(h.all("MapOutputsChanged").length).toBe(1);
  });

  test("outputs lost while their stage runs are made again before the child starts", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(3)], 1));
    const set = h.taskSet(0);
    h.succeed(set, 0, "b");
    h.succeed(set, 1, "a");
    h.loseExecutor("b");
    h.succeed(set, 2, "a");
    expect(h.submitted).toEqual(["0.0[0,1,2]", "0.1[0]"]);
    h.finish(0);
    expect(h.submitted.at(-1)).toBe("1.0[0]");
  });

  test("an output that a waiting child needs is made again at once", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(1), h.lineage.source(1)], 1));
    h.succeed(h.taskSet(0), 0, "b");
    h.loseExecutor("b");
    expect(h.submitted.at(-1)).toBe("0.1[0]");
  });

  test("a late report of an old attempt completes the newer one", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(2)], 1));
    const old = h.taskSet(0);
    h.succeed(old, 0, "b");
    h.loseExecutor("b");
    h.succeed(old, 1, "a");
    expect(h.submitted.at(-1)).toBe("0.1[0]");
    h.succeed(old, 0, "a");
    expect(h.submitted.at(-1)).toBe("1.0[0]");
  });

  test("the output of a stage that no job needs any more is kept for the next", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1);
    h.run(reduced);
    const set = h.taskSet(0);
    h.cancel({ kind: "all" });
    const task = h.task(set, 0);
    h.step({ kind: "TaskEnded", task, report: mapReport(task, 0), nowMs: 3 });
    h.run(reduced);
    expect(h.submitted.at(-1)).toBe("2.0[0]");
  });
});

describe("failure and cancellation", () => {
  const error = errorToData(coreErrors.create("JOB_CANCELLED", { jobId: 0, reason: "test" }));

  test("a failed task set fails every job that needs its stage", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1);
    const [first, second] = [h.run(reduced), h.run(h.lineage.narrow([reduced]))];
    const other = h.run(h.lineage.source(1));
    h.step({ kind: "TaskSetFailed", stageId: 0, stageAttempt: 0, error, nowMs: 3 });
    expect([h.outcome(first), h.outcome(second), h.outcome(other)]).toEqual([error.code, error.code, undefined]);
    expect(h.dag.activeStages.size).toBe(1);
  });

  test("an old attempt's failure is ignored", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(1)], 1));
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 0);
    h.resubmit();
    h.finish(0);
    h.step({ kind: "TaskSetFailed", stageId: 1, stageAttempt: 0, error, nowMs: 3 });
    expect(h.outcome(job)).toBeUndefined();
  });

  test("a job, a stage, a group, a tag or all jobs are cancelled", () => {
    for (const [selector, expected] of [
      [{ kind: "job", jobId: 1 }, [undefined, "JOB_CANCELLED", undefined]],
      [{ kind: "stage", stageId: 0 }, ["JOB_CANCELLED", undefined, undefined]],
      [{ kind: "stage", stageId: 77 }, [undefined, undefined, undefined]],
      [{ kind: "group", groupId: "g" }, ["JOB_CANCELLED", undefined, "JOB_CANCELLED"]],
      [{ kind: "tag", tag: "blue" }, [undefined, "JOB_CANCELLED", "JOB_CANCELLED"]],
      [{ kind: "tag", tag: "blu" }, [undefined, undefined, undefined]],
      [{ kind: "all" }, ["JOB_CANCELLED", "JOB_CANCELLED", "JOB_CANCELLED"]],
    ] as const) {
      const h = new DAGSchedulerHarness();
      const source = h.lineage.source(1);
      h.run(source, { properties: { "spark.jobGroup.id": "g" } });
      h.run(source, { properties: { "spark.job.tags": "red,blue" } });
      h.run(source, { properties: { "spark.jobGroup.id": "g", "spark.job.tags": "blue" } });
      h.cancel(selector);
      expect([0, 1, 2].map((job) => h.outcome(job))).toEqual(expected);
    }
  });

  test("a stage that two jobs share survives the end of one", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1);
    const [first, second] = [h.run(reduced), h.run(reduced)];
    h.cancel({ kind: "job", jobId: first });
    expect(h.all("CancelStage")).toEqual([]);
    h.finish(0);
    h.finish(2);
    expect([h.outcome(first), h.outcome(second)]).toEqual(["JOB_CANCELLED", "ok"]);
  });

  test("cancelling a job stops old attempts of a stage that waits for its parents", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(1)], 2));
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 0);
    h.cancel({ kind: "job", jobId: job });
    expect(h.all("CancelStage").map(({ stageId }) => stageId)).toContain(1);
    h.resubmit();
    expect(h.dag.activeStages.size).toBe(0);
  });

  test("a task's own failure changes nothing here: the task scheduler tries again", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.source(1));
    h.fail(h.taskSet(0), 0, exceptionReason());
    expect(h.outcome(job)).toBeUndefined();
    h.finish(0);
    expect(h.outcome(job)).toBe("ok");
  });
});

describe("accumulators and properties", () => {
  const accumulators = [{ id: 7, delta: new Uint8Array([1]) }];

  test("updates of a result task are applied once", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.source(2));
    const set = h.taskSet(0);
    h.succeed(set, 0, "a", { accumulators });
    h.succeed(set, 0, "b", { accumulators });
    expect(h.all("ApplyAccumulators")).toEqual([{ kind: "ApplyAccumulators", jobIds: [0], updates: accumulators }]);
  });

  test("updates of a map task are applied with the output that is committed", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(2)], 1));
    const set = h.taskSet(0);
    h.succeed(set, 0, "a", { accumulators });
    h.succeed(set, 0, "b", { accumulators });
    expect(h.all("ApplyAccumulators").length).toBe(1);
  });

  test("a stage runs with the pool and at the priority of its earliest job", () => {
    const h = new DAGSchedulerHarness();
    const reduced = h.lineage.shuffled([h.lineage.source(1)], 1);
    h.run(reduced, { properties: { "spark.scheduler.pool": "fast" } });
    h.run(reduced);
    expect(h.taskSet(0)).toMatchObject({ pool: "fast", priority: 0 });
    h.finish(0);
    expect(h.taskSet(1)).toMatchObject({ pool: "fast", priority: 0, jobIds: [0] });
    expect(h.taskSet(2)).toMatchObject({ pool: "default", priority: 1, jobIds: [1] });
  });
});
