import { assert } from "@vonk/common/internal";
import type { MapOutputStatistics } from "../message/status.ts";
import { shuffleOf } from "../rdd/shuffle-of.ts";
import { ShuffleReadRDD } from "../rdd/shuffle-read-rdd.ts";
import type { RDD } from "../rdd/rdd.ts";
import { contextParts } from "./context-parts.ts";
import type { JobOptions } from "./job-client.ts";

/**
 * Runs the map side of a shuffle and no more; gives how much each reducer would read. Its output stays for the jobs that read it.
 * The job reads nothing in its one result task: like that it is waited for, run again and cancelled as every other.
 * @param shuffled what a shuffle alone gives, as `partitionBy` does
 * @see Spark's SparkContext.submitMapStage
 */
export async function submitMapStage(shuffled: RDD<unknown>, options?: JobOptions): Promise<MapOutputStatistics> {
  const { context } = shuffled;
  await context.runBuiltin<number>(new ShuffleReadRDD(shuffled, [[]]), "submitMapStage", "count", undefined, options);
  const { shuffleId } = shuffleOf(shuffled);
  const statistics = await contextParts(context).jobs.client.driver.call("mapOutputStatistics", { shuffleId });
  assert(statistics !== undefined, "a shuffle that was written is known");
  return statistics;
}
