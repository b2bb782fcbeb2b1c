import { partitionStep } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";
import type { RecordIterator } from "./record-iterator.ts";
import type { Awaitable, PartitionEvaluatorFactory, PartitionOutput } from "./transformations.ts";

/**
 * What {@link RDD.barrier} gives: partition functions whose tasks all start together, or none, and are all run again when one fails.
 * Inside them `BarrierTaskContext.get()` lets tasks wait for each other.
 */
export class RDDBarrier<T> {
  readonly #rdd: RDD<T>;

  constructor(rdd: RDD<T>) {
    this.#rdd = rdd;
  }

  /** {@link RDD.mapPartitions} in a barrier stage. */
  mapPartitions<U>(
    func: (records: RecordIterator<T>) => Awaitable<PartitionOutput<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this.#rdd, "mapPartitions", func, "records", preservesPartitioning, true);
  }

  /** {@link RDD.mapPartitionsWithIndex} in a barrier stage. */
  mapPartitionsWithIndex<U>(
    func: (partition: number, records: RecordIterator<T>) => Awaitable<PartitionOutput<U>> | AsyncIterable<U>,
    preservesPartitioning = false,
  ): RDD<U> {
    return partitionStep(this.#rdd, "mapPartitionsWithIndex", func, "withIndex", preservesPartitioning, true);
  }

  /** {@link RDD.mapPartitionsWithEvaluator} in a barrier stage. */
  mapPartitionsWithEvaluator<U>(factory: PartitionEvaluatorFactory<T, U>): RDD<U> {
    return partitionStep(this.#rdd, "mapPartitionsWithEvaluator", factory.createEvaluator.bind(factory), "evaluator", false, true);
  }
}
