import { FileOutputCommitter } from "@vonk/filesystem/internal";
import type { ActionOptions } from "../context/job-client.ts";
import type { ModuleFunction } from "./module-step.ts";
import type { RDD } from "./rdd.ts";

/**
 * Writes an RDD's partitions as files of a library's own into a folder: a new one, or with `appends` one that may be there. Nothing shows before all
 * tasks have ended well; then the folder has `_SUCCESS`. The export of `func` gives a `FileWriteFunction`; names of files carry `jobId`.
 * @throws OUTPUT_EXISTS
 */
export async function saveFiles(
  rdd: RDD<unknown>,
  path: string,
  func: ModuleFunction,
  { jobId, appends, ...options }: ActionOptions & { readonly jobId: string; readonly appends: boolean },
): Promise<void> {
  const { context } = rdd;
  context.assertRunning("save");
  const files = await context.fileSystems.get(path);
  const output = files.qualify(path);
  const committer = new FileOutputCommitter(files, output, appends);
  await committer.setupJob(options.signal);
  try {
    const write = { module: func.module, export: func.export, encodedArgs: context.codec.encodeValue(func.args) };
    const callSite = context.callSite("save");
    await context.runBuiltin(rdd, "save", "writeFiles", { output, jobId, func: write }, { ...options, callSite });
    await committer.commitJob(options.signal);
  } catch (error) {
    // Not with the caller's signal: after an abort the clean-up has to run all the same.
    await committer.abortJob();
    throw error;
  }
}
