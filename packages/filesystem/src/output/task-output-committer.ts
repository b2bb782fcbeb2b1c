import type { FileSystem, SyncFileSystem } from "../system/file-system.ts";
import { filesystemErrors } from "../errors.ts";
import { joinPath } from "../path/file-path.ts";
import { committedTaskPath, jobAttemptPath, taskAttemptPath, type TaskAttempt } from "./output-layout.ts";

/**
 * The part of Hadoop's output protocol that a task runs, on a filesystem that blocks; {@link asyncTaskCommitter} is its twin.
 *
 *     setupTask -> newTaskFile, write … -> commitTask | abortTask
 *
 * Nothing a task does is visible in the output folder before the driver's `commitJob`. A second commit of the same partition replaces the
 * first; the driver allows only one attempt to commit.
 */
export class TaskOutputCommitter {
  readonly #files: SyncFileSystem;
  readonly #output: string;
  readonly #attemptPath: string;
  readonly #committedPath: string;

  constructor(files: SyncFileSystem, output: string, task: TaskAttempt) {
    this.#files = files;
    this.#output = output;
    this.#attemptPath = taskAttemptPath(output, task);
    this.#committedPath = committedTaskPath(output, task);
  }

  /** Makes the attempt's folder. @throws OUTPUT_JOB_ENDED */
  setupTask(): void {
    this.#expectJob();
    this.#files.mkdirsSync(this.#attemptPath);
  }

  /** The path to create a file of this name at; it may lie in folders (`year=2020/part-00000`). @throws OUTPUT_JOB_ENDED */
  newTaskFile(name: string): string {
    this.#expectJob();
    return joinPath(this.#attemptPath, name);
  }

  /** A job that failed has cleaned up behind its tasks, of which some may not have heard of it yet: nothing of theirs may come back. */
  #expectJob(): void {
    if (this.#files.statSync(jobAttemptPath(this.#output)) === undefined)
      throw filesystemErrors.create("OUTPUT_JOB_ENDED", { path: this.#output });
  }

  /** Offers all files of the attempt to the job with one rename. Without files there is nothing to do. */
  commitTask(): void {
    if (this.#files.statSync(this.#attemptPath) === undefined) return;
    this.#files.deleteSync(this.#committedPath, true);
    this.#files.renameSync(this.#attemptPath, this.#committedPath);
  }

  /** Deletes all files of the attempt. */
  abortTask(): void {
    this.#files.deleteSync(this.#attemptPath, true);
  }
}

/** {@link TaskOutputCommitter} on a filesystem that answers later. */
export interface AsyncTaskOutputCommitter {
  setupTask(): Promise<void>;
  newTaskFile(name: string): string;
  commitTask(): Promise<void>;
  abortTask(): Promise<void>;
}

/** The same steps as {@link TaskOutputCommitter}, each awaited. */
export function asyncTaskCommitter(files: FileSystem, output: string, task: TaskAttempt): AsyncTaskOutputCommitter {
  const attemptPath = taskAttemptPath(output, task);
  const committedPath = committedTaskPath(output, task);
  return {
    setupTask: () => files.mkdirs(attemptPath),
    newTaskFile: (name) => joinPath(attemptPath, name),
    async commitTask() {
      if (!(await files.exists(attemptPath))) return;
      await files.delete(committedPath, true);
      await files.rename(attemptPath, committedPath);
    },
    abortTask: () => files.delete(attemptPath, true),
  };
}
