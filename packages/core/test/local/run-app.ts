import { execFile } from "node:child_process";
import { join } from "node:path";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs a program of ./app in a process of its own, from TypeScript as a user would. */
export function runApp(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const file = join(import.meta.dirname, "app", name);
  const startMs = performance.now();
  const options = { env: { ...process.env, NODE_OPTIONS: "", ...env }, timeout: 50_000, maxBuffer: 2 ** 24 };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--conditions=@vonk/source", file, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr, ms: performance.now() - startMs });
    });
  });
}
