import { type FileSplit, readFixedLengthRecords, readLines, readWholeFile, readWholeText } from "@vonk/filesystem/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { recordsRead } from "../message/task-result.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { Batch, BatchIterator, Computation, ComputationInput } from "./computation.ts";

/** Arguments of a plan node of kind `files`: what each partition reads, and as what. */
export interface FilesArgs {
  readonly format: "lines" | "wholeText" | "wholeBytes" | "records" | "blocks";
  /** By partition. */
  readonly splits: readonly (readonly FileSplit[])[];
  /** Length of fixed-length records. */
  readonly recordBytes?: number;
}

/** Files of this machine as records: lines, `[path, text]`, `[path, bytes]`, fixed-length byte records, or blocks that `saveAsObjectFile` wrote. */
export class FileComputation implements Computation {
  readonly #args: FilesArgs;

  constructor(node: PlanNode) {
    this.#args = node.args as FilesArgs;
  }

  inputs(): readonly ComputationInput[] {
    return [];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const { metrics } = task.context;
    for (const split of this.#args.splits[partition] ?? []) {
      metrics.inputBytes += split.bytes;
      for (const batch of this.#read(split, task)) {
        metrics.inputRecords += batch.length;
        task.executor.tellProgress(recordsRead(metrics));
        yield batch;
        task.checkpoint();
      }
    }
  }

  #read(split: FileSplit, task: TaskRuntime): Iterable<Batch> {
    const { files } = task.executor;
    switch (this.#args.format) {
      case "lines":
        return readLines(files, split);
      case "wholeText":
        return [[[split.path, readWholeText(files, split.path)]]];
      case "wholeBytes":
        return [[[split.path, readWholeFile(files, split.path)]]];
      case "records":
        return readFixedLengthRecords(files, split, this.#args.recordBytes ?? 1);
      case "blocks":
        return readBlocks(readWholeFile(files, split.path), task);
    }
  }
}

/** Blocks, each behind its length in 8 bytes (little endian), padded to 8. */
function* readBlocks(bytes: Uint8Array, task: TaskRuntime): BatchIterator {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength;) {
    const length = Number(view.getBigUint64(at, true));
    // Columns are read in place, which needs the block at an address that is a multiple of 8.
    const block = bytes.slice(at + 8, at + 8 + length);
    yield task.executor.codec.open(block).decode();
    at += 8 + Math.ceil(length / 8) * 8;
  }
}
