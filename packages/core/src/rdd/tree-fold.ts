import type { ActionOptions } from "../context/job-client.ts";
import { HashPartitioner } from "../partitioner/partitioner.ts";
import type { PlanFunction } from "./dependency.ts";
import { batchStep } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";
import { ShuffledRDD } from "./shuffled-rdd.ts";

/**
 * The partitions' folded values, combined on the executors in levels until few enough are left for the driver.
 * @param zero encoded; absent when a partition starts from its first record
 * @see Spark's RDD.treeAggregate
 */
export async function foldTree<U>(
  rdd: RDD<unknown>,
  zero: Uint8Array | undefined,
  func: PlanFunction,
  merge: PlanFunction,
  depth: number,
  method: string,
  options: ActionOptions | undefined,
): Promise<U[]> {
  const callSite = rdd.context.callSite(method);
  return rdd.context.limited(options, async (limited) => {
    const { numPartitions } = await rdd.prepare(limited.limit?.signal);
    const values = treeOf(rdd, numPartitions, zero, func, merge, depth, method);
    return (await rdd.context.runBuiltin<U[]>(values, method, "collect", undefined, { ...limited, callSite })).flat();
  });
}

function treeOf(
  rdd: RDD<unknown>,
  numPartitions: number,
  zero: Uint8Array | undefined,
  func: PlanFunction,
  merge: PlanFunction,
  depth: number,
  method: string,
): RDD<unknown> {
  let values = batchStep<unknown>(rdd, method, "foldPartition", (encoder) => ({
    ...(zero === undefined ? {} : { zero }),
    func: encoder.ref(func),
  }));
  let count = numPartitions;
  const scale = Math.max(Math.ceil(count ** (1 / depth)), 2);
  // Another level is worth it only when it leaves the driver less to do.
  while (count > scale + Math.ceil(count / scale)) {
    count = Math.floor(count / scale);
    const target = new HashPartitioner(count);
    const keyed = batchStep<readonly [number, unknown]>(values, method, "keyByPartition", { count });
    const aggregator = { createCombiner: { builtin: "identity" }, mergeValue: merge, mergeCombiners: merge };
    values = new ShuffledRDD<readonly [number, unknown]>(keyed as RDD<unknown>, method, () => target, {
      aggregator,
      mapSideCombine: true,
    }).values();
  }
  return values;
}
