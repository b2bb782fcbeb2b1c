import type { MapOutputStatistics, ReducerRead } from "@vonk/core/internal";
import type { AdaptiveSettings } from "./adaptive-settings.ts";

/** What each partition behind an exchange reads. */
export type Reads = readonly (readonly ReducerRead[])[];

/**
 * Neighbouring reducers together, so that few partitions are small.
 * @param bytes by reducer, of all shuffles that are read side by side
 * @param parallelism cores for which there should be partitions
 * @see Spark's ShufflePartitionsUtil.coalescePartitions
 */
export function coalescedReads(bytes: readonly number[], settings: AdaptiveSettings, parallelism: number): Reads {
  const target = targetBytes(bytes, settings, parallelism);
  const groups: ReducerRead[][] = [];
  let size = Infinity;
  for (const [reducer, own] of bytes.entries()) {
    if (size + own > target || groups.length === 0) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push({ reducer });
    size += own;
  }
  return groups;
}

function targetBytes(bytes: readonly number[], settings: AdaptiveSettings, parallelism: number): number {
  const { advisoryBytes, parallelismFirst, partitionBytesMin } = settings;
  if (!parallelismFirst) return advisoryBytes;
  const total = bytes.reduce((sum, own) => sum + own, 0);
  return Math.min(advisoryBytes, Math.max(partitionBytesMin, Math.ceil(total / parallelism)));
}

/** Which sides of a join may be read in pieces, each with all of the other side. */
export interface SplitSides {
  readonly left: boolean;
  readonly right: boolean;
}

/** What the partitions of a join read on both sides: small ones together, skewed ones in pieces. */
export interface JoinReads {
  readonly left: Reads;
  readonly right: Reads;
  /** Partitions that were too large. */
  readonly skewed: number;
}

/**
 * The partitions of a join of two shuffles.
 * @see Spark's OptimizeSkewedJoin
 */
export function joinReads(
  left: MapOutputStatistics,
  right: MapOutputStatistics,
  sides: SplitSides,
  settings: AdaptiveSettings,
  parallelism: number,
): JoinReads {
  const pieces = (statistics: MapOutputStatistics, maySplit: boolean): ReadonlyMap<number, readonly ReducerRead[]> =>
    settings.splitsSkew && maySplit ? skewedPieces(statistics, settings) : new Map();
  const [leftPieces, rightPieces] = [pieces(left, sides.left), pieces(right, sides.right)];
  const sums = left.bytesByPartitionId.map((bytes, reducer) => bytes + (right.bytesByPartitionId[reducer] ?? 0));
  const groups = settings.coalesces ? coalescedReads(sums, settings, parallelism) : sums.map((_, reducer) => [{ reducer }]);
  const reads: { readonly left: (readonly ReducerRead[])[]; readonly right: (readonly ReducerRead[])[] } = { left: [], right: [] };
  const add = (own: readonly ReducerRead[], other: readonly ReducerRead[]): void => {
    reads.left.push(own);
    reads.right.push(other);
  };
  for (const group of groups) {
    const isSkewed = ({ reducer }: ReducerRead): boolean => leftPieces.has(reducer) || rightPieces.has(reducer);
    const even = group.filter((read) => !isSkewed(read));
    if (even.length > 0) add(even, even);
    for (const read of group.filter(isSkewed))
      for (const own of leftPieces.get(read.reducer) ?? [read])
        for (const other of rightPieces.get(read.reducer) ?? [read]) add([own], [other]);
  }
  return { ...reads, skewed: new Set([...leftPieces.keys(), ...rightPieces.keys()]).size };
}

/** By skewed reducer: runs of map outputs of about the size that is wanted. */
function skewedPieces({ bytesByPartitionId, bytesByMap }: MapOutputStatistics, settings: AdaptiveSettings): Map<number, ReducerRead[]> {
  const pieces = new Map<number, ReducerRead[]>();
  if (bytesByMap === undefined) return pieces;
  const median = bytesByPartitionId.toSorted((a, b) => a - b)[Math.floor(bytesByPartitionId.length / 2)] ?? 0;
  const limit = Math.max(settings.skewBytesMin, median * settings.skewFactor);
  for (const [reducer, bytes] of bytesByPartitionId.entries()) {
    if (bytes <= limit) continue;
    const runs = mapRuns(
      bytesByMap.map((sizes) => sizes[reducer] ?? 0),
      settings.advisoryBytes,
    );
    if (runs.length > 1)
      pieces.set(
        reducer,
        runs.map((maps) => ({ reducer, maps })),
      );
  }
  return pieces;
}

function mapRuns(bytes: readonly number[], target: number): (readonly [from: number, end: number])[] {
  const runs: (readonly [number, number])[] = [];
  let from = 0;
  let size = 0;
  for (const [map, own] of bytes.entries()) {
    if (map > from && size + own > target) {
      runs.push([from, map]);
      from = map;
      size = 0;
    }
    size += own;
  }
  if (from < bytes.length) runs.push([from, bytes.length]);
  return runs;
}
