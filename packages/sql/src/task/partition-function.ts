import type { SQLRow } from "@vonk/columnar/internal";
import type { TaskRuntime } from "@vonk/core/internal";

/** What a partition's task does with its rows. */
export type PartitionFunction<In, Out> = (partition: number, rows: Iterable<In>, task: TaskRuntime) => Iterable<Out>;

/** What a task does with partitions of equal numbers of two inputs. */
export type TwoPartitionsFunction<Left, Right, Out> = (
  partition: number,
  left: Iterable<Left>,
  right: Iterable<Right>,
  task: TaskRuntime,
) => Iterable<Out>;

/** A row with the text of its key: equal keys have equal texts. */
export type KeyedRow = readonly [key: string, row: SQLRow];
