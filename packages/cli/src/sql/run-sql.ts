import { homedir } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";
import { SparkConf, SparkContext } from "@vonk/core";
import type { SparkSession } from "@vonk/sql";
import { describeError } from "../application/describe-error.ts";
import { exitCodes } from "../exit-code.ts";
import { type OutputFormat, resultText } from "./output-format.ts";
import { splitStatements } from "./split-statements.ts";

/** The application's threads start while the rest of SQL is loaded. */
async function newSession(): Promise<SparkSession> {
  const conf = new SparkConf()
    .setIfMissing("spark.app.name", "vonk sql")
    .setIfMissing("spark.ui.showConsoleProgress", process.stderr.isTTY === true);
  const context = new SparkContext(conf);
  const { SparkSession } = await import("@vonk/sql");
  return new SparkSession(context);
}

/** Runs statements one after the other and prints their results; the first error ends it. */
export async function runStatements(texts: readonly string[], format: OutputFormat): Promise<number> {
  await using spark = await newSession();
  const { signal } = new AbortController();
  for (const text of texts) {
    const { statements, rest } = splitStatements(text);
    for (const statement of rest.trim() === "" ? statements : [...statements, rest]) await runOne(spark, statement, format, signal);
  }
  return exitCodes.ok;
}

async function runOne(spark: SparkSession, statement: string, format: OutputFormat, signal: AbortSignal): Promise<void> {
  process.stdout.write(await resultText(await spark.sql(statement), format, signal));
}

/** What a prompt is started with. */
export interface PromptOptions {
  readonly format: OutputFormat;
  /** File that keeps the lines; undefined keeps none. `~/` is the user's home. */
  readonly history: string | undefined;
  readonly version: string;
}

const historyLinesMax = 1000;

/**
 * A prompt, or the statements of a pipe. An error is printed and ends nothing; Ctrl-C cancels the statement that runs, and without one it
 * drops what was typed. Settles when the input ends.
 */
export async function startPrompt({ format, history, version }: PromptOptions): Promise<number> {
  await using spark = await newSession();
  const isTerminal = process.stdin.isTTY === true;
  const file = history === undefined ? undefined : history.startsWith("~/") ? join(homedir(), history.slice(2)) : resolve(history);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: isTerminal,
    history: file === undefined ? [] : linesOf(file),
    historySize: historyLinesMax,
  });
  if (isTerminal) {
    const { master, applicationId } = spark.sparkContext;
    process.stdout.write(`vonk ${version}, master ${master}, application ${applicationId}\nStatements end with ;  quit; leaves.\n`);
    if (file !== undefined) lines.on("history", (kept: string[]) => writeFileSync(file, kept.toReversed().join("\n")));
  }
  const failed = await readStatements(lines, isTerminal, (statement, signal) => runOne(spark, statement, format, signal));
  lines.close();
  return failed && !isTerminal ? exitCodes.applicationFailed : exitCodes.ok;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").toReversed();
  } catch {
    // No history yet.
    return [];
  }
}

/** Feeds statements to `run` until the input ends or `quit;`; true when one failed. */
async function readStatements(
  lines: Interface,
  isTerminal: boolean,
  run: (statement: string, signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  let typed = "";
  let running: AbortController | undefined;
  let failed = false;
  const prompt = (): void => {
    if (!isTerminal) return;
    lines.setPrompt(typed.trim() === "" ? "vonk sql> " : "       -> ");
    lines.prompt();
  };
  lines.on("SIGINT", () => {
    running?.abort();
    typed = "";
    if (running === undefined) process.stdout.write("\n");
    prompt();
  });
  prompt();
  for await (const line of lines) {
    const { statements, rest } = splitStatements(`${typed}${line}\n`);
    typed = rest;
    for (const statement of statements) {
      if (/^(quit|exit)$/i.test(statement)) return failed;
      running = new AbortController();
      try {
        await run(statement, running.signal);
      } catch (error) {
        failed = true;
        process.stderr.write(describeError(error, false));
      }
      running = undefined;
    }
    prompt();
  }
  if (typed.trim() !== "") {
    try {
      await run(typed, new AbortController().signal);
    } catch (error) {
      failed = true;
      process.stderr.write(describeError(error, false));
    }
  }
  return failed;
}
