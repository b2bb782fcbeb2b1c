import { once } from "node:events";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { start, type REPLServer } from "node:repl";
import { SparkConf, SparkContext } from "@vonk/core";
import { functions, SparkSession, types, Window } from "@vonk/sql";
import { PipedInput } from "./piped-input.ts";

/** What a shell is started with. */
export interface ShellOptions {
  /** File that keeps the lines; undefined keeps none. `~/` is the user's home. */
  readonly history: string | undefined;
  readonly version: string;
}

/**
 * Opens a REPL with `spark`, `sc`, the functions of columns as `F`, and the classes to make more. Settles when the user leaves it and the context is stopped.
 * Variables live in the global scope, so that closures typed here can be captured. From a pipe, lines run one after the other.
 */
export async function startShell({ history, version }: ShellOptions): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  const conf = new SparkConf()
    .setIfMissing("spark.app.name", "vonk shell")
    .setIfMissing("spark.ui.showConsoleProgress", process.stderr.isTTY === true);
  const sc = new SparkContext(conf);
  const spark = new SparkSession(sc);
  const names = { sc, spark, SparkContext, SparkConf, functions, F: functions, types, Window };
  if (isTerminal) {
    process.stdout.write(
      `vonk ${version}, master ${sc.master}, application ${sc.applicationId}\n\`spark\` is the session, \`sc\` its context, \`F\` the functions; await works; .exit leaves.\n`,
    );
    const shell = start({ prompt: "vonk> ", useGlobal: true });
    Object.assign(shell.context, names);
    if (history !== undefined) await keepHistory(shell, history);
    await once(shell, "exit");
  } else {
    const input = new PipedInput(process.stdin);
    const shell = start({ prompt: "", useGlobal: true, input: input.stream, output: process.stdout, terminal: false });
    Object.assign(shell.context, names);
    await input.feed(shell);
  }
  await sc.stop();
}

function keepHistory(shell: REPLServer, file: string): Promise<void> {
  const path = file.startsWith("~/") ? join(homedir(), file.slice(2)) : resolve(file);
  return new Promise((done, fail) => shell.setupHistory(path, (error) => (error === null ? done() : fail(error))));
}
