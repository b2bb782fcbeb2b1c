import type { SparkListenerEvent } from "./listener-event.ts";

/** Who keeps blocks: an executor's block manager. */
export interface BlockManagerIdentity {
  readonly executorId: string;
  readonly host: string;
}

/** Spark's names of what is measured in an executor, in bytes. */
export interface ExecutorMetrics {
  /** Heaps of the task threads. */
  readonly JVMHeapMemory: number;
  /** What is in use of the shared segment: shuffle output, cached blocks, broadcasts. */
  readonly OffHeapUnifiedMemory: number;
  /** Cached blocks in the shared segment. */
  readonly OffHeapStorageMemory: number;
  /** The process as the operating system sees it. */
  readonly ProcessTreeOtherRSSMemory: number;
}

/** What a heartbeat says of the stages that the executor works on. */
export interface StageMetrics {
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly metrics: ExecutorMetrics;
}

/** An executor's cores are offered for the first time. */
export function executorAdded(executor: BlockManagerIdentity, cores: number, timeMs: number): SparkListenerEvent {
  return {
    Event: "SparkListenerExecutorAdded",
    Timestamp: timeMs,
    "Executor ID": executor.executorId,
    "Executor Info": { Host: executor.host, "Total Cores": cores, "Log Urls": {}, Attributes: {}, Resources: {}, "Resource Profile Id": 0 },
  };
}

/** An executor was given up. */
export function executorRemoved(executorId: string, reason: string, timeMs: number): SparkListenerEvent {
  return { Event: "SparkListenerExecutorRemoved", Timestamp: timeMs, "Executor ID": executorId, "Removed Reason": reason };
}

/** An executor's memory for blocks is there. */
export function blockManagerAdded(owner: BlockManagerIdentity, storageBytes: number, timeMs: number): SparkListenerEvent {
  return {
    Event: "SparkListenerBlockManagerAdded",
    "Block Manager ID": blockManagerId(owner),
    "Maximum Memory": storageBytes,
    Timestamp: timeMs,
    "Maximum Onheap Memory": 0,
    "Maximum Offheap Memory": storageBytes,
  };
}

/** An executor's blocks are gone with it. */
export function blockManagerRemoved(owner: BlockManagerIdentity, timeMs: number): SparkListenerEvent {
  return { Event: "SparkListenerBlockManagerRemoved", "Block Manager ID": blockManagerId(owner), Timestamp: timeMs };
}

/** A block (`rdd_3_0`, `broadcast_1`) was stored, moved or removed; at 0 bytes of both it is gone. */
export function blockUpdated(owner: BlockManagerIdentity, blockId: string, memoryBytes: number, diskBytes: number): SparkListenerEvent {
  return {
    Event: "SparkListenerBlockUpdated",
    "Block Updated Info": {
      "Block Manager ID": blockManagerId(owner),
      "Block ID": blockId,
      "Storage Level": {
        "Use Disk": diskBytes > 0,
        "Use Memory": memoryBytes > 0,
        "Use Off Heap": memoryBytes > 0,
        Deserialized: false,
        Replication: 1,
      },
      "Memory Size": memoryBytes,
      "Disk Size": diskBytes,
    },
  };
}

/** What an executor's heartbeat brought. Accumulator values arrive with the end of a task only. */
export function executorMetricsUpdate(executorId: string, stages: readonly StageMetrics[]): SparkListenerEvent {
  return {
    Event: "SparkListenerExecutorMetricsUpdate",
    "Executor ID": executorId,
    "Metrics Updated": [],
    "Executor Metrics Updated": stages.map(({ stageId, stageAttempt, metrics }) => ({
      "Stage ID": stageId,
      "Stage Attempt ID": stageAttempt,
      "Executor Metrics": metrics,
    })),
  };
}

/** The greatest of each metric that was seen while an executor worked on a stage; only the event log has it. */
export function stageExecutorMetrics(
  executorId: string,
  stageId: number,
  stageAttempt: number,
  peaks: ExecutorMetrics,
): SparkListenerEvent {
  return {
    Event: "SparkListenerStageExecutorMetrics",
    "Executor ID": executorId,
    "Stage ID": stageId,
    "Stage Attempt ID": stageAttempt,
    "Executor Metrics": peaks,
  };
}

/** The greater of each metric. */
export function peakMetrics(a: ExecutorMetrics, b: ExecutorMetrics): ExecutorMetrics {
  return {
    JVMHeapMemory: Math.max(a.JVMHeapMemory, b.JVMHeapMemory),
    OffHeapUnifiedMemory: Math.max(a.OffHeapUnifiedMemory, b.OffHeapUnifiedMemory),
    OffHeapStorageMemory: Math.max(a.OffHeapStorageMemory, b.OffHeapStorageMemory),
    ProcessTreeOtherRSSMemory: Math.max(a.ProcessTreeOtherRSSMemory, b.ProcessTreeOtherRSSMemory),
  };
}

/** Blocks travel through the executor's own channels, so there is no port to name. */
function blockManagerId({ executorId, host }: BlockManagerIdentity): Readonly<Record<string, unknown>> {
  return { "Executor ID": executorId, Host: host, Port: 0 };
}
