import type { FileSystem, SyncFileSystem } from "../system/file-system.ts";
import { joinPath } from "../path/file-path.ts";
import { committedTaskPath, taskAttemptPath, type TaskAttempt } from "./output-layout.ts";

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
  readonly #attemptPath: string;
  readonly #committedPath: string;

  constructor(files: SyncFileSystem, output: string, task: TaskAttempt) {
    this.#files = files;
    this.#attemptPath = taskAttemptPath(output, task);
    this.#committedPath = committedTaskPath(output, task);
  }

  /** Makes the attempt's folder. */
  setupTask(): void {
    this.#files.mkdirsSync(this.#attemptPath);
  }

  /** The path to create a file of this name at; it may lie in folders (`year=2020/part-00000`). */
  newTaskFile(name: string): string {
    return joinPath(this.#attemptPath, name);
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
