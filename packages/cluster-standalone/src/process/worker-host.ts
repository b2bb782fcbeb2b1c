import { mkdirSync } from "node:fs";
import { deleteData } from "../worker/work-folder.ts";
import { type ChildProcessOptions, WatchedProcess } from "./child-process.ts";

/** A process as its worker sees it. */
export type ChildHandle = Pick<WatchedProcess, "pid" | "residentBytes" | "kill" | "ended">;

/** The machine under a worker: the simulator has its own. */
export interface WorkerHost {
  /** Starts a process. Throws when that is not possible. */
  launch(options: ChildProcessOptions): ChildHandle;
  /** Makes a folder with those above it. */
  makeFolder(path: string): void;
  /** Deletes an application's data below its folder and keeps what its executors printed. */
  cleanUp(folder: string): void;
}

/** The machine that this process runs on. */
export const machineHost: WorkerHost = {
  launch: (options) => new WatchedProcess(options),
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  cleanUp: (folder) => void deleteData(folder),
};
