import type { ErrorData } from "@vonk/common";
import type { JobSubmission } from "../message/job.ts";
import type { AccumulatorUpdate, ResultValue, TaskEndReason, TaskMetrics, TaskReport } from "../message/task-result.ts";
import type { StagePlan } from "../plan/stage-plan.ts";

/** Which jobs a cancellation means. */
export type JobSelector =
  | { readonly kind: "job"; readonly jobId: number }
  | { readonly kind: "stage"; readonly stageId: number }
  | { readonly kind: "group"; readonly groupId: string }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "all" };

/** What can happen to the DAG scheduler. `nowMs` is wall-clock time. */
export type DAGSchedulerEvent =
  | { readonly kind: "JobSubmitted"; readonly job: JobSubmission; readonly nowMs: number }
  | {
      readonly kind: "CancelJobs";
      readonly selector: JobSelector;
      readonly reason: string;
      readonly error?: ErrorData;
      readonly nowMs: number;
    }
  | { readonly kind: "TaskStarted"; readonly task: TaskIdentity; readonly nowMs: number }
  | { readonly kind: "TaskEnded"; readonly task: TaskIdentity; readonly report: TaskReport; readonly nowMs: number }
  | {
      readonly kind: "TaskSetFailed";
      readonly stageId: number;
      readonly stageAttempt: number;
      readonly error: ErrorData;
      readonly nowMs: number;
    }
  | { readonly kind: "ExecutorLost"; readonly executorId: string; readonly shuffleOutputLost: boolean; readonly nowMs: number }
  /** The streams of an epoch are gone, and with them the outputs that lie nowhere else. */
  | { readonly kind: "ShuffleStreamsLost"; readonly shuffleId: number; readonly epoch: number; readonly nowMs: number }
  | { readonly kind: "ResubmitFailedStages"; readonly nowMs: number }
  | {
      readonly kind: "BlockUpdated";
      readonly rddId: number;
      readonly partition: number;
      readonly executorId: string;
      readonly stored: boolean;
    }
  | { readonly kind: "RDDUnpersisted"; readonly rddId: number }
  | { readonly kind: "ShuffleRemoved"; readonly shuffleId: number }
  /** The output of a shuffle goes into so many streams, each of which holds a range of reducers. */
  | { readonly kind: "ShuffleLaidOut"; readonly shuffleId: number; readonly buckets: number };

/** One attempt at one partition of one stage attempt. */
export interface TaskIdentity {
  readonly taskId: number;
  readonly stageId: number;
  readonly stageAttempt: number;
  /** Partition of the stage's RDD. */
  readonly partition: number;
  /** 0 for the first attempt at the partition within the stage attempt. */
  readonly attempt: number;
  readonly executorId: string;
  readonly host: string;
  readonly speculative: boolean;
}

/** The tasks of one stage attempt, as the task scheduler gets them. */
export interface TaskSet {
  readonly stageId: number;
  readonly stageAttempt: number;
  /** The earliest job that needs the stage; smaller runs first under FIFO. */
  readonly priority: number;
  readonly pool: string;
  readonly partitions: readonly number[];
  /** Executors (`executor:ID`) and hosts that hold a partition's data; absent when none. */
  readonly preferredLocations?: readonly (readonly string[])[];
  /** Group by position in `partitions`: tasks of one group read the same stream bucket. Below 0 for none; absent when unknown. */
  readonly groups?: readonly number[];
  /** Attempts of the stage before this one do not count; absent when all do. */
  readonly validSince?: number;
  /** Cores of each task; absent means `spark.task.cpus`. */
  readonly cpus?: number;
  /** How long a task is thought to run, in milliseconds; absent when nobody knows before the first has. */
  readonly taskMs?: number;
  /** Present when all tasks have to run at once. */
  readonly isBarrier?: true;
  readonly plan: StagePlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly jobIds: readonly number[];
}

/** What the DAG scheduler wants done; the shell does it. */
export type DAGSchedulerAction =
  | { readonly kind: "SubmitTaskSet"; readonly taskSet: TaskSet }
  | { readonly kind: "CancelStage"; readonly stageId: number; readonly reason: string }
  | { readonly kind: "TaskResult"; readonly jobId: number; readonly index: number; readonly value: ResultValue }
  | { readonly kind: "ApplyAccumulators"; readonly jobIds: readonly number[]; readonly updates: readonly AccumulatorUpdate[] }
  | { readonly kind: "JobEnded"; readonly jobId: number; readonly error?: ErrorData }
  | { readonly kind: "FreeMapOutput"; readonly shuffleId: number; readonly mapPartition: number }
  | { readonly kind: "MapOutputsChanged"; readonly shuffleId: number }
  | { readonly kind: "ScheduleResubmit"; readonly delayMs: number }
  | { readonly kind: "Post"; readonly event: SchedulerFact };

/** A stage as listeners see it. */
export interface StageFact {
  readonly stageId: number;
  readonly attempt: number;
  readonly name: string;
  readonly numTasks: number;
  readonly rddIds: readonly number[];
  readonly parentIds: readonly number[];
  /** 0 when none of its RDDs has a resource profile. */
  readonly resourceProfileId: number;
  readonly submittedAtMs?: number;
  readonly completedAtMs?: number;
  readonly failureReason?: string;
}

/** What the DAG scheduler tells the listeners. */
export type SchedulerFact =
  | {
      readonly kind: "JobStart";
      readonly jobId: number;
      readonly timeMs: number;
      readonly stages: readonly StageFact[];
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly kind: "JobEnd"; readonly jobId: number; readonly timeMs: number; readonly error?: ErrorData }
  | { readonly kind: "StageSubmitted"; readonly stage: StageFact; readonly properties: Readonly<Record<string, string>> }
  | { readonly kind: "StageCompleted"; readonly stage: StageFact }
  | { readonly kind: "TaskStart"; readonly task: TaskIdentity; readonly timeMs: number }
  | { readonly kind: "TaskGettingResult"; readonly task: TaskIdentity; readonly startedAtMs: number; readonly timeMs: number }
  | {
      readonly kind: "TaskEnd";
      readonly task: TaskIdentity;
      readonly taskType: "ResultTask" | "ShuffleMapTask";
      readonly reason: TaskEndReason;
      readonly metrics?: TaskMetrics;
      readonly startedAtMs: number;
      /** When its result began to be fetched; absent when the result came with the report. */
      readonly gettingResultAtMs?: number;
      readonly finishedAtMs: number;
    };
