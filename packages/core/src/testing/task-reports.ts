import { coreErrors } from "../errors.ts";
import { errorToData } from "@vonk/common";
import type { MapStatus, TaskEndReason, TaskReport } from "../message/task-result.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";

type Reported = Pick<TaskIdentity, "taskId" | "partition" | "executorId" | "host">;

/** A result task's success with the value. */
export function resultReport(task: Pick<TaskIdentity, "taskId">, value: unknown, extras: Partial<TaskReport> = {}): TaskReport {
  return { taskId: task.taskId, reason: { kind: "Success" }, result: { kind: "plain", value }, startedAtMs: 0, finishedAtMs: 0, ...extras };
}

/** A map task's success with the place of its output. */
export function mapReport(task: Reported, shuffleId: number, extras: Partial<TaskReport> = {}): TaskReport {
  const { taskId, partition, executorId, host } = task;
  const mapStatus: MapStatus = { shuffleId, mapPartition: partition, executorId, host, taskId, outputs: [] };
  return { taskId, reason: { kind: "Success" }, mapStatus, startedAtMs: 0, finishedAtMs: 0, ...extras };
}

/** A task that ended without success. */
export function failedReport(task: Pick<TaskIdentity, "taskId">, reason: TaskEndReason): TaskReport {
  return { taskId: task.taskId, reason, startedAtMs: 0, finishedAtMs: 0 };
}

/** The task's own fault. */
export function exceptionReason(message = "made to fail"): TaskEndReason {
  return { kind: "ExceptionFailure", error: errorToData(coreErrors.create("EXECUTOR_THREAD_LOST", { reason: message })) };
}

/** A map output that could not be read; `mapTaskId` is the attempt that had made it. */
export function fetchFailedReason(shuffleId: number, mapPartition: number, executorId: string, mapTaskId = 0): TaskEndReason {
  return { kind: "FetchFailed", shuffleId, mapPartition, mapTaskId, executorId, message: "made to fail" };
}
