import { describe, expect, test } from "vitest";
import { RuntimeConfig } from "../session/runtime-config.ts";
import type { AdaptiveSettings } from "./adaptive-settings.ts";
import { coalescedReads, joinReads, type Reads } from "./shuffle-reads.ts";

const settings: AdaptiveSettings = {
  ...new RuntimeConfig().adaptive,
  advisoryBytes: 100,
  partitionBytesMin: 10,
  skewBytesMin: 200,
  skewFactor: 2,
};

function reducers(reads: Reads): string[] {
  return reads.map((read) =>
    read.map(({ reducer, maps }) => (maps === undefined ? `${reducer}` : `${reducer}[${maps.join("-")}]`)).join("+"),
  );
}

describe("small partitions of an exchange", () => {
  test("come together up to the advisory size", () => {
    const sizes = [30, 30, 30, 30, 150, 0, 10, 90, 1];
    expect(reducers(coalescedReads(sizes, { ...settings, parallelismFirst: false }, 8))).toEqual(["0+1+2", "3", "4", "5+6+7", "8"]);
  });

  test("leave a partition for each core, but none smaller than the least size", () => {
    expect(reducers(coalescedReads([30, 30, 30, 30], settings, 2))).toEqual(["0+1", "2+3"]);
    expect(reducers(coalescedReads([4, 4, 4, 4], settings, 2))).toEqual(["0+1", "2+3"]);
    expect(reducers(coalescedReads([4, 4, 4, 4], settings, 8))).toEqual(["0+1", "2+3"]);
    expect(reducers(coalescedReads([0, 0, 0], settings, 8))).toEqual(["0+1+2"]);
    expect(reducers(coalescedReads([], settings, 8))).toEqual([]);
  });
});

describe("the partitions of a join", () => {
  const sizes = (bytesByMap: readonly (readonly number[])[]): Parameters<typeof joinReads>[0] => {
    const first = bytesByMap[0] ?? [];
    return { shuffleId: 1, bytesByMap, bytesByPartitionId: first.map((_, at) => bytesByMap.reduce((sum, map) => sum + (map[at] ?? 0), 0)) };
  };
  const left = sizes([
    [10, 90, 10],
    [10, 90, 10],
    [10, 90, 10],
  ]);
  const right = sizes([[10, 10, 10]]);
  const both = { left: true, right: true };

  test("split a skewed one by its maps, each with all of the other side", () => {
    const reads = joinReads(left, right, both, settings, 1);
    expect(reducers(reads.left)).toEqual(["0", "1[0-1]", "1[1-2]", "1[2-3]", "2"]);
    expect(reducers(reads.right)).toEqual(["0", "1", "1", "1", "2"]);
    expect(reads.skewed).toBe(1);
  });

  test("split no side that must be whole, and none when that is switched off", () => {
    for (const [sides, changed] of [
      [{ left: false, right: true }, {}],
      [both, { splitsSkew: false }],
      [both, { skewBytesMin: 300 }],
      [both, { skewFactor: 10 }],
    ] as const) {
      const reads = joinReads(left, right, sides, { ...settings, ...changed }, 1);
      expect(reducers(reads.left)).toEqual(["0", "1", "2"]);
      expect(reads.right).toEqual(reads.left);
      expect(reads.skewed).toBe(0);
    }
  });

  test("pair the pieces of two skewed sides", () => {
    const reads = joinReads(left, left, both, { ...settings, coalesces: false }, 1);
    expect(reads.left.filter((read) => read[0]?.reducer === 1)).toHaveLength(9);
    expect(new Set(reads.left.map((read, at) => `${reducers([read])[0]} ${reducers([reads.right[at] ?? []])[0]}`)).size).toBe(11);
  });
});
