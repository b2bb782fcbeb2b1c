import type { ServiceClient } from "@vonk/bus/internal";
import type { ExecutorMessages } from "../message/services.ts";
import type { BytesHandle, TaskReport } from "../message/task-result.ts";

/** The report with its result, which the executor held back for its size; TaskResultLost when it cannot be had. */
export async function fetchResult(report: TaskReport, executor: ServiceClient<ExecutorMessages>, limitBytes: number): Promise<TaskReport> {
  const { result, taskId, startedAtMs, finishedAtMs } = report;
  // A result beyond the limit ends its job by its size alone.
  if (result?.kind !== "records" || (limitBytes > 0 && result.bytes > limitBytes)) return report;
  const chunks: BytesHandle[] = [];
  try {
    for (let count = 1; chunks.length < count;) {
      const part = await executor.call("fetchResult", { taskId, from: chunks.length });
      if (part === undefined) return { taskId, reason: { kind: "TaskResultLost" }, startedAtMs, finishedAtMs };
      for (const bytes of part.chunks) chunks.push({ kind: "inline", bytes });
      count = part.chunkCount;
    }
  } catch {
    return { taskId, reason: { kind: "TaskResultLost" }, startedAtMs, finishedAtMs };
  }
  const { kind, single, bytes } = result;
  return { ...report, result: { kind, single, bytes, chunks } };
}

/** True when the result lies with the executor still. */
export function isHeld({ result }: TaskReport): boolean {
  return result?.kind === "records" && result.heldBy !== undefined;
}
