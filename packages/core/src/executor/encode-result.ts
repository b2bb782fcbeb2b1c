import { coreErrors } from "../errors.ts";
import type { BytesHandle, ResultValue } from "../message/task-result.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { RecordBatches } from "../compute/record-batches.ts";
import type { TaskRuntime } from "./task-runtime.ts";

/** Results above this size are put into shared memory, so that no thread copies them. */
const sharedBytesMin = 16 * 1024;

/** A task's value in the form in which it travels to the driver. @throws RESULT_NOT_SENDABLE */
export function encodeResult(value: unknown, task: TaskRuntime, func: FunctionRef): ResultValue {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean") return { kind: "plain", value };
  const isBatches = value instanceof RecordBatches;
  const batches = isBatches ? value.batches : [[value]];
  const chunks: BytesHandle[] = [];
  let bytes = 0;
  for (const batch of batches) {
    const encoded = encodeOrRefuse(batch, task, func);
    bytes += encoded.byteLength;
    chunks.push({ kind: "inline", bytes: encoded });
  }
  task.context.metrics.resultSizeBytes += bytes;
  return { kind: "records", chunks, single: !isBatches, bytes };
}

/** Only what the codec refuses is RESULT_NOT_SENDABLE: pulling the records may fail for every reason that a task has. */
function encodeOrRefuse(batch: readonly unknown[], task: TaskRuntime, func: FunctionRef): Uint8Array {
  try {
    return task.executor.codec.encode(
      batch,
      (size) => new Uint8Array(size < sharedBytesMin ? new ArrayBuffer(size) : new SharedArrayBuffer(size)),
    );
  } catch (cause) {
    const call = "builtin" in func ? func.builtin : "module" in func ? func.export : func.location;
    throw coreErrors.create("RESULT_NOT_SENDABLE", { call, reason: (cause as Error).message }, { cause });
  }
}
