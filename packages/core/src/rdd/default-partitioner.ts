import { HashPartitioner, Partitioner } from "../partitioner/partitioner.ts";
import type { RDD } from "./rdd.ts";

/**
 * The partitioner that a shuffle uses: the one given, a hash partitioner of the number given, the parents' largest partitioner,
 * or a hash partitioner with `spark.default.parallelism` or as many partitions as the largest parent. The parents are prepared.
 * @see Spark's Partitioner.defaultPartitioner
 */
export function partitionerOf(given: number | Partitioner | undefined, parents: readonly RDD<unknown>[]): Partitioner {
  if (given instanceof Partitioner) return given;
  if (given !== undefined) return new HashPartitioner(given);
  const most = Math.max(1, ...parents.map((parent) => parent.prepared.numPartitions));
  const known = parents
    .flatMap((parent) => parent.prepared.partitioner ?? [])
    .toSorted((a, b) => b.numPartitions - a.numPartitions)
    .at(0);
  const configured = parents[0]?.context.configuredParallelism;
  const fallback = configured ?? most;
  // A partitioner far smaller than the data is not worth keeping.
  if (known !== undefined && (known.numPartitions >= fallback || Math.log10(most) - Math.log10(known.numPartitions) < 1)) return known;
  return new HashPartitioner(fallback);
}
