import { cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesystemErrors } from "@vonk/filesystem";
import { unpackArchive } from "../archive/unpack-archive.ts";
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

/** The folder of added files below a process's folder. */
export function addedFilesFolder(folder: string): string {
  return join(folder, folderName);
}

/** Where the driver's added files lie; undefined when its context has stopped. */
export function setDriverFolder(folder: string | undefined): void {
  driverFolder = folder;
}

/**
 * Unpacks a local archive into a folder of the application's; gives the folder's name: what stands behind a `#`, or the file's name.
 * @throws PATH_NOT_FOUND, ARCHIVE_UNREADABLE, INVALID_ARGUMENT
 */
export function addArchiveTo(folder: string, given: string): string {
  const path = localPath(given);
  const hash = existsSync(path) ? -1 : path.lastIndexOf("#");
  const archive = hash < 0 ? path : path.slice(0, hash);
  if (!existsSync(archive)) throw filesystemErrors.create("PATH_NOT_FOUND", { path: archive });
  const name = hash < 0 ? basename(archive) : path.slice(hash + 1);
  if (name === "" || name === "." || name !== basename(name) || name === "..") {
    const expected = "a file name behind the #";
    throw coreErrors.create("INVALID_ARGUMENT", { call: "addArchive()", name: "path", value: given, expected });
  }
  unpackArchive(archive, join(folder, folderName, name));
  return name;
}

/** `local:` is Spark's for a file that lies at the same path on every machine. */
function localPath(written: string): string {
  const given = written.startsWith("local:") ? written.replace(/^local:(\/\/)?/, "file://") : written;
  if (!given.startsWith("file:")) return given;
  const url = new URL(given);
  const fragment = decodeURIComponent(url.hash);
  url.hash = "";
  return fileURLToPath(url) + fragment;
}

/**
 * Copies a local file, or with `recursive` a folder, into the application's folder; gives its name there.
 * @throws PATH_NOT_FOUND, and INVALID_ARGUMENT for a folder without `recursive`
 */
export function addFileTo(folder: string, given: string, recursive: boolean): string {
  const path = localPath(given);
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
