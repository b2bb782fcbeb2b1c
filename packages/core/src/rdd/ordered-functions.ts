import type { Partitioner } from "../partitioner/partitioner.ts";
import { checkPartitions } from "../partitioner/partitioner.ts";
import { type Compare, RangePartitioner } from "../partitioner/range-partitioner.ts";
import type { PlanFunction } from "./dependency.ts";
import { engineStep } from "./narrow-step.ts";
import { PartitionPruningRDD } from "./partition-pruning-rdd.ts";
import { sampleRangePartitioner } from "./range-sampling.ts";
import type { RDD } from "./rdd.ts";
import { type PartitionerFinder, ShuffledRDD } from "./shuffled-rdd.ts";

/** Functions of pair RDDs with ordered keys; see {@link RDD}. Keys are ordered by `compare`, or by value: see `naturalCompare`. */
export class OrderedFunctions<T> {
  declare protected readonly orderedFunctions?: T;

  /**
   * All pairs in the order of their keys, within and across partitions. Stable. Samples the keys first, with a job.
   * @param numPartitions at most as many; fewer when there are fewer distinct keys
   */
  sortByKey<K, V>(this: RDD<readonly [K, V]>, ascending = true, numPartitions?: number, compare?: Compare<K>): RDD<[K, V]> {
    if (numPartitions !== undefined) checkPartitions(numPartitions, "sortByKey()");
    const parent = this as RDD<unknown>;
    const order = compare as Compare<unknown> | undefined;
    const partitioner: PartitionerFinder = ({ callSite }, { signal }) =>
      sampleRangePartitioner(parent, numPartitions ?? parent.prepared.numPartitions, ascending, order, { callSite, signal });
    return new ShuffledRDD<[K, V]>(parent, "sortByKey", partitioner, {
      ordering: order === undefined ? { ascending } : { ascending, compare: order },
    });
  }

  /** Pairs placed by a partitioner, each partition in the order of its keys: one shuffle where partition and sort apart would be two passes. */
  repartitionAndSortWithinPartitions<K, V>(this: RDD<readonly [K, V]>, partitioner: Partitioner, compare?: Compare<K>): RDD<[K, V]> {
    const order = compare as Compare<unknown> | undefined;
    return new ShuffledRDD<[K, V]>(this, "repartitionAndSortWithinPartitions", () => partitioner, {
      ordering: order === undefined ? { ascending: true } : { ascending: true, compare: order },
    });
  }

  /** Pairs whose key lies from `lower` to `upper`, both included. Of an RDD in ranges (after {@link sortByKey}) only the partitions that may hold them are read. */
  filterByRange<K, V>(this: RDD<readonly [K, V]>, lower: K, upper: K, compare?: Compare<K>): RDD<[K, V]> {
    const pruned = new PartitionPruningRDD<[K, V]>(this, "filterByRange", ({ numPartitions, partitioner }) => {
      const all = Array.from({ length: numPartitions }, (_, partition) => partition);
      // Ranges in another order than the one asked for tell nothing.
      if (!(partitioner instanceof RangePartitioner) || partitioner.compare !== compare) return all;
      const [a, b] = [partitioner.getPartition(lower), partitioner.getPartition(upper)];
      return all.slice(Math.min(a, b), Math.max(a, b) + 1);
    });
    const order: PlanFunction = compare === undefined ? { builtin: "naturalCompare" } : { user: compare, call: "rdd.filterByRange()" };
    return engineStep(
      pruned as RDD<unknown>,
      "filter",
      { builtin: "inRange", args: { lower, upper, compare: order } },
      true,
      "filterByRange",
    );
  }
}
