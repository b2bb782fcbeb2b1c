import { joinPath } from "../path/file-path.ts";

/** The folder that holds everything not yet committed; hidden from readers by its name. */
export const TEMPORARY_NAME = "_temporary";

/** The empty file that marks a committed output. */
export const SUCCESS_NAME = "_SUCCESS";

/** One attempt at one task of a job that writes files. */
export interface TaskAttempt {
  readonly jobId: string;
  readonly partition: number;
  readonly attempt: number;
}

/** `_temporary/0` of an output: where a job's tasks work and commit. The 0 is the attempt of the application, as in Hadoop. */
export function jobAttemptPath(output: string): string {
  return joinPath(output, TEMPORARY_NAME, "0");
}

/** Where an attempt writes. */
export function taskAttemptPath(output: string, task: TaskAttempt): string {
  return joinPath(jobAttemptPath(output), TEMPORARY_NAME, `attempt_${taskName(task)}_${task.attempt}`);
}

/** Where a task's committed files wait for the job. */
export function committedTaskPath(output: string, task: TaskAttempt): string {
  return joinPath(jobAttemptPath(output), `task_${taskName(task)}`);
}

/** `part-00007` and the like. */
export function partName(partition: number, extension = ""): string {
  return `part-${String(partition).padStart(5, "0")}${extension}`;
}

function taskName(task: TaskAttempt): string {
  return `${task.jobId}_m_${String(task.partition).padStart(6, "0")}`;
}
