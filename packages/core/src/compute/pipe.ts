import type { SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { type BatchIterator, batchesOf, type FunctionResolver } from "./computation.ts";

/** Arguments of `pipe`. */
export interface PipeArgs {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly separateWorkingDir: boolean;
  readonly outputBytesMax: number;
  readonly printContext?: FunctionRef;
  readonly printRecord?: FunctionRef;
}

type Print = (line: string) => void;

/**
 * Sends a partition's records as lines through a command; its output lines are the new records.
 * Input and output of one partition are held in memory; output above `outputBytesMax` fails the task.
 */
export function* pipeBatches(
  batches: BatchIterator,
  _partition: number,
  raw: unknown,
  task: TaskRuntime,
  functions: FunctionResolver,
): BatchIterator {
  const args = raw as PipeArgs;
  const result = runCommand(args, inputOf(batches, args, functions), task);
  const failed = result.status !== 0 || (result.error !== undefined && !isUnreadInput(result.error));
  if (failed) {
    throw coreErrors.create("PIPE_FAILED", {
      command: args.command.join(" "),
      status: endOf(result),
      stderr: (result.stderr ?? "").trim(),
    });
  }
  const lines = result.stdout.split("\n");
  if (lines.at(-1) === "") lines.pop();
  yield* batchesOf(lines, task.executor.settings.batchRecords);
}

function inputOf(batches: BatchIterator, args: PipeArgs, functions: FunctionResolver): string {
  let input = "";
  const print: Print = (line) => {
    input += `${line}\n`;
  };
  if (args.printContext !== undefined) functions.resolve<(print: Print) => void>(args.printContext)(print);
  const printRecord =
    args.printRecord === undefined ? undefined : functions.resolve<(record: unknown, print: Print) => void>(args.printRecord);
  for (const batch of batches) {
    for (const record of batch) {
      if (printRecord === undefined) print(String(record));
      else printRecord(record, print);
    }
  }
  return input;
}

function runCommand(
  { command, env, separateWorkingDir, outputBytesMax }: PipeArgs,
  input: string,
  task: TaskRuntime,
): SpawnSyncReturns<string> {
  const [program = "", ...words] = command;
  const folder = separateWorkingDir ? mkdtempSync(join(task.executor.settings.localDir, "pipe_")) : undefined;
  try {
    const options = { input, env: childEnvironment(env), maxBuffer: outputBytesMax, encoding: "utf8" } as const;
    // Few tasks need it, and it costs every thread 4 ms to load.
    const { spawnSync } = process.getBuiltinModule("node:child_process");
    return spawnSync(program, words, folder === undefined ? options : { ...options, cwd: folder });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function endOf({ status, signal, error }: SpawnSyncReturns<string>): string {
  if (status !== null && status !== 0) return `exit status ${status}`;
  return error?.message ?? `signal ${String(signal)}`;
}

/** A command need not read all of its input. */
function isUnreadInput(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "EPIPE";
}
