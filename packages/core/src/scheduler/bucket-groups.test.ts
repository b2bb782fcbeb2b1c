import { describe, expect, test } from "vitest";
import { DAGSchedulerHarness } from "../testing/dag-scheduler-harness.ts";

/** Groups of the last task set, of a job on the RDD that `build` makes when its shuffles lie in `buckets` streams. */
function groupsOf(buckets: Readonly<Record<number, number>>, build: (h: DAGSchedulerHarness) => number): readonly number[] | undefined {
  const h = new DAGSchedulerHarness();
  const rddId = build(h);
  h.run(rddId);
  for (const [shuffleId, count] of Object.entries(buckets)) {
    h.step({ kind: "ShuffleLaidOut", shuffleId: Number(shuffleId), buckets: count });
  }
  const maps = h.all("SubmitTaskSet").map(({ taskSet }) => taskSet.stageId);
  for (const stageId of maps) h.finish(stageId);
  return h.all("SubmitTaskSet").at(-1)?.taskSet.groups;
}

describe("groups of tasks that read the same bucket", () => {
  test("follow the ranges of reducers", () => {
    expect(groupsOf({ 0: 2 }, ({ lineage }) => lineage.narrow([lineage.shuffled([lineage.source(2)], 6)]))).toEqual([0, 0, 0, 1, 1, 1]);
    expect(groupsOf({ 0: 3 }, ({ lineage }) => lineage.shuffled([lineage.source(1)], 4))).toEqual([0, 0, 1, 2]);
  });

  test("are those of the widest shuffle of a join", () => {
    const join = ({ lineage }: DAGSchedulerHarness): number => lineage.shuffled([lineage.source(2), lineage.source(2)], 4);
    expect(groupsOf({ 0: 2, 1: 4 }, join)).toEqual([0, 1, 2, 3]);
    expect(groupsOf({ 0: 2 }, join)).toEqual([0, 0, 1, 1]);
  });

  test("of a union are kept apart", () => {
    const groups = groupsOf({ 0: 2, 1: 2 }, ({ lineage }) => {
      const parents = [lineage.shuffled([lineage.source(1)], 2), lineage.shuffled([lineage.source(1)], 2)];
      const ranges = parents.map((rddId, index) => ({
        rddId,
        mapping: { kind: "range", inStart: 0, outStart: 2 * index, length: 2 } as const,
      }));
      return lineage.narrow(ranges, { numPartitions: 4 });
    });
    expect(groups).toEqual([0, 1, 2, 3]);
  });

  test("have no place for a partition that reads several reducers", () => {
    const groups = groupsOf({ 0: 4 }, ({ lineage }) => {
      const parent = lineage.shuffled([lineage.source(1)], 4);
      return lineage.narrow([{ rddId: parent, mapping: { kind: "groups", groups: [[0, 1], [2], [3]] } }], { numPartitions: 3 });
    });
    expect(groups).toEqual([-1, 0, 1]);
  });

  test("are absent when the layout is unknown, of one bucket, or of a shuffle that is gone", () => {
    const shuffled = ({ lineage }: DAGSchedulerHarness): number => lineage.shuffled([lineage.source(2)], 4);
    expect(groupsOf({}, shuffled)).toBeUndefined();
    expect(groupsOf({ 0: 1 }, shuffled)).toBeUndefined();
    const h = new DAGSchedulerHarness();
    h.step({ kind: "ShuffleLaidOut", shuffleId: 0, buckets: 4 });
    h.run(shuffled(h));
    h.finish(0);
    expect(h.taskSet(1).groups).toBeUndefined();
  });
});
