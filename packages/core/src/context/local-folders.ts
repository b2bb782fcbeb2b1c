import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "vonk-";
const ownerFile = "owner.pid";

/** Makes the folder of a process for spilled data below `root`, or below the system's folder for temporary files. */
export function makeLocalFolder(root: string, appId: string): string {
  const parent = root === "" ? tmpdir() : root;
  const folder = join(parent, `${prefix}${appId}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ownerFile), String(process.pid));
  return folder;
}

/** Deletes folders whose process has ended; gives their names. */
export function sweepLocalFolders(root: string): string[] {
  const parent = root === "" ? tmpdir() : root;
  const swept: string[] = [];
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = ownerOf(join(parent, name));
    if (pid === undefined || isAlive(pid)) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
    swept.push(name);
  }
  return swept;
}

function ownerOf(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, ownerFile), "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    // Not one of ours, or being made or deleted right now.
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
