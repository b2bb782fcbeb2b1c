import type { MapStatus } from "../message/task-result.ts";

/** The attempt at a map partition whose output was asked for; task -1 of executor "" when none is committed. */
export type UnreadOutput = Pick<MapStatus, "mapPartition" | "taskId" | "executorId">;

/** Raised when a map output cannot be read; the task ends as FetchFailed and the driver makes the output again. */
export class FetchFailure extends Error {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly mapTaskId: number;
  readonly executorId: string;

  constructor(shuffleId: number, { mapPartition, taskId, executorId }: UnreadOutput, cause: Error) {
    super(cause.message, { cause });
    this.shuffleId = shuffleId;
    this.mapPartition = mapPartition;
    this.mapTaskId = taskId;
    this.executorId = executorId;
  }
}
