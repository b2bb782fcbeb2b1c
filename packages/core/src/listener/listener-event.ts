import type { SchedulerFact, StageFact, TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { TaskEndReason, TaskMetrics } from "../message/task-result.ts";

/** A listener event in the shape of Spark's event log: `Event` names it, the other fields are Spark's. */
export interface SparkListenerEvent {
  readonly Event: string;
  readonly [field: string]: unknown;
}

/** The event that tells listeners of a scheduler's fact. @see Spark's util/JsonProtocol.scala */
export function listenerEvent(fact: SchedulerFact): SparkListenerEvent {
  switch (fact.kind) {
    case "JobStart":
      return {
        Event: "SparkListenerJobStart",
        "Job ID": fact.jobId,
        "Submission Time": fact.timeMs,
        "Stage Infos": fact.stages.map(stageInfo),
        "Stage IDs": fact.stages.map((stage) => stage.stageId),
        Properties: fact.properties,
      };
    case "JobEnd":
      return {
        Event: "SparkListenerJobEnd",
        "Job ID": fact.jobId,
        "Completion Time": fact.timeMs,
        "Job Result":
          fact.error === undefined
            ? { Result: "JobSucceeded" }
            : { Result: "JobFailed", Exception: { Message: fact.error.message, "Stack Trace": fact.error.stack } },
      };
    case "StageSubmitted":
      return { Event: "SparkListenerStageSubmitted", "Stage Info": stageInfo(fact.stage), Properties: fact.properties };
    case "StageCompleted":
      return { Event: "SparkListenerStageCompleted", "Stage Info": stageInfo(fact.stage) };
    case "TaskStart":
      return {
        Event: "SparkListenerTaskStart",
        "Stage ID": fact.task.stageId,
        "Stage Attempt ID": fact.task.stageAttempt,
        "Task Info": taskInfo(fact.task, { launchedMs: fact.timeMs }),
      };
    case "TaskGettingResult":
      return {
        Event: "SparkListenerTaskGettingResult",
        "Task Info": taskInfo(fact.task, { launchedMs: fact.startedAtMs, gettingResultMs: fact.timeMs }),
      };
    case "TaskEnd":
      return {
        Event: "SparkListenerTaskEnd",
        "Stage ID": fact.task.stageId,
        "Stage Attempt ID": fact.task.stageAttempt,
        "Task Type": fact.taskType,
        "Task End Reason": endReason(fact.reason),
        "Task Info": taskInfo(fact.task, {
          launchedMs: fact.startedAtMs,
          gettingResultMs: fact.gettingResultAtMs,
          finishedMs: fact.finishedAtMs,
          failed: fact.reason.kind !== "Success",
        }),
        ...(fact.metrics === undefined ? {} : { "Task Metrics": taskMetrics(fact.metrics) }),
      };
  }
}

function stageInfo(stage: StageFact): Readonly<Record<string, unknown>> {
  return {
    "Stage ID": stage.stageId,
    "Stage Attempt ID": stage.attempt,
    "Stage Name": stage.name,
    "Number of Tasks": stage.numTasks,
    "RDD Info": stage.rddIds.map((rddId) => ({ "RDD ID": rddId })),
    "Parent IDs": stage.parentIds,
    Details: stage.name,
    ...(stage.submittedAtMs === undefined ? {} : { "Submission Time": stage.submittedAtMs }),
    ...(stage.completedAtMs === undefined ? {} : { "Completion Time": stage.completedAtMs }),
    ...(stage.failureReason === undefined ? {} : { "Failure Reason": stage.failureReason }),
    Accumulables: [],
    "Resource Profile Id": stage.resourceProfileId,
  };
}

interface TaskTimes {
  readonly launchedMs: number;
  readonly gettingResultMs?: number | undefined;
  readonly finishedMs?: number;
  readonly failed?: boolean;
}

/** Times that are still to come are 0, as in Spark. */
function taskInfo(task: TaskIdentity, times: TaskTimes): Readonly<Record<string, unknown>> {
  const { launchedMs, gettingResultMs = 0, finishedMs = 0, failed = false } = times;
  return {
    "Task ID": task.taskId,
    Index: task.partition,
    Attempt: task.attempt,
    "Partition ID": task.partition,
    "Launch Time": launchedMs,
    "Executor ID": task.executorId,
    Host: task.host,
    Locality: "PROCESS_LOCAL",
    Speculative: task.speculative,
    "Getting Result Time": gettingResultMs,
    "Finish Time": finishedMs,
    Failed: failed,
    Killed: false,
    Accumulables: [],
  };
}

function endReason(reason: TaskEndReason): Readonly<Record<string, unknown>> {
  switch (reason.kind) {
    case "ExceptionFailure":
      return {
        Reason: reason.kind,
        "Class Name": reason.error.name,
        Description: reason.error.message,
        "Full Stack Trace": reason.error.stack,
        "Error Code": reason.error.code,
      };
    case "FetchFailed":
      return {
        Reason: reason.kind,
        "Shuffle ID": reason.shuffleId,
        "Map ID": reason.mapTaskId,
        "Map Index": reason.mapPartition,
        Message: reason.message,
      };
    case "TaskKilled":
      return { Reason: reason.kind, "Kill Reason": reason.reason };
    case "ExecutorLostFailure":
      return {
        Reason: reason.kind,
        "Executor ID": reason.executorId,
        "Exit Caused By App": reason.exitCausedByApp,
        "Loss Reason": reason.message,
      };
    default:
      return { Reason: reason.kind };
  }
}

function taskMetrics(metrics: TaskMetrics): Readonly<Record<string, unknown>> {
  return {
    "Executor Deserialize Time": Math.round(metrics.executorDeserializeTimeMs),
    "Executor Run Time": Math.round(metrics.executorRunTimeMs),
    "Result Size": metrics.resultSizeBytes,
    "JVM GC Time": Math.round(metrics.jvmGCTimeMs),
    "Peak Execution Memory": metrics.peakExecutionMemoryBytes,
    "Memory Bytes Spilled": metrics.memoryBytesSpilled,
    "Disk Bytes Spilled": metrics.diskBytesSpilled,
    "Shuffle Read Metrics": {
      "Remote Blocks Fetched": 0,
      "Local Blocks Fetched": metrics.shuffleReadBlocks,
      "Fetch Wait Time": 0,
      "Remote Bytes Read": 0,
      "Local Bytes Read": metrics.shuffleReadBytes,
      "Total Records Read": metrics.shuffleReadRecords,
    },
    "Shuffle Write Metrics": {
      "Shuffle Bytes Written": metrics.shuffleWriteBytes,
      "Shuffle Write Time": Math.round(metrics.shuffleWriteTimeMs * 1e6),
      "Shuffle Records Written": metrics.shuffleWriteRecords,
    },
    "Input Metrics": { "Bytes Read": metrics.inputBytes, "Records Read": metrics.inputRecords },
    "Output Metrics": { "Bytes Written": metrics.outputBytes, "Records Written": metrics.outputRecords },
    "Updated Blocks": [],
  };
}
