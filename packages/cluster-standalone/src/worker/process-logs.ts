import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { standaloneErrors } from "../errors.ts";
import type { LoggedProcess, LogPiece } from "../message/services.ts";
import { isOwnerRunning } from "./work-folder.ts";

/** Fits the smallest limit of a message that NATS servers have by default, 1 MiB. */
const pieceBytes = 512 * 1024;
const streams = ["stdout", "stderr"] as const;

/** Which file of a log is meant. */
export interface LogPlace {
  /** Name of the worker's folder. */
  readonly folder: string;
  /** Id of the application or driver. */
  readonly ownerId: string;
  readonly executorId?: string;
  readonly stream: LogPiece["stream"];
}

/**
 * What the processes of a worker have printed, those that have ended included: the files that the worker keeps in its folder, and
 * those that workers before it have left beside that.
 */
export class ProcessLogs {
  readonly #workDir: string;

  constructor(workDir: string) {
    this.#workDir = workDir;
  }

  /** All processes with a log, or those of one application or driver. */
  list(ownerId: string | undefined): Omit<LoggedProcess, "isRunning">[] {
    return this.#folders().flatMap((folder) =>
      foldersIn(join(this.#root, folder))
        .filter((name) => ownerId === undefined || name === ownerId)
        .flatMap((name) => processesIn(join(this.#root, folder), folder, name)),
    );
  }

  /** A piece of a log from `offset` on, empty at its end. @throws LOGS_UNKNOWN */
  read({ folder, ownerId, executorId, stream }: LogPlace, offset: number): Uint8Array {
    const isKnown = this.list(ownerId).some((one) => one.folder === folder && one.executorId === executorId);
    if (!isKnown || !streams.includes(stream)) throw standaloneErrors.create("LOGS_UNKNOWN", { id: [ownerId, executorId ?? ""].join(" ") });
    const path = join(this.#root, folder, ownerId, executorId ?? "", stream);
    if (sizeOf(path) <= offset) return new Uint8Array();
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(pieceBytes);
      return bytes.slice(0, readSync(file, bytes, 0, bytes.byteLength, offset));
    } finally {
      closeSync(file);
    }
  }

  get #root(): string {
    return dirname(this.#workDir);
  }

  /** Names of this worker's folder and of those of workers that have ended. */
  #folders(): string[] {
    const own = foldersIn(this.#root).filter((name) => join(this.#root, name) === this.#workDir);
    return [...own, ...foldersIn(this.#root).filter((name) => isOwnerRunning(join(this.#root, name)) === false)];
  }
}

/** A driver's log lies in its folder, those of an application's executors each in one of theirs. */
function processesIn(worker: string, folder: string, ownerId: string): Omit<LoggedProcess, "isRunning">[] {
  const ids = [undefined, ...foldersIn(join(worker, ownerId)).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))];
  return ids.flatMap((executorId) => {
    const [stdout, stderr] = streams.map((stream) => sizeOf(join(worker, ownerId, executorId ?? "", stream)));
    if (stdout === undefined || stderr === undefined || Math.max(stdout, stderr) < 0) return [];
    const bytes = { stdout: Math.max(stdout, 0), stderr: Math.max(stderr, 0) };
    return [{ folder, ownerId, ...(executorId === undefined ? {} : { executorId }), bytes }];
  });
}

/** -1 for a file that is not there. */
function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : -1;
}

function foldersIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
