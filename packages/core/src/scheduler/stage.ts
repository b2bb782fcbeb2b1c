import type { JobProperties, JobSubmission, ShuffleInfo, TaskResources } from "../message/job.ts";
import type { TaskReport } from "../message/task-result.ts";
import type { StagePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "./scheduler-event.ts";

/**
 * A set of tasks that run the same code on the partitions of one RDD, up to a shuffle or an action.
 *
 * ```
 * none ──submit──▶ waiting ──parents done──▶ running ──all partitions──▶ none (finished)
 *                                              │ fetch failure
 *                                              ▼
 *                                            failed ──resubmit──▶ waiting | running
 * ```
 * `none` is the state of a stage that is finished or was never asked for.
 */
export interface Stage {
  readonly id: number;
  readonly rddId: number;
  readonly name: string;
  readonly numPartitions: number;
  readonly plan: StagePlan;
  readonly parents: readonly Stage[];
  /** Jobs that need the stage. */
  readonly jobIds: Set<number>;
  readonly firstJobId: number;
  /** Computing its output again may give another: then all that was made of it is made again. */
  readonly isIndeterminate: boolean;
  /** Some stage may have read its output. */
  wasRead: boolean;
  /** The first attempt whose results count: those before it worked on other input. */
  validSince: number;
  /** All tasks run at once, and all again when one fails. */
  readonly isBarrier: boolean;
  /** What its tasks take; absent when none of its RDDs says. */
  readonly resources?: TaskResources;
  /** Results of a barrier stage, until all are there, by partition. */
  readonly held: Map<number, { readonly task: TaskIdentity; readonly report: TaskReport }>;
  state: "none" | "waiting" | "running" | "failed";
  /** Number of the newest attempt; -1 before the first. */
  attempt: number;
  /** Attempts that ended in a fetch failure since the stage last succeeded. */
  readonly failedAttempts: Set<number>;
  /** Partitions of the newest attempt whose task has not succeeded. */
  readonly pending: Set<number>;
  submittedAtMs: number;
  completedAtMs: number;
  readonly output: StageOutput;
}

/** What a stage is for: the map side of a shuffle, or an action's results. */
export type StageOutput =
  | { readonly kind: "shuffle"; readonly shuffle: ShuffleInfo }
  | { readonly kind: "result"; readonly job: ActiveJob };

/** A job that has not ended. */
export interface ActiveJob {
  readonly submission: JobSubmission;
  readonly properties: JobProperties;
  /** By position in `submission.partitions`. */
  readonly finished: Uint8Array;
  numFinished: number;
  /** Positions in `submission.partitions` at which a partition is asked for. */
  readonly indexesOf: ReadonlyMap<number, readonly number[]>;
}
