import { compress, type CompressionCodec, extensionOf, partName, TaskOutputCommitter } from "@vonk/filesystem/internal";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BatchIterator } from "./computation.ts";
import type { ResultFunction } from "./result-function.ts";

/** Arguments of the writing result function. */
export interface WriteArgs {
  readonly format: "text" | "blocks";
  readonly output: string;
  readonly jobId: string;
  readonly codec?: CompressionCodec;
}

/** Text that is compressed together, but for the end of a file. */
const compressedCharactersMin = 4 * 2 ** 20;

/** Writes a partition as one file through the output committer; only the attempt that the driver allows commits. */
export function writePartition(args: WriteArgs): ResultFunction {
  return (batches, partition, task) => {
    const { context, executor } = task;
    const { files } = executor;
    const committer = new TaskOutputCommitter(files, args.output, { jobId: args.jobId, partition, attempt: context.taskAttemptId() });
    committer.setupTask();
    context.addTaskFailureListener(() => committer.abortTask());
    const extension = args.codec === undefined ? "" : extensionOf(args.codec);
    const file = files.createSync(committer.newTaskFile(partName(partition, extension)));
    try {
      for (const bytes of encoded(batches, args, task)) {
        files.writeSync(file, bytes);
        context.metrics.outputBytes += bytes.byteLength;
      }
    } finally {
      files.closeSync(file);
    }
    commitOutput(committer, partition, task);
  };
}

/** Offers what a task wrote to its job. @throws TASK_KILLED when another attempt may commit */
export function commitOutput(committer: TaskOutputCommitter, partition: number, { context, executor }: TaskRuntime): void {
  const allowed = executor.control.call("canCommit", {
    stageId: context.stageId(),
    stageAttempt: context.stageAttemptNumber(),
    partition,
    taskId: context.taskAttemptId(),
  });
  if (!allowed) throw coreErrors.create("TASK_KILLED", { reason: "another attempt at its partition commits" });
  committer.commitTask();
}

function* encoded(batches: BatchIterator, args: WriteArgs, task: TaskRuntime): IterableIterator<Uint8Array> {
  const { metrics } = task.context;
  if (args.format === "text" && args.codec !== undefined) {
    // Compressed pieces may follow one another in a file, so that no partition has to be in memory whole.
    let text = "";
    for (const batch of batches) {
      metrics.outputRecords += batch.length;
      text += linesOf(batch);
      if (text.length < compressedCharactersMin) continue;
      yield compress(args.codec, Buffer.from(text));
      text = "";
    }
    if (text !== "") yield compress(args.codec, Buffer.from(text));
    return;
  }
  for (const batch of batches) {
    metrics.outputRecords += batch.length;
    if (batch.length === 0) continue;
    if (args.format === "text") yield Buffer.from(linesOf(batch));
    else yield* framedBlock(task.executor.codec.encode(batch));
  }
}

function linesOf(batch: readonly unknown[]): string {
  return batch.length === 0 ? "" : `${batch.map(textOf).join("\n")}\n`;
}

/** A record as a line: strings as they are, tuples and objects as JSON. */
function textOf(record: unknown): string {
  if (typeof record !== "object" || record === null) return String(record);
  const { toString } = record as { toString?: () => string };
  if (typeof toString === "function" && toString !== Object.prototype.toString && !Array.isArray(record)) return toString.call(record);
  return JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function* framedBlock(block: Uint8Array): IterableIterator<Uint8Array> {
  const header = new Uint8Array(8);
  new DataView(header.buffer).setBigUint64(0, BigInt(block.byteLength), true);
  yield header;
  yield block;
  const padding = (8 - (block.byteLength % 8)) % 8;
  if (padding > 0) yield new Uint8Array(padding);
}
