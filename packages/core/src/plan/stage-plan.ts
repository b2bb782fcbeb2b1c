import type { StorageLevel } from "../storage/storage-level.ts";

/**
 * A function inside a plan: a captured closure, one of the engine's own by name, or what a module's export makes of plain data
 * (`args`, an encoded batch of one).
 */
export type FunctionRef =
  | { readonly closure: Uint8Array; readonly id: string; readonly location: string }
  | { readonly module: string; readonly export: string; readonly args: Uint8Array }
  | { readonly builtin: string; readonly args?: unknown };

/** One RDD as the executors see it: what to compute, from which parents, with plain data as arguments. */
export interface PlanNode {
  /** The name of a computation in `compute/`. */
  readonly kind: string;
  readonly rddId: number;
  /** Positions of the parents in {@link StagePlan.nodes}; always smaller than the node's own. */
  readonly parents: readonly number[];
  readonly args: unknown;
  /** Present when the RDD is persisted: its partitions are looked up in and put into the block manager. */
  readonly storageLevel?: StorageLevel;
}

/** How records of a shuffle find their reducer; plain data. */
export type PartitionerPlan =
  | { readonly kind: "hash"; readonly numPartitions: number }
  | {
      readonly kind: "range";
      readonly numPartitions: number;
      readonly ascending: boolean;
      /** Ascending upper bounds of all partitions but the last, in the order of `compare`. */
      readonly bounds: readonly unknown[];
      readonly compare?: FunctionRef;
    }
  | {
      readonly kind: "coalesced";
      readonly parent: PartitionerPlan;
      readonly startIndices: readonly number[];
      readonly numPartitions: number;
    }
  | { readonly kind: "custom"; readonly numPartitions: number; readonly getPartition: FunctionRef }
  /** The record's key is the partition's number already. */
  | { readonly kind: "identity"; readonly numPartitions: number };

/** Spark's Aggregator: how values of one key become a combiner, here and across partitions. */
export interface AggregatorPlan {
  readonly createCombiner: FunctionRef;
  readonly mergeValue: FunctionRef;
  readonly mergeCombiners: FunctionRef;
}

/** How the map side of a shuffle writes. */
export interface ShuffleWritePlan {
  readonly shuffleId: number;
  readonly partitioner: PartitionerPlan;
  /** True when records are placed by their whole value, not by their key. */
  readonly byRecord?: boolean;
  /** Present when values are combined before they are written. */
  readonly aggregator?: AggregatorPlan;
}

/** What a task does with the records of its partition. */
export type SinkPlan =
  | { readonly kind: "result"; readonly func: FunctionRef }
  | { readonly kind: "shuffle"; readonly write: ShuffleWritePlan };

/** Everything a thread needs to run any task of a stage; sent to each executor once. */
export interface StagePlan {
  readonly nodes: readonly PlanNode[];
  readonly root: number;
  readonly sink: SinkPlan;
}
