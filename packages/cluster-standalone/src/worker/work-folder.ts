import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess, isRunning, type ProcessIdentity } from "../process/process-identity.ts";

const ownerFile = "owner.json";

/** Marks a worker's folder as this process's. */
export function claimWorkFolder(folder: string): void {
  writeFileSync(join(folder, ownerFile), JSON.stringify(identifyProcess(process.pid)));
}

/**
 * Deletes what workers that have ended left below `root`: the data of applications that nobody knows any more, and whole folders
 * when they were last written before `oldMs`. What executors and drivers printed is kept until then. Gives what it deleted.
 */
export function sweepWorkFolders(root: string, knownAppIds: ReadonlySet<string>, oldMs: number): string[] {
  const swept: string[] = [];
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    const owner = ownerOf(folder);
    if (owner === undefined || isRunning(owner)) continue;
    const applications = foldersIn(folder);
    const unknown = applications.filter((appId) => !knownAppIds.has(appId));
    for (const appId of unknown) if (deleteData(join(folder, appId))) swept.push(join(name, appId));
    if (unknown.length < applications.length || statSync(folder).mtimeMs >= oldMs) continue;
    rmSync(folder, { recursive: true, force: true });
    swept.push(name);
  }
  return swept;
}

/** Deletes the data of an application or driver below a worker's folder and keeps what was printed; false when there was none. */
export function deleteData(folder: string): boolean {
  let found = false;
  for (const data of [
    join(folder, "shuffle"),
    join(folder, "application"),
    ...foldersIn(folder).map((executorId) => join(folder, executorId, "local")),
  ]) {
    if (statSync(data, { throwIfNoEntry: false }) === undefined) continue;
    rmSync(data, { recursive: true, force: true });
    found = true;
  }
  return found;
}

function foldersIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Whether the worker of a folder runs; undefined when the folder is no worker's. */
export function isOwnerRunning(folder: string): boolean | undefined {
  const owner = ownerOf(folder);
  return owner === undefined ? undefined : isRunning(owner);
}

function ownerOf(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, ownerFile), "utf8")) as ProcessIdentity;
  } catch {
    // Not a worker's, or being made right now.
    return undefined;
  }
}
