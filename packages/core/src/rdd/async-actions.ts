import type { ActionOptions } from "../context/job-client.ts";
import { checkCount } from "./check-argument.ts";
import { type FutureAction, futureAction } from "./future-action.ts";
import type { RDD } from "./rdd.ts";
import type { RecordIterator } from "./record-iterator.ts";
import { takeRecords } from "./take-records.ts";
import type { Awaitable } from "./transformations.ts";

/** Actions that can be cancelled and tell their jobs; see {@link RDD}. All actions are promises here, these are {@link FutureAction}s. */
export class AsyncActions<T> {
  declare protected readonly asyncActions?: T;

  /** {@link count}. */
  countAsync(this: RDD<T>, options?: ActionOptions): FutureAction<number> {
    return futureAction(this.context, "countAsync", options, (job) => this.count(job));
  }

  /** {@link collect}. */
  collectAsync(this: RDD<T>, options?: ActionOptions): FutureAction<T[]> {
    return futureAction(this.context, "collectAsync", options, (job) => this.collect(job));
  }

  /** {@link take}. @throws INVALID_ARGUMENT */
  takeAsync(this: RDD<T>, count: number, options?: ActionOptions): FutureAction<T[]> {
    checkCount(count, "takeAsync()");
    return futureAction(this.context, "takeAsync", options, (job) => takeRecords(this, count, "takeAsync", job));
  }

  /** {@link foreach}. */
  foreachAsync(this: RDD<T>, func: (record: T) => unknown, options?: ActionOptions): FutureAction<void> {
    return futureAction(this.context, "foreachAsync", options, (job) => this.foreach(func, job));
  }

  /** {@link foreachPartition}. */
  foreachPartitionAsync(
    this: RDD<T>,
    func: (records: RecordIterator<T>) => Awaitable<unknown>,
    options?: ActionOptions,
  ): FutureAction<void> {
    return futureAction(this.context, "foreachPartitionAsync", options, (job) => this.foreachPartition(func, job));
  }
}
