import { filesystemErrors } from "../errors.ts";
import type { FileStatus, FileSystem } from "../system/file-system.ts";
import { isHidden, joinPath, rootOf } from "./file-path.ts";
import { expandBraces, globToRegExp, hasGlob, splitPathList, unescapeGlob } from "./glob.ts";

/** How {@link expandPaths} lists folders. */
export interface ExpandPathsOptions {
  /** Go down into folders of folders; otherwise one there is refused, as Hadoop does. */
  readonly recursive?: boolean;
  readonly signal?: AbortSignal;
}

/** Gives the filesystem of a path; `FileSystems` is one. */
export interface FileSystemLookup {
  get(path: string): Promise<FileSystem>;
}

/**
 * The files that a comma-separated list of paths, patterns and folders stands for: in the order of the list, each part sorted by path.
 * Names that begin with `_` or `.` are left out at the end of a path and in folders. An empty folder gives no file.
 * A file that several parts name is given as often.
 * @throws PATH_NOT_FOUND when a part matches nothing; PATH_IS_DIRECTORY for a folder within a folder; PATH_NOT_READABLE
 */
export async function expandPaths(fileSystems: FileSystemLookup, paths: string, options: ExpandPathsOptions = {}): Promise<FileStatus[]> {
  const parts = splitPathList(paths);
  if (parts.length === 0) throw filesystemErrors.create("PATH_NOT_FOUND", { path: paths });
  const files: FileStatus[] = [];
  for (const part of parts) {
    const fileSystem = await fileSystems.get(part);
    const matches = await matchPattern(fileSystem, part, options.signal);
    if (matches.length === 0) throw filesystemErrors.create("PATH_NOT_FOUND", { path: part });
    for (const match of matches) {
      if (match.isDirectory) await listFiles(fileSystem, match.path, options, files);
      else files.push(match);
    }
  }
  return files;
}

/** Files and folders that match a pattern, hidden ones left out, sorted by path and each once; no match gives an empty array. */
export async function matchPattern(fileSystem: FileSystem, pattern: string, signal?: AbortSignal): Promise<FileStatus[]> {
  const found = new Map<string, FileStatus>();
  for (const plain of expandBraces(pattern)) {
    for (const status of await matchPlain(fileSystem, plain, signal)) found.set(status.path, status);
  }
  const visible = [...found.values()].filter((status) => !isHidden(status.path));
  return hasGlob(pattern) ? visible.sort((a, b) => (a.path < b.path ? -1 : 1)) : visible;
}

async function matchPlain(fileSystem: FileSystem, pattern: string, signal: AbortSignal | undefined): Promise<FileStatus[]> {
  if (!hasGlob(pattern)) {
    const status = await fileSystem.stat(fileSystem.qualify(unescapeGlob(pattern)), signal);
    return status === undefined ? [] : [status];
  }
  const root = rootOf(pattern);
  const names = pattern
    .slice(root.length)
    .split("/")
    .filter((name) => name !== "");
  const fixed = names.findIndex(hasGlob);
  const start = names.slice(0, fixed).map(unescapeGlob).join("/");
  let folders: readonly string[] = [fileSystem.qualify(root + start || ".")];
  let matches: FileStatus[] = [];
  for (const [at, name] of names.entries()) {
    if (at < fixed) continue;
    matches = [];
    for (const folder of folders) matches.push(...(await matchName(fileSystem, folder, name, signal)));
    folders = matches.filter((match) => match.isDirectory).map((match) => match.path);
  }
  return matches;
}

async function matchName(fileSystem: FileSystem, folder: string, name: string, signal: AbortSignal | undefined): Promise<FileStatus[]> {
  if (!hasGlob(name)) {
    const status = await fileSystem.stat(joinPath(folder, unescapeGlob(name)), signal);
    return status === undefined ? [] : [status];
  }
  const status = await fileSystem.stat(folder, signal);
  if (status?.isDirectory !== true) return [];
  const expression = globToRegExp(name);
  return (await fileSystem.list(folder, signal)).filter((entry) => expression.test(entry.path.slice(entry.path.lastIndexOf("/") + 1)));
}

async function listFiles(fileSystem: FileSystem, folder: string, options: ExpandPathsOptions, files: FileStatus[]): Promise<void> {
  for (const entry of await fileSystem.list(folder, options.signal)) {
    if (isHidden(entry.path)) continue;
    if (!entry.isDirectory) files.push(entry);
    else if (options.recursive === true) await listFiles(fileSystem, entry.path, options, files);
    else throw filesystemErrors.create("PATH_IS_DIRECTORY", { path: entry.path });
  }
}
