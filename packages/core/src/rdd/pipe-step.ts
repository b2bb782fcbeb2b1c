import type { PipeArgs } from "../compute/pipe.ts";
import { invalid } from "./check-argument.ts";
import { batchStep } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";

/** Writes one line to the command. */
export type PrintLine = (line: string) => void;

/** Options of {@link RDD.pipe}. */
export interface PipeOptions<T> {
  /** Writes lines before those of the records. */
  readonly printPipeContext?: (print: PrintLine) => void;
  /** Writes a record's lines; its text by default. */
  readonly printRDDElement?: (record: T, print: PrintLine) => void;
  /** Runs the command in a folder of its own, deleted afterwards. */
  readonly separateWorkingDir?: boolean;
  /** Output of one partition that is held at most. */
  readonly outputBytesMax?: number;
}

/** Output of one partition that is held unless the user allows more. */
const outputBytesDefault = 256 * 2 ** 20;

/** The step behind {@link RDD.pipe}. */
export function pipeStep<T>(
  parent: RDD<T>,
  command: string | readonly string[],
  env: Readonly<Record<string, string>>,
  options: PipeOptions<T>,
): RDD<string> {
  const words = typeof command === "string" ? command.split(/\s+/).filter((word) => word !== "") : command;
  if (words.length === 0 || words[0] === "")
    throw invalid("pipe()", "command", `'${String(command)}'`, "a program, optionally with arguments");
  const { printPipeContext, printRDDElement, separateWorkingDir = false, outputBytesMax = outputBytesDefault } = options;
  return batchStep(
    parent as RDD<unknown>,
    "pipe",
    "pipe",
    (encoder): PipeArgs => ({
      command: words,
      env,
      separateWorkingDir,
      outputBytesMax,
      ...(printPipeContext === undefined ? {} : { printContext: encoder.func(printPipeContext, "rdd.pipe()") }),
      ...(printRDDElement === undefined ? {} : { printRecord: encoder.func(printRDDElement, "rdd.pipe()") }),
    }),
    false,
    "PipedRDD",
  );
}
