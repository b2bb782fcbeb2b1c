import { spawnSync } from "node:child_process";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { type BatchIterator, batchesOf } from "./computation.ts";

/** Arguments of `pipe`. */
export interface PipeArgs {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly outputBytesMax: number;
}

/**
 * Sends a partition's records as lines through a command; its output lines are the new records.
 * Input and output of one partition are held in memory; output above `outputBytesMax` fails the task.
 */
export function* pipeBatches(batches: BatchIterator, _partition: number, raw: unknown, task: TaskRuntime): BatchIterator {
  const { command, env, outputBytesMax } = raw as PipeArgs;
  const [program = "", ...args] = command;
  let input = "";
  for (const batch of batches) for (const record of batch) input += `${String(record)}\n`;
  const result = spawnSync(program, args, { input, env: { ...process.env, ...env }, maxBuffer: outputBytesMax, encoding: "utf8" });
  if (result.error !== undefined || result.status !== 0) {
    const status = result.error?.message ?? (result.signal === null ? `exit status ${result.status}` : `signal ${result.signal}`);
    throw coreErrors.create("PIPE_FAILED", { command: command.join(" "), status, stderr: (result.stderr ?? "").trim() });
  }
  const lines = result.stdout.split("\n");
  if (lines.at(-1) === "") lines.pop();
  yield* batchesOf(lines, task.executor.settings.batchRecords);
}
