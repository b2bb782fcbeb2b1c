import { type CompressionCodec, FileOutputCommitter } from "@vonk/filesystem/internal";
import { randomSeed } from "@vonk/common/internal";
import type { WriteArgs } from "../compute/write-partition.ts";
import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import { invalid } from "./check-argument.ts";
import type { RDD } from "./rdd.ts";

/** Actions that write files; see {@link RDD}. */
export class SaveActions<T> {
  declare protected readonly saveActions?: T;

  /**
   * Writes each partition as a text file `part-00000`…, a record a line: strings as they are, tuples and objects as JSON.
   * Nothing is visible in the folder before the whole job has ended well; then `_SUCCESS` is there too.
   * @throws OUTPUT_EXISTS
   */
  async saveAsTextFile(this: RDD<T>, path: string, codec?: CompressionCodec, options?: ActionOptions): Promise<void> {
    if (codec !== undefined && codec !== "gzip" && codec !== "zstd") throw invalid("saveAsTextFile()", "codec", codec, "'gzip' or 'zstd'");
    const callSite = this.context.callSite("saveAsTextFile");
    await savePartitions(this, path, codec === undefined ? { format: "text" } : { format: "text", codec }, { ...options, callSite });
  }

  /** Writes the records so that `sc.objectFile` reads them back. @throws OUTPUT_EXISTS, RECORD_NOT_ENCODABLE */
  async saveAsObjectFile(this: RDD<T>, path: string, options?: ActionOptions): Promise<void> {
    const callSite = this.context.callSite("saveAsObjectFile");
    await savePartitions(this, path, { format: "blocks" }, { ...options, callSite });
  }
}

/** Writes an RDD's partitions as the files of a folder that does not exist yet. */
export async function savePartitions(
  rdd: RDD<unknown>,
  path: string,
  format: Pick<WriteArgs, "format" | "codec">,
  options: JobOptions,
): Promise<void> {
  const { context } = rdd;
  context.assertRunning("save");
  const files = await context.fileSystems.get(path);
  const output = files.qualify(path);
  const committer = new FileOutputCommitter(files, output);
  await committer.setupJob(options.signal);
  try {
    const args: WriteArgs = { ...format, output, jobId: randomSeed().toString(36) };
    await context.runBuiltin(rdd, "save", "write", args, options);
    await committer.commitJob(options.signal);
  } catch (error) {
    // Not with the caller's signal: after an abort the clean-up has to run all the same.
    await committer.abortJob();
    throw error;
  }
}
