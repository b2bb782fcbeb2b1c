import { cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesystemErrors } from "@vonk/filesystem";
import { coreErrors } from "../errors.ts";
import { taskRuntime } from "../executor/running-task.ts";

const folderName = "files";
let driverFolder: string | undefined;

/** Files that `sc.addFile` gave to the application; works on the driver and inside tasks. */
export const SparkFiles: {
  /** Path of an added file or folder. @throws KEY_NOT_FOUND */
  get(name: string): string;
  /** The folder that holds the added files. */
  getRootDirectory(): string;
} = {
  get(name) {
    const path = join(SparkFiles.getRootDirectory(), name);
    if (!existsSync(path)) throw coreErrors.create("KEY_NOT_FOUND", { call: "SparkFiles.get()", key: name });
    return path;
  },
  getRootDirectory() {
    const folder = taskRuntime()?.settings.localDir ?? driverFolder;
    if (folder === undefined) throw coreErrors.create("CONTEXT_STOPPED", { call: "SparkFiles.getRootDirectory()" });
    return join(folder, folderName);
  },
};

/** Where the driver's added files lie; undefined when its context has stopped. */
export function setDriverFolder(folder: string | undefined): void {
  driverFolder = folder;
}

/**
 * Copies a local file, or with `recursive` a folder, into the application's folder; gives its name there.
 * @throws PATH_NOT_FOUND, and INVALID_ARGUMENT for a folder without `recursive`
 */
export function addFileTo(folder: string, given: string, recursive: boolean): string {
  const path = given.startsWith("file:") ? fileURLToPath(given) : given;
  if (!existsSync(path)) throw filesystemErrors.create("PATH_NOT_FOUND", { path });
  if (statSync(path).isDirectory() && !recursive) {
    throw coreErrors.create("INVALID_ARGUMENT", {
      call: "addFile()",
      name: "path",
      value: path,
      expected: "a file, or a folder with recursive = true",
    });
  }
  const name = basename(path);
  mkdirSync(join(folder, folderName), { recursive: true });
  cpSync(path, join(folder, folderName, name), { recursive: true });
  return name;
}
