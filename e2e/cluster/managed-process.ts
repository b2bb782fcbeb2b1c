import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const vonk = join(root, "packages", "cli", "dist", "vonk.js");

/** A process of the cluster under test, run by the built `vonk` command, with its output in a file. */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(name: string, args: readonly string[], folder: string, environment: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.logFile = join(folder, `${name}.log`);
    const log = openSync(this.logFile, "a");
    this.#child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", vonk, ...args], {
      stdio: ["ignore", log, log],
      cwd: folder,
      env: { ...process.env, ...environment },
    });
    closeSync(log);
    this.#exited = new Promise((resolve) => this.#child.once("exit", (code) => resolve(code)));
  }

  get pid(): number {
    const { pid } = this.#child;
    assert(pid !== undefined, `${this.name} did not start`);
    return pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  exited(): Promise<number | null> {
    return this.#exited;
  }

  log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), 5000);
    await this.#exited;
    clearTimeout(timer);
  }
}
