import { randomSeed } from "@vonk/common/internal";
import { type Compare, determineBounds, RangePartitioner, type WeightedKey } from "../partitioner/range-partitioner.ts";
import type { JobOptions } from "../context/job-client.ts";
import type { RDD } from "./rdd.ts";

/** Sampled keys for each partition of the result. */
const sampleKeysPerPartition = 20;
const sampleKeysMax = 1_000_000;

/**
 * A range partitioner for the keys of an RDD, from a job that samples them.
 *
 * 1. Every partition gives up to k keys by reservoir sampling, and its count.
 * 2. A partition so large that its k keys stand for too many records is sampled again, in proportion to its size.
 * 3. Bounds cut the weighted keys into ranges of equal weight.
 * @see Spark's RangePartitioner.sketch
 */
export async function sampleRangePartitioner(
  rdd: RDD<unknown>,
  numPartitions: number,
  ascending: boolean,
  compare: Compare<unknown> | undefined,
  options: Pick<JobOptions, "callSite" | "signal">,
): Promise<RangePartitioner> {
  const parents = rdd.prepared.numPartitions;
  if (numPartitions <= 1 || parents === 0) return new RangePartitioner([], ascending, compare);
  const sampleSize = Math.min(sampleKeysPerPartition * numPartitions, sampleKeysMax);
  const limit = Math.ceil((3 * sampleSize) / parents);
  const seed = randomSeed();
  const run = (name: string, args: unknown, partitions?: readonly number[]): Promise<unknown[][]> =>
    rdd.context.runBuiltin<unknown[]>(rdd, "sortByKey", name, args, options, partitions);
  const sketches = await run("sketchKeys", { limit, seed });
  const counts = sketches.map((sketch) => sketch[0] as number);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const fraction = Math.min(sampleSize / Math.max(total, 1), 1);
  const weighted: WeightedKey[] = [];
  const dense: number[] = [];
  sketches.forEach(([, ...keys], partition) => {
    const count = counts[partition] ?? 0;
    if (fraction * count > limit) dense.push(partition);
    else for (const key of keys) weighted.push([key, count / keys.length]);
  });
  if (dense.length > 0) {
    const again = await run("sampleKeys", { fraction, seed: seed + 1 }, dense);
    for (const keys of again) for (const key of keys) weighted.push([key, 1 / fraction]);
  }
  return new RangePartitioner(determineBounds(weighted, numPartitions, compare), ascending, compare);
}
