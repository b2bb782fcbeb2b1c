import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import type { RDD } from "./rdd.ts";

/** How much faster each round of `take` grows than the one before, at most. */
const scaleUpFactor = 4;

/**
 * The first `count` records of an RDD.
 *
 * 1. The first partition alone.
 * 2. Then rounds: when nothing was found yet, four times as many partitions as were read so far; otherwise half again as many
 *    as the yield so far lets expect, and no more than four times.
 * @see Spark's RDD.take
 */
export async function takeRecords<T>(rdd: RDD<T>, count: number, method: string, options: ActionOptions | undefined): Promise<T[]> {
  if (count === 0) return [];
  const callSite = rdd.context.callSite(method);
  rdd.context.assertRunning(method);
  return rdd.context.limited(options, (limited) => takeInRounds(rdd, count, method, { ...limited, callSite }));
}

async function takeInRounds<T>(rdd: RDD<T>, count: number, method: string, options: JobOptions): Promise<T[]> {
  const total = (await rdd.prepare(options.limit?.signal)).numPartitions;
  const taken: T[] = [];
  for (let scanned = 0; scanned < total && taken.length < count;) {
    const left = count - taken.length;
    const width = Math.min(scanned === 0 ? 1 : nextRound(scanned, taken.length, left), total - scanned);
    const partitions = Array.from({ length: width }, (_, offset) => scanned + offset);
    const parts = await rdd.context.runBuiltin<T[]>(rdd, method, "take", { count: left }, options, partitions);
    for (const part of parts) for (const record of part.slice(0, count - taken.length)) taken.push(record);
    scanned += width;
  }
  return taken;
}

function nextRound(scanned: number, found: number, left: number): number {
  if (found === 0) return scanned * scaleUpFactor;
  return Math.min(Math.ceil((1.5 * left * scanned) / found), scanned * scaleUpFactor);
}
