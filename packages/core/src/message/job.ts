import type { StagePlan } from "../plan/stage-plan.ts";
import type { StorageLevel } from "../storage/storage-level.ts";

/** Which parent partitions a child partition reads without a shuffle. */
export type NarrowMapping =
  | { readonly kind: "one-to-one" }
  /** Child partitions `outStart … outStart+length-1` read parent partitions from `inStart` on. */
  | { readonly kind: "range"; readonly inStart: number; readonly outStart: number; readonly length: number }
  /** Child partition i reads the listed parent partitions. */
  | { readonly kind: "groups"; readonly groups: readonly (readonly number[])[] };

/** An edge of the lineage as the scheduler sees it. */
export type DependencyInfo =
  | { readonly kind: "narrow"; readonly rddId: number; readonly mapping: NarrowMapping }
  | { readonly kind: "shuffle"; readonly rddId: number; readonly shuffleId: number };

/**
 * What an RDD does to how sure it is that computing a partition again gives the same records in the same order:
 * `unordered` may give them in another order, `ordered` puts them into one of its own, `orderSensitive` gives other records when its
 * input comes in another order, `indeterminate` may always give others.
 */
export type OutputEffect = "unordered" | "ordered" | "orderSensitive" | "indeterminate";

/** What of a resource profile the schedulers look at. */
export interface TaskResources {
  readonly profileId: number;
  /** Cores of each task; absent means `spark.task.cpus`. */
  readonly cpus?: number;
}

/** An RDD as the scheduler sees it: ids and plain data. */
export interface RDDInfo {
  readonly id: number;
  readonly name: string;
  readonly callSite: string;
  readonly numPartitions: number;
  readonly storageLevel: StorageLevel;
  readonly dependencies: readonly DependencyInfo[];
  /** Present when all tasks of its stage have to run at once. */
  readonly isBarrier?: true;
  /** What tasks take in which it is computed; absent when it does not say. */
  readonly resources?: TaskResources;
  /** How long a task that ends in it is thought to run, in milliseconds; absent when nobody knows. */
  readonly taskMs?: number;
  /** Absent when its records are as sure as its parents'. */
  readonly effect?: OutputEffect;
  /** Hosts that hold a partition's data, by partition; absent when nowhere is better. */
  readonly preferredLocations?: readonly (readonly string[])[];
}

/** The map side of a shuffle, ready to become a stage. */
export interface ShuffleInfo {
  readonly shuffleId: number;
  readonly rddId: number;
  readonly numMaps: number;
  readonly numReducers: number;
  readonly plan: StagePlan;
  readonly callSite: string;
}

/** Settings that travel with a job: pool, group, tags, description and the user's own. */
export type JobProperties = Readonly<Record<string, string>>;

/** A job as the user's thread submits it. */
export interface JobSubmission {
  readonly jobId: number;
  readonly callSite: string;
  readonly properties: JobProperties;
  readonly rddId: number;
  /** The partitions to compute, in the order in which the caller wants the results. */
  readonly partitions: readonly number[];
  readonly plan: StagePlan;
  readonly rdds: readonly RDDInfo[];
  /** Shuffles of the lineage that the driver has not seen yet. */
  readonly shuffles: readonly ShuffleInfo[];
}
