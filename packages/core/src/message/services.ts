import type { ErrorData } from "@vonk/common";
import { defineService, defineTopic, type Service, type Topic } from "@vonk/bus/internal";
import type { StoredBlock } from "../executor/control-channel.ts";
import type { StageMetrics } from "../listener/executor-event.ts";
import type { SparkListenerEvent } from "../listener/listener-event.ts";
import type { BarrierRequest } from "../scheduler/barrier-coordinator.ts";
import type { TaskBatch } from "../scheduler/task-scheduler.ts";
import type { JobSelector } from "../scheduler/scheduler-event.ts";
import type { PoolSettings } from "../scheduler/pool.ts";
import type { AddedFile, AddedModule } from "../driver/served-files.ts";
import type { StorageLevel } from "../storage/storage-level.ts";
import type { JobSubmission } from "./job.ts";
import type { AccumulatorUpdate, MapStatus, ResultValue, TaskProgress, TaskReport } from "./task-result.ts";
import type { ExecutorMemory, ExecutorStatus, JobStatus, MapOutputStatistics, StageStatus, StorageStatus } from "./status.ts";

interface Call<Request, Reply = null> {
  readonly request: Request;
  readonly reply: Reply;
}

/** What the user's thread asks of the driver's service thread. */
export type DriverMessages = {
  readonly submitJob: Call<JobSubmission>;
  readonly cancelJobs: Call<{ readonly selector: JobSelector; readonly reason: string }>;
  readonly killTask: Call<{ readonly taskId: number; readonly reason: string }, boolean>;
  readonly unpersistRDD: Call<{ readonly rddId: number }>;
  readonly removeShuffle: Call<{ readonly shuffleId: number }>;
  /** Undefined when some output is missing. */
  readonly mapOutputStatistics: Call<{ readonly shuffleId: number }, MapOutputStatistics | undefined>;
  readonly addBroadcast: Call<{ readonly id: number; readonly block: StoredBlock }>;
  /** Drops decoded copies; the encoded value stays. */
  readonly forgetBroadcast: Call<{ readonly id: number }>;
  readonly removeBroadcast: Call<{ readonly id: number }>;
  /** The program has added files, or refers to modules; all of the latter so far. */
  readonly filesAdded: Call<{ readonly modules: readonly AddedModule[] }>;
  readonly jobStatus: Call<{ readonly jobId: number }, JobStatus | undefined>;
  readonly stageStatus: Call<{ readonly stageId: number }, StageStatus | undefined>;
  readonly activeWork: Call<
    Readonly<Record<string, never>>,
    { readonly jobs: readonly JobStatus[]; readonly stages: readonly StageStatus[] }
  >;
  readonly executors: Call<Readonly<Record<string, never>>, readonly ExecutorStatus[]>;
  /** Wants executors: so many in all, or so many more. False without a cluster that takes the wish. */
  readonly requestExecutors: Call<{ readonly count: number; readonly isTotal: boolean }, boolean>;
  /** Ends executors for good; the ids that were known. */
  readonly killExecutors: Call<{ readonly executorIds: readonly string[] }, readonly string[]>;
  readonly executorMemory: Call<Readonly<Record<string, never>>, readonly ExecutorMemory[]>;
  readonly storage: Call<Readonly<Record<string, never>>, readonly StorageStatus[]>;
  readonly pools: Call<Readonly<Record<string, never>>, readonly PoolSettings[]>;
  readonly stop: Call<Readonly<Record<string, never>>>;
};

/** The driver as the user's thread sees it. */
export const driverService: Service<DriverMessages> = defineService<DriverMessages>("driver", 2);

/** What a new executor process needs to know of its application; plain data. */
export interface ExecutorSetup {
  readonly appName: string;
  /** Folder that the application's modules are resolved from. */
  readonly appRoot: string;
  readonly properties: readonly (readonly [string, string])[];
}

/** How the streams of a shuffle are laid out. */
export interface ShuffleLayout {
  /** Rises when streams were lost, so that nobody writes into the successor of a stream by mistake. */
  readonly epoch: number;
  readonly buckets: number;
}

/** What executors tell and ask the driver. */
export type SchedulerMessages = {
  /** The first message of an executor process. Throws EXECUTOR_VERSION_MISMATCH. */
  readonly executorSetup: Call<{ readonly executorId: string; readonly version: string }, ExecutorSetup>;
  /** A part of an encoded broadcast from `offset` on, with the size and checksum of the whole; undefined when it was destroyed. */
  readonly broadcast: Call<
    { readonly id: number; readonly offset: number },
    { readonly bytes: Uint8Array; readonly totalBytes: number; readonly checksum: number } | undefined
  >;
  /** The files that the program added, and the modules that it consists of. */
  readonly addedFiles: Call<
    Readonly<Record<string, never>>,
    { readonly version: number; readonly files: readonly AddedFile[]; readonly modules: readonly AddedModule[] }
  >;
  /** A part of one of them. */
  readonly addedFilePart: Call<{ readonly path: string; readonly offset: number; readonly isModule: boolean }, Uint8Array>;
  /** Executors that cache a partition. */
  readonly blockLocations: Call<{ readonly rddId: number; readonly partition: number }, readonly string[]>;
  /** Other executors, those of other hosts first. */
  readonly peers: Call<{ readonly executorId: string }, readonly string[]>;
  /**
   * Where to write the streams of a shuffle; they exist when the reply arrives.
   * `outputBytes` is the size of the map output that asks, the measure for the number of buckets; `lostEpoch` names an epoch whose
   * streams were found gone.
   */
  readonly shuffleLayout: Call<{ readonly shuffleId: number; readonly outputBytes: number; readonly lostEpoch?: number }, ShuffleLayout>;
  readonly registerExecutor: Call<{
    readonly executorId: string;
    readonly host: string;
    /** Task threads. */ readonly slots: number;
    readonly cores: number;
    readonly version: string;
    /** Memory for blocks. */ readonly storageBytes: number;
  }>;
  /** A sign of life; the reply is false when the executor is unknown or was given up, and has to stop. */
  readonly heartbeat: Call<
    { readonly executorId: string; readonly stages: readonly StageMetrics[]; readonly progress: readonly TaskProgress[] },
    boolean
  >;
  readonly statusUpdate: Call<{ readonly executorId: string; readonly reports: readonly TaskReport[] }>;
  readonly mapOutputs: Call<{ readonly shuffleId: number }, readonly (MapStatus | undefined)[]>;
  readonly blockUpdated: Call<{
    readonly executorId: string;
    readonly rddId: number;
    readonly partition: number;
    readonly stored: boolean;
    readonly memoryBytes: number;
    readonly diskBytes: number;
  }>;
  /** A barrier task waits for the others: answered when all have asked, with their messages by partition. */
  readonly barrierSync: Call<BarrierRequest, readonly string[]>;
  readonly canCommit: Call<
    { readonly stageId: number; readonly stageAttempt: number; readonly partition: number; readonly taskId: number },
    boolean
  >;
};

/**
 * The driver as executors see it.
 * Over a network requests are sent again until they are answered, so each may arrive twice or late: registering is idempotent, and
 * a report of a task that has ended already, or of an executor that was given up, is dropped.
 */
export const schedulerService: Service<SchedulerMessages> = defineService<SchedulerMessages>("scheduler", 2);

/** Tasks for an executor. */
export interface LaunchRequest extends TaskBatch {
  /** Rises when map outputs are withdrawn: statuses that were asked for earlier are stale. */
  readonly outputsEpoch?: number;
  /** Rises when the program adds files or refers to more modules, which the tasks may use. */
  readonly filesVersion?: number;
}

/** What the driver and other executors ask of an executor. */
export type ExecutorMessages = {
  /** Chunks of a cached partition from number `from` on; undefined when it is not cached here. */
  readonly fetchBlock: Call<
    { readonly rddId: number; readonly partition: number; readonly from: number },
    | {
        readonly chunks: readonly Uint8Array[];
        readonly checksums: readonly number[];
        readonly chunkCount: number;
        readonly records: number;
      }
    | undefined
  >;
  /** Makes a copy of a partition that `holder` caches. */
  readonly copyBlock: Call<{ readonly rddId: number; readonly partition: number; readonly holder: string; readonly level: StorageLevel }>;
  /** Chunks of a task's result that was held back; undefined when it is gone. */
  readonly fetchResult: Call<
    { readonly taskId: number; readonly from: number },
    { readonly chunks: readonly Uint8Array[]; readonly chunkCount: number } | undefined
  >;
  /** The result was fetched or is not wanted. */
  readonly dropResult: Call<{ readonly taskId: number }>;
  readonly launchTasks: Call<LaunchRequest>;
  readonly killTask: Call<{ readonly taskId: number; readonly reason: string }>;
  readonly shuffleChanged: Call<{ readonly shuffleId: number }>;
  readonly removeShuffle: Call<{ readonly shuffleId: number }>;
  readonly removeRDD: Call<{ readonly rddId: number }>;
  readonly addBroadcast: Call<{ readonly id: number; readonly block: StoredBlock }>;
  /** Drops decoded copies; the encoded value stays. */
  readonly forgetBroadcast: Call<{ readonly id: number }>;
  readonly removeBroadcast: Call<{ readonly id: number }>;
  readonly stop: Call<Readonly<Record<string, never>>>;
};

/** An executor as the driver sees it. Its messages may arrive twice or late too: a task id that was seen before is not run again. */
export const executorService: Service<ExecutorMessages> = defineService<ExecutorMessages>("executor", 2);

/** What the driver tells the user's thread about its jobs, in order. */
export type UserNotice =
  | { readonly kind: "result"; readonly jobId: number; readonly index: number; readonly value: ResultValue }
  | { readonly kind: "accumulators"; readonly updates: readonly AccumulatorUpdate[] }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "jobEnded"; readonly jobId: number; readonly error?: ErrorData };

/** Facts about jobs for the thread that submitted them. A notice carries several facts to save messages. */
export const userTopic: Topic<readonly UserNotice[]> = defineTopic<readonly UserNotice[]>("user", 1);

/** Spark's listener events. */
export const eventTopic: Topic<SparkListenerEvent> = defineTopic<SparkListenerEvent>("events", 1);

/** Subjects of one application. */
export function driverSubject(appId: string): string {
  return `vonk.${appId}.driver`;
}

/** Where executors reach the driver. */
export function schedulerSubject(appId: string): string {
  return `vonk.${appId}.scheduler`;
}

/** Where the driver reaches an executor. */
export function executorSubject(appId: string, executorId: string): string {
  return `vonk.${appId}.executor.${executorId}`;
}

/** Prefix of an application's topics. */
export function topicPrefix(appId: string): string {
  return `vonk.${appId}`;
}
