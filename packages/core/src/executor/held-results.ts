import type { BytesHandle, ResultValue, TaskReport } from "../message/task-result.ts";
import { blockWindowBytes } from "./peer-blocks.ts";

/** Results of at most this size travel with the report. @see Spark's spark.task.maxDirectResultSize */
const directBytesMax = 1024 * 1024;
/** Held results together; beyond it the oldest is dropped, and its task runs again should the driver ask for it. */
const heldBytesMax = 512 * 2 ** 20;

type Records = Extract<ResultValue, { kind: "records" }>;

/** Large results, kept until the driver, which then knows their size, has fetched them. */
export class HeldResults {
  readonly #executorId: string;
  readonly #held = new Map<number, Records>();
  #bytes = 0;

  constructor(executorId: string) {
    this.#executorId = executorId;
  }

  /** The report, with its result held back when that is large. */
  hold(report: TaskReport): TaskReport {
    const { result, taskId } = report;
    if (result?.kind !== "records" || result.bytes <= directBytesMax) return report;
    this.#held.set(taskId, result);
    this.#bytes += result.bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= heldBytesMax || oldest === taskId) break;
      this.drop(oldest);
    }
    return { ...report, result: { ...result, chunks: [], heldBy: this.#executorId } };
  }

  /** Chunks of a held result from number `from` on, as many as a message takes; undefined when it is gone. */
  part(taskId: number, from: number): { readonly chunks: readonly Uint8Array[]; readonly chunkCount: number } | undefined {
    const result = this.#held.get(taskId);
    if (result === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for (const handle of result.chunks.slice(from)) {
      const chunk = inlineBytes(handle);
      if (chunks.length > 0 && bytes + chunk.byteLength > blockWindowBytes) break;
      chunks.push(chunk);
      bytes += chunk.byteLength;
    }
    return { chunks, chunkCount: result.chunks.length };
  }

  drop(taskId: number): void {
    const result = this.#held.get(taskId);
    if (result === undefined) return;
    this.#held.delete(taskId);
    this.#bytes -= result.bytes;
  }
}

function inlineBytes(handle: BytesHandle): Uint8Array {
  return handle.kind === "inline" ? handle.bytes : new Uint8Array();
}
