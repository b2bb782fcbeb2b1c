import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const bin = join(import.meta.dirname, "..", "src", "bin", "vonk.ts");

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command, from its sources. */
export function startVonk(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, ["--conditions=@vonk/source", bin, ...args], {
    cwd: join(import.meta.dirname, "app"),
    env: { ...process.env, NODE_OPTIONS: "", VONK_DEBUG: "", VONK_CONF_spark_master: "local[1]", ...env },
  });
}

/** Runs the command to its end, with `input` on its standard input. */
export function vonk(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): Promise<Ended> {
  const child = startVonk(args, env);
  child.stdin?.end(input);
  return ended(child);
}

/** What a process wrote and how it ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}
