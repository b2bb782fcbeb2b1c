import type { LineageIndex } from "./lineage-index.ts";
import { narrowParents } from "./narrow-parents.ts";

/** Edges that are looked at for one partition; an RDD with more of them between it and its shuffle gets no groups. */
const lookedAtMax = 1000;

/**
 * Groups partitions by the stream bucket that they read, as {@link TaskSet.groups}: -1 where that is not one bucket.
 * Undefined when no shuffle that the RDD reads lies in more than one bucket.
 * Where a partition reads several shuffles, as a join does, the one with the most buckets, and so with the most bytes, counts.
 * @param buckets streams of each shuffle whose layout is known
 */
export function bucketGroups(
  lineage: LineageIndex,
  buckets: ReadonlyMap<number, number>,
  rddId: number,
  partitions: readonly number[],
): readonly number[] | undefined {
  const isLaidOut = lineage.parentShuffles(rddId).some(({ shuffleId }) => (buckets.get(shuffleId) ?? 1) > 1);
  if (!isLaidOut) return undefined;
  const numbers = new Map<string, number>();
  const groups = partitions.map((partition) => {
    const bucket = bucketOf(reducersOf(lineage, rddId, partition), lineage, buckets);
    if (bucket === undefined) return -1;
    const number = numbers.get(bucket) ?? numbers.size;
    numbers.set(bucket, number);
    return number;
  });
  return numbers.size < 2 ? undefined : groups;
}

/** The widest shuffle's bucket, named; undefined unless exactly one reducer of each shuffle is read. */
function bucketOf(
  reducers: ReadonlyMap<number, ReadonlySet<number>>,
  lineage: LineageIndex,
  buckets: ReadonlyMap<number, number>,
): string | undefined {
  let widest = 1;
  let bucket: string | undefined;
  for (const [shuffleId, read] of reducers) {
    const [reducer] = read;
    if (reducer === undefined || read.size > 1) return undefined;
    const count = buckets.get(shuffleId) ?? 1;
    const reducerCount = lineage.knownShuffle(shuffleId)?.numReducers ?? 0;
    if (count <= widest || reducerCount === 0) continue;
    widest = count;
    bucket = `${shuffleId}.${Math.floor((reducer * count) / reducerCount)}`;
  }
  return bucket;
}

/** Reducers that a partition reads, by shuffle; empty when it reads too much to look at. */
function reducersOf(lineage: LineageIndex, rddId: number, partition: number): ReadonlyMap<number, ReadonlySet<number>> {
  const reducers = new Map<number, Set<number>>();
  const seen = new Set<string>();
  const open: (readonly [rddId: number, partition: number])[] = [[rddId, partition]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const key = next.join();
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > lookedAtMax) return new Map();
    for (const dependency of lineage.rdd(next[0]).dependencies) {
      if (dependency.kind === "narrow") {
        for (const parent of narrowParents(dependency.mapping, next[1])) open.push([dependency.rddId, parent]);
      } else {
        reducers.set(dependency.shuffleId, (reducers.get(dependency.shuffleId) ?? new Set()).add(next[1]));
      }
    }
  }
  return reducers;
}
