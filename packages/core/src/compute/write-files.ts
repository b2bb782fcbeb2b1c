import { TaskOutputCommitter } from "@vonk/filesystem/internal";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { type FunctionResolver, recordsOf } from "./computation.ts";
import type { ResultFunction } from "./result-function.ts";
import { commitOutput } from "./write-partition.ts";

/** Where a library's function puts the files of a partition. */
export interface FileSink {
  /** Begins a file; its name may lie in folders. */
  create(name: string): { write(bytes: Uint8Array): void; close(): void };
}

/** A library's function that writes a partition's records; gives how many. */
export type FileWriteFunction = (partition: number, records: Iterable<unknown>, sink: FileSink) => number;

/** Arguments of the result function for files of a library's own. */
export interface WriteFilesArgs {
  readonly output: string;
  readonly jobId: string;
  readonly func: FunctionRef;
}

/** Writes a partition as files through the output committer; only the attempt that the driver allows commits. */
export function writeFiles(args: WriteFilesArgs, functions: FunctionResolver): ResultFunction {
  const write = functions.resolve<FileWriteFunction>(args.func);
  return (batches, partition, task) => {
    const { context, executor } = task;
    const { files } = executor;
    const committer = new TaskOutputCommitter(files, args.output, { jobId: args.jobId, partition, attempt: context.taskAttemptId() });
    committer.setupTask();
    context.addTaskFailureListener(() => committer.abortTask());
    const open = new Set<number>();
    const sink: FileSink = {
      create: (name) => {
        const file = files.createSync(committer.newTaskFile(name));
        open.add(file);
        return {
          write: (bytes) => {
            files.writeSync(file, bytes);
            context.metrics.outputBytes += bytes.byteLength;
          },
          close: () => {
            if (open.delete(file)) files.closeSync(file);
          },
        };
      },
    };
    try {
      context.metrics.outputRecords += write(partition, recordsOf(batches), sink);
    } finally {
      for (const file of open) files.closeSync(file);
    }
    commitOutput(committer, partition, task);
  };
}
