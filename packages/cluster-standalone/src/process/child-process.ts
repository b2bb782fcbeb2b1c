import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { childEnvironment, systemClock } from "@vonk/common/internal";
import type { LogPiece } from "../message/services.ts";
import { inheritedFlags } from "./inherited-flags.ts";

/** What a child process is started with. */
export interface ChildProcessOptions {
  /** Entry file; it reads `start` as a line of JSON from its standard input and ends when that is closed. */
  readonly entry: URL;
  readonly start: unknown;
  /** Folder for `stdout` and `stderr`; made when it is not there. */
  readonly logDir: string;
  readonly nodeOptions?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly onLog: (piece: LogPiece) => void;
  /** Tell of the end only when all that it printed has been read; a child of its own that holds its output open delays that by a second. */
  readonly outputFirst?: boolean;
  readonly onExit: (exitCode: number | null, signal: string | null) => void;
  readonly onError: (error: Error) => void;
}

const outputGraceMs = 1000;

/** A process that a worker runs: its output goes to files and to whoever listens, its standard input tells it that the worker lives. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: ChildProcessOptions) {
    const { entry, start, logDir, nodeOptions = [], environment = {}, workingDir, onLog, onExit, onError } = options;
    mkdirSync(logDir, { recursive: true });
    this.#child = spawn(process.execPath, [...inheritedFlags(), ...nodeOptions, fileURLToPath(entry)], {
      stdio: ["pipe", "pipe", "pipe"],
      env: childEnvironment(environment),
      ...(workingDir === undefined ? {} : { cwd: workingDir }),
    });
    const logs = [this.#copy("stdout", logDir, onLog), this.#copy("stderr", logDir, onLog)];
    this.#child.once("error", (error) => {
      this.#ended.resolve();
      onError(error);
    });
    // After the pipes have ended, so that what it printed last has been read.
    this.#child.once("close", () => {
      for (const log of logs) log.end();
    });
    this.#child.once("exit", (code, signal) => {
      this.#ended.resolve();
      if (options.outputFirst !== true) return onExit(code, signal);
      let isTold = false;
      const tell = (): void => {
        if (!isTold) onExit(code, signal);
        isTold = true;
      };
      this.#child.once("close", tell);
      systemClock.schedule(outputGraceMs, tell);
    });
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdin?.write(`${JSON.stringify(start)}\n`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Settles when the process is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resident memory in bytes; 0 where it cannot be read or the process is gone. */
  residentBytes(): number {
    if (process.platform !== "linux" || this.pid === undefined) return 0;
    try {
      const [, pages = "0"] = readFileSync(`/proc/${this.pid}/statm`, "utf8").split(" ");
      return Number(pages) * 4096;
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
      throw error;
    }
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  #copy(stream: LogPiece["stream"], logDir: string, onLog: (piece: LogPiece) => void): WriteStream {
    const file = createWriteStream(join(logDir, stream), { flags: "a" });
    // A full disk costs the log, not the worker.
    file.on("error", () => undefined);
    const source = this.#child[stream];
    source?.setEncoding("utf8");
    source?.on("data", (text: string) => {
      file.write(text);
      onLog({ stream, text });
    });
    return file;
  }
}
