import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { root } from "./root.ts";

/** How a command ended: its exit code (1 when a signal ended it) and, when captured, what it wrote. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may be set for a command; `capture` collects both streams instead of passing them on. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly capture?: boolean;
  readonly timeoutMs?: number;
}

/** Runs a command to its end; never throws for a failing exit code. A missing command ends with code 127. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: options.capture === true ? ["ignore", "pipe", "pipe"] : "inherit",
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: "SIGKILL" as const }),
  });
  return await finished(child);
}

/** Runs a JavaScript tool out of node_modules with this same Node: independent of PATH and of shell shims. */
export async function runTool(tool: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return await run(process.execPath, [join(root, "node_modules", tool), ...args], options);
}

function finished(child: ChildProcess): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.on("error", (error) => resolve({ code: 127, stdout, stderr: `${stderr}${error.message}\n` }));
  child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  return promise;
}
