import { describe, expect, test } from "vitest";
import { DAGSchedulerHarness } from "../testing/dag-scheduler-harness.ts";
import { LineageIndex } from "./lineage-index.ts";

describe("how sure it is that an RDD is computed again as it was", () => {
  /** An RDD over shuffled input that may come in another order. */
  function levels(build: (lineage: DAGSchedulerHarness["lineage"], unordered: number) => number): boolean {
    const { lineage } = new DAGSchedulerHarness();
    const rddId = build(lineage, lineage.shuffled([lineage.source(2)], 2, { effect: "unordered" }));
    const index = new LineageIndex();
    index.add([...lineage.rdds.values()], [...lineage.shuffles.values()]);
    return index.isIndeterminate(rddId);
  }

  test("follows from what its steps make of the order of their input", () => {
    expect(levels((_, unordered) => unordered)).toBe(false);
    expect(levels((lineage) => lineage.narrow([lineage.source(2)], { effect: "orderSensitive" }))).toBe(false);
    expect(levels((lineage, unordered) => lineage.narrow([unordered], { effect: "orderSensitive" }))).toBe(true);
    expect(levels((lineage, unordered) => lineage.narrow([lineage.narrow([unordered])], { effect: "orderSensitive" }))).toBe(true);
    const sorted = levels((lineage, unordered) => {
      const ordered = lineage.shuffled([unordered], 2, { effect: "ordered" });
      return lineage.narrow([ordered], { effect: "orderSensitive" });
    });
    expect(sorted).toBe(false);
    const sortedTooLate = levels((lineage) => lineage.shuffled([lineage.source(2, { effect: "indeterminate" })], 2, { effect: "ordered" }));
    expect(sortedTooLate).toBe(true);
  });
});

/** source → (indeterminate) shuffle 0 → shuffle 1 → result, with stages 0, 1 and 2, of which the first two are done. */
function chain(): DAGSchedulerHarness {
  const h = new DAGSchedulerHarness();
  const dealt = h.lineage.source(2, { effect: "indeterminate" });
  h.run(h.lineage.shuffled([h.lineage.shuffled([dealt], 2)], 2));
  h.finish(0, "a");
  h.finish(1, "b");
  return h;
}

describe("lost output of an indeterminate stage", () => {
  test("is made again as a whole, with all that was made of it", () => {
    const h = chain();
    const running = h.taskSet(2);
    h.fetchFail(running, 0, 1, 0, "b");
    h.loseExecutor("a");
    h.resubmit();
    // Stage 1 had one output left, made of the old output of stage 0.
    expect(h.submitted.slice(3)).toEqual(["0.1[0,1]"]);
    expect(h.dag.mapOutputs.missing(1)).toEqual([0, 1]);
    h.finish(0, "c");
    expect(h.submitted.at(-1)).toBe("1.1[0,1]");
    h.finish(1, "c");
    expect(h.submitted.at(-1)).toBe("2.1[0,1]");
    h.finish(2);
    expect(h.outcome(0)).toBe("ok");
  });

  test("ends running stages that read it, and what they report late does not count", () => {
    const h = new DAGSchedulerHarness();
    const dealt = h.lineage.source(2, { effect: "indeterminate" });
    const read = h.lineage.shuffled([dealt], 2);
    h.run(h.lineage.shuffled([read, h.lineage.source(1)], 1));
    h.finish(0);
    h.finish(2);
    const old = h.taskSet(1);
    h.succeed(old, 0, "b");
    h.fetchFail(old, 1, 0, 1);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.1[0,1]");
    h.succeed(old, 1, "b");
    expect(h.dag.mapOutputs.missing(1)).toEqual([0, 1]);
    h.finish(0, "c");
    expect(h.submitted.at(-1)).toBe("1.1[0,1]");
    expect(h.taskSet(1).validSince).toBe(1);
    h.finish(1);
    expect(h.submitted.at(-1)).toBe("3.0[0]");
  });

  test("fails a job that has results from it", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(2, { effect: "indeterminate" })], 2));
    h.finish(0);
    h.succeed(h.taskSet(1), 0);
    h.fetchFail(h.taskSet(1), 1, 0, 1);
    h.resubmit();
    expect(h.outcome(job)).toBe("INDETERMINATE_STAGE_LOST");
    expect(h.dag.activeStages.size).toBe(0);
    expect(h.submitted).toEqual(["0.0[0,1]", "1.0[0,1]"]);
    // Both stages had failed and waited to be submitted again: the task scheduler must let go of them.
    expect(h.all("CancelStage").map(({ stageId }) => stageId)).toEqual(expect.arrayContaining([0, 1]));
  });

  test("lets a job without results begin anew", () => {
    const h = new DAGSchedulerHarness();
    const job = h.run(h.lineage.shuffled([h.lineage.source(2, { effect: "indeterminate" })], 2));
    h.finish(0);
    const old = h.taskSet(1);
    h.fetchFail(old, 1, 0, 1);
    h.resubmit();
    // A task of the old attempt may have the right to commit, which the new attempt needs.
    expect(h.all("CancelStage").map(({ stageId }) => stageId)).toEqual([0, 1]);
    h.succeed(old, 0);
    expect(h.results(job)).toEqual({});
    h.finish(0, "c");
    h.finish(1);
    expect(h.outcome(job)).toBe("ok");
    expect(h.submitted).toEqual(["0.0[0,1]", "1.0[0,1]", "0.1[0,1]", "1.1[0,1]"]);
  });

  test("that nobody has read is made again in part", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(2, { effect: "indeterminate" })], 2));
    h.succeed(h.taskSet(0), 0, "a");
    h.loseExecutor("a");
    h.succeed(h.taskSet(0), 1, "b");
    expect(h.submitted).toEqual(["0.0[0,1]", "0.1[0]"]);
  });

  test("of a determinate stage is made again in part", () => {
    const h = new DAGSchedulerHarness();
    h.run(h.lineage.shuffled([h.lineage.source(2, { effect: "unordered" })], 2));
    h.finish(0);
    h.fetchFail(h.taskSet(1), 0, 0, 1);
    h.resubmit();
    expect(h.submitted.at(-1)).toBe("0.1[1]");
  });
});
