import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Outcome } from "./app/runner.ts";

/** The directory of the programs that tests run as processes of their own. */
export const app: string = join(import.meta.dirname, "app");
/** Where the code under test lies. */
export const source: string = join(import.meta.dirname, "..", "..", "src", "closure");
/** Environment and flags of a program that runs the case tables. */
export const env: NodeJS.ProcessEnv = { ...process.env, VONK_CASE_RUNNER: join(app, "runner.ts"), NODE_OPTIONS: "" };
export const flags: readonly string[] = ["--conditions=@vonk/source", "--no-warnings"];

const runFile = promisify(execFile);

/** Runs `node` and gives what it printed. */
export async function runNode(args: readonly string[], cwd: string = process.cwd()): Promise<string> {
  const { stdout } = await runFile(process.execPath, [...flags, ...args], { env, cwd, maxBuffer: 2 ** 24 });
  return stdout;
}

/** Runs a program that gives its cases to the runner. */
export async function runScript(args: readonly string[]): Promise<Outcome[]> {
  return parse(await runNode(args));
}

/** The outcomes in what a program printed. */
export function parse(stdout: string): Outcome[] {
  const line = /OUTCOMES (.*)/.exec(stdout)?.[1];
  expect(line, stdout).toBeDefined();
  return JSON.parse(line ?? "[]");
}

/** A line for each outcome that is not what it should be. */
export function failures(found: readonly Outcome[]): string[] {
  return found.filter((outcome) => !outcome.ok).map((outcome) => `${outcome.name}: ${outcome.detail}`);
}
