import type { SQLRow } from "@vonk/columnar/internal";
import { HashPartitioner, type RDD } from "@vonk/core";
import { moduleStep, ShuffleReadRDD, submitMapStage } from "@vonk/core/internal";
import type { KeyedRow } from "../task/partition-function.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { coalescedReads } from "./shuffle-reads.ts";

/** The module of the interpreter's tasks. */
export const tasks: string = new URL("../task/row-tasks.ts", import.meta.url).href;

/** A step of the interpreter's tasks. */
export function step<Out = SQLRow>(parent: RDD<unknown>, name: string, task: string, args: unknown): RDD<Out> {
  return moduleStep<Out>(parent, name, { module: tasks, export: task, args });
}

/** The exchange itself: rows by their keys in so many partitions. */
export function shuffledByKey(context: ExecutionContext, pairs: RDD<KeyedRow>, partitions: number): RDD<KeyedRow> {
  return goesAtEnd(context, pairs.partitionBy(new HashPartitioner(partitions)));
}

/** A shuffle whose output goes when the query ends, not when the program next collects garbage. */
export function goesAtEnd<T>(context: ExecutionContext, shuffled: RDD<T>): RDD<T> {
  context.atEnd?.(async () => {
    if (shuffled.isPrepared) await shuffled.cleanShuffleDependencies();
  });
  return shuffled;
}

/** A shuffle whose small partitions are read together. Its map side runs now, where there are more partitions than cores. */
export async function coalesced<T>({ adaptive, sparkContext }: ExecutionContext, shuffled: RDD<T>): Promise<RDD<T>> {
  const { defaultParallelism } = sparkContext;
  if (!adaptive.enabled || !adaptive.coalesces || (await shuffled.getNumPartitions()) <= defaultParallelism) return shuffled;
  const { bytesByPartitionId } = await submitMapStage(shuffled);
  return new ShuffleReadRDD(shuffled, coalescedReads(bytesByPartitionId, adaptive, defaultParallelism));
}

/** Rows with equal keys in one partition. */
export async function exchange(context: ExecutionContext, pairs: RDD<KeyedRow>, partitions: number): Promise<RDD<KeyedRow>> {
  const present = await pairs.getNumPartitions();
  if (present <= 1) return pairs;
  return coalesced(context, shuffledByKey(context, pairs, partitions));
}

/** Partitions of an exchange by keys. */
export function exchangePartitions({ adaptive, shufflePartitions }: ExecutionContext): number {
  return (adaptive.enabled && adaptive.coalesces ? adaptive.initialPartitions : undefined) ?? shufflePartitions;
}

/** All rows in one partition, in the order of the partitions. What is below goes on in several tasks. */
export async function gathered(context: ExecutionContext, rows: RDD<SQLRow>): Promise<RDD<SQLRow>> {
  if ((await rows.getNumPartitions()) <= 1) return rows;
  const keyed = step<KeyedRow>(rows, "Exchange", "withoutKey", {});
  return step(shuffledByKey(context, keyed, 1), "Exchange", "rowsWithoutKeys", {});
}
