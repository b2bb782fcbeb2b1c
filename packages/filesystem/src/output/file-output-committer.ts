import { filesystemErrors } from "../errors.ts";
import { joinPath, nameOf } from "../path/file-path.ts";
import type { FileSystem } from "../system/file-system.ts";
import { jobAttemptPath, SUCCESS_NAME, TEMPORARY_NAME } from "./output-layout.ts";

/**
 * The driver's part of writing a folder of files, in the shape of Hadoop's FileOutputCommitter, version 1.
 *
 *     output/_temporary/0/_temporary/attempt_<job>_m_000000_0/part-00000    a task writes
 *     output/_temporary/0/task_<job>_m_000000/part-00000                    the task has committed: one rename
 *     output/part-00000, output/_SUCCESS                                    the job has committed
 *
 * Readers skip names that begin with `_`, so nothing shows before `commitJob`. When a job is aborted, or its commit
 * fails halfway and `abortJob` follows, the output folder is as it was before. Version 2, in which tasks move their files themselves, is left out:
 * a failed job leaves files behind there.
 */
export class FileOutputCommitter {
  readonly #files: FileSystem;
  readonly #output: string;
  readonly #moved: string[] = [];
  readonly #appends: boolean;
  #madeOutput = false;

  /** `output` is a path of the given filesystem. One that `appends` adds files to a folder, whose names no other job gives. */
  constructor(files: FileSystem, output: string, appends = false) {
    this.#files = files;
    this.#output = files.qualify(output);
    this.#appends = appends;
  }

  /** Makes the folders of the job. @throws OUTPUT_EXISTS when something is there already, unless files are added to it */
  async setupJob(signal?: AbortSignal): Promise<void> {
    if (!this.#appends && (await this.#files.exists(this.#output, signal))) {
      throw filesystemErrors.create("OUTPUT_EXISTS", { path: this.#output });
    }
    this.#madeOutput = true;
    await this.#files.mkdirs(jobAttemptPath(this.#output), signal);
  }

  /** Moves what the tasks committed to the output folder, deletes the temporary one and writes `_SUCCESS`, in this order. */
  async commitJob(signal?: AbortSignal): Promise<void> {
    for (const entry of await this.#files.list(jobAttemptPath(this.#output), signal)) {
      if (nameOf(entry.path).startsWith("task_")) await this.#moveChildren(entry.path, this.#output, signal);
    }
    await this.#files.delete(joinPath(this.#output, TEMPORARY_NAME), true, signal);
    const success = await this.#files.create(joinPath(this.#output, SUCCESS_NAME), signal);
    await success.close();
  }

  /** Deletes everything that the job wrote. May be called after a commit that failed, and more than once. */
  async abortJob(signal?: AbortSignal): Promise<void> {
    if (!this.#madeOutput) return;
    await this.#files.delete(joinPath(this.#output, TEMPORARY_NAME), true, signal);
    if (!this.#appends) await this.#files.delete(joinPath(this.#output, SUCCESS_NAME), false, signal);
    for (const path of this.#moved) await this.#files.delete(path, true, signal);
    this.#moved.length = 0;
    const left = (await this.#files.exists(this.#output, signal)) ? await this.#files.list(this.#output, signal) : [];
    if (left.length === 0) await this.#files.delete(this.#output, true, signal);
  }

  async #moveChildren(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
    for (const entry of await this.#files.list(from, signal)) {
      const target = joinPath(to, nameOf(entry.path));
      // Tasks may share folders (year=2020/…): one that is there already is merged.
      if (entry.isDirectory && (await this.#files.exists(target, signal))) await this.#moveChildren(entry.path, target, signal);
      else {
        this.#moved.push(target);
        await this.#files.rename(entry.path, target, signal);
      }
    }
  }
}
