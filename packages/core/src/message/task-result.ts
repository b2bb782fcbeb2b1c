import type { ErrorData } from "@vonk/common";

/** Bytes somewhere: in the process's shared segment, in a local file, or in the message itself. */
export type BytesHandle =
  | { readonly kind: "memory"; readonly offset: number; readonly length: number }
  | { readonly kind: "file"; readonly path: string; readonly offset: number; readonly length: number; readonly checksum: number }
  /** With a checksum when the bytes have come from another process. */
  | { readonly kind: "inline"; readonly bytes: Uint8Array; readonly checksum?: number };

/** The part of a map task's output that one reducer reads, in chunks of encoded records. */
export interface ReducerOutput {
  readonly reducer: number;
  readonly chunks: readonly BytesHandle[];
  readonly bytes: number;
  readonly records: number;
}

/**
 * The chunks of a map task's output in the order in which they lie behind each other, an entry a chunk in each array;
 * for outputs that other processes read, where a handle a chunk would be many times the size.
 */
export interface MapOutputChunks {
  /** Reducers of the shuffle, the empty ones included. */
  readonly reducerCount: number;
  readonly reducers: Uint32Array;
  readonly records: Uint32Array;
  readonly lengths: Uint32Array;
  readonly checksums: Uint32Array;
}

/** A map task's chunks in a file of its host, from `offset` on. */
export interface MapOutputFile {
  readonly path: string;
  readonly offset: number;
}

/** A map task's chunks in the bucket streams of an epoch of the shuffle. */
export interface MapOutputStream {
  readonly epoch: number;
  /** Streams of the epoch; bucket b holds the reducers from ⌈b·R/buckets⌉ on. */
  readonly buckets: number;
}

/** What a map task reports and the driver commits. */
export interface MapStatus {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly executorId: string;
  readonly host: string;
  readonly taskId: number;
  /** Its non-empty reducer outputs in this process; empty when `chunks` describes an output for other processes. */
  readonly outputs: readonly ReducerOutput[];
  readonly chunks?: MapOutputChunks;
  readonly file?: MapOutputFile;
  readonly stream?: MapOutputStream;
}

/** A result task's value: cheap values as they are, anything else encoded. */
export type ResultValue =
  | { readonly kind: "plain"; readonly value: unknown }
  /** Batches of records; a single value is a batch of one when `single`. `heldBy` names the executor that keeps the chunks still. */
  | {
      readonly kind: "records";
      readonly chunks: readonly BytesHandle[];
      readonly single: boolean;
      readonly bytes: number;
      readonly heldBy?: string;
    };

/** True when the value itself is not in the message that tells of it, so that somebody has to get it from where it lies. */
export function isFetched(value: ResultValue): boolean {
  if (value.kind === "plain") return false;
  return value.chunks.some((chunk) => chunk.kind !== "inline" || chunk.bytes.buffer instanceof SharedArrayBuffer);
}

/** Counters of one task. Bytes and records are totals, times milliseconds. */
export interface TaskMetrics {
  executorRunTimeMs: number;
  executorDeserializeTimeMs: number;
  resultSizeBytes: number;
  jvmGCTimeMs: number;
  memoryBytesSpilled: number;
  diskBytesSpilled: number;
  peakExecutionMemoryBytes: number;
  inputBytes: number;
  inputRecords: number;
  outputBytes: number;
  outputRecords: number;
  shuffleReadBytes: number;
  shuffleReadRecords: number;
  shuffleReadBlocks: number;
  shuffleWriteBytes: number;
  shuffleWriteRecords: number;
  shuffleWriteTimeMs: number;
}

/** All counters at zero. */
export function emptyTaskMetrics(): TaskMetrics {
  return {
    executorRunTimeMs: 0,
    executorDeserializeTimeMs: 0,
    resultSizeBytes: 0,
    jvmGCTimeMs: 0,
    memoryBytesSpilled: 0,
    diskBytesSpilled: 0,
    peakExecutionMemoryBytes: 0,
    inputBytes: 0,
    inputRecords: 0,
    outputBytes: 0,
    outputRecords: 0,
    shuffleReadBytes: 0,
    shuffleReadRecords: 0,
    shuffleReadBlocks: 0,
    shuffleWriteBytes: 0,
    shuffleWriteRecords: 0,
    shuffleWriteTimeMs: 0,
  };
}

/** Records that a task has read from files, stored partitions and shuffles. */
export function recordsRead(metrics: TaskMetrics | undefined): number {
  return metrics === undefined ? 0 : metrics.inputRecords + metrics.shuffleReadRecords;
}

/** How far a running task is. */
export interface TaskProgress {
  readonly taskId: number;
  readonly recordsRead: number;
}

/** What a task added to one accumulator: an encoded accumulator of the same class. */
export interface AccumulatorUpdate {
  readonly id: number;
  readonly delta: Uint8Array;
}

/** Why a task attempt ended, Spark's TaskEndReason. */
export type TaskEndReason =
  | { readonly kind: "Success" }
  | { readonly kind: "ExceptionFailure"; readonly error: ErrorData }
  | {
      readonly kind: "FetchFailed";
      readonly shuffleId: number;
      readonly mapPartition: number;
      /** The attempt whose output it was, so that a late failure does not cost the one that has replaced it; -1 when none was committed. */
      readonly mapTaskId: number;
      readonly executorId: string;
      readonly message: string;
    }
  | { readonly kind: "TaskKilled"; readonly reason: string }
  | { readonly kind: "TaskCommitDenied"; readonly message: string }
  | { readonly kind: "ExecutorLostFailure"; readonly executorId: string; readonly exitCausedByApp: boolean; readonly message: string }
  | { readonly kind: "TaskResultLost" }
  | { readonly kind: "Resubmitted" }
  | { readonly kind: "UnknownReason"; readonly message: string };

/** An executor's report of one ended task attempt. */
export interface TaskReport {
  readonly taskId: number;
  readonly reason: TaskEndReason;
  readonly result?: ResultValue;
  readonly mapStatus?: MapStatus;
  readonly metrics?: TaskMetrics;
  readonly accumulators?: readonly AccumulatorUpdate[];
  /** Wall-clock start and end of the attempt on the executor. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}
