import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { filesystemErrors } from "../errors.ts";
import { comparePaths, joinPath } from "../path/file-path.ts";
import type { FileHandle, FileStatus, FileSystem, FileWriter, SyncFileSystem } from "./file-system.ts";

// The block size that Hadoop assumes for local files.
const LOCAL_BLOCK_BYTES = 32 * 1024 * 1024;

/** Files of this machine: bare paths and `file:` URLs. A relative path starts at the working folder. */
export function createLocalFileSystem(): FileSystem {
  const sync = localSync;
  return {
    scheme: "file",
    blockBytes: LOCAL_BLOCK_BYTES,
    sync,
    qualify,
    stat: async (path) => sync.statSync(path),
    list: async (path) => sync.listSync(path),
    exists: async (path) => sync.statSync(path) !== undefined,
    readRange: async (path, position, bytes) => readRangeOf(path, position, bytes),
    create: async (path) => createWriter(path),
    rename: async (from, to) => sync.renameSync(from, to),
    delete: async (path, recursive) => sync.deleteSync(path, recursive),
    mkdirs: async (path) => sync.mkdirsSync(path),
  };
}

/** Paths of the files that are open, for error messages. */
const openPaths = new Map<FileHandle, string>();

const localSync: SyncFileSystem = {
  statSync(path) {
    const local = qualify(path);
    const stats = reading(path, () => statSync(local, { throwIfNoEntry: false }));
    return stats === undefined ? undefined : statusOf(local, stats);
  },
  listSync(path) {
    const folder = qualify(path);
    const names = reading(path, () => readdirSync(folder));
    // A file may vanish between the listing and the look at it: then it is left out.
    const statuses = names.map((name) => localSync.statSync(joinPath(folder, name)));
    return statuses.filter((status) => status !== undefined).sort(comparePaths);
  },
  openSync: (path) =>
    remember(
      path,
      reading(path, () => openSync(qualify(path), "r")),
    ),
  sizeSync: (handle) => fstatSync(handle).size,
  readSync: (handle, position, into) => reading(pathOf(handle), () => readFully(handle, position, into)),
  createSync(path) {
    const handle = writing(path, () => {
      mkdirSync(dirname(qualify(path)), { recursive: true });
      return openSync(qualify(path), "w");
    });
    return remember(path, handle);
  },
  writeSync: (handle, bytes) => writing(pathOf(handle), () => writeFully(handle, bytes)),
  closeSync(handle) {
    openPaths.delete(handle);
    closeSync(handle);
  },
  renameSync(from, to) {
    writing(from, () => {
      mkdirSync(dirname(qualify(to)), { recursive: true });
      renameSync(qualify(from), qualify(to));
    });
  },
  deleteSync(path, recursive) {
    const local = qualify(path);
    writing(path, () => {
      if (recursive) return rmSync(local, { recursive: true, force: true });
      const status = localSync.statSync(local);
      if (status === undefined) return;
      if (status.isDirectory) rmdirSync(local);
      else unlinkSync(local);
    });
  },
  mkdirsSync: (path) => void writing(path, () => mkdirSync(qualify(path), { recursive: true })),
};

/** An absolute path of this machine, with forward slashes, from a bare path or a `file:` URL. */
function qualify(path: string): string {
  return resolve(/^file:/i.test(path) ? fromUrl(path) : path).replaceAll("\\", "/");
}

function fromUrl(url: string): string {
  // Hadoop's users write file:/a and file:a as well as file:///a, with characters that a URL would escape.
  const rest = url.slice("file:".length);
  if (/%[0-9a-f]{2}/i.test(rest) && rest.startsWith("///")) return fileURLToPath(url);
  return rest.replace(/^\/\/(?:localhost)?(?=\/)/i, "").replace(/^\/(?=[a-z]:)/i, "");
}

function statusOf(path: string, stats: Stats): FileStatus {
  const isDirectory = stats.isDirectory();
  return { path, isDirectory, bytes: isDirectory ? 0 : stats.size, modifiedMs: Math.floor(stats.mtimeMs) };
}

function readRangeOf(path: string, position: number, bytes: number): Uint8Array {
  const handle = localSync.openSync(path);
  try {
    const into = new Uint8Array(Math.max(0, Math.min(bytes, localSync.sizeSync(handle) - position)));
    return into.subarray(0, localSync.readSync(handle, position, into));
  } finally {
    localSync.closeSync(handle);
  }
}

function readFully(handle: FileHandle, position: number, into: Uint8Array): number {
  let done = 0;
  while (done < into.byteLength) {
    const bytes = readSync(handle, into, done, into.byteLength - done, position + done);
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}

function writeFully(handle: FileHandle, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.byteLength) done += writeSync(handle, bytes, done, bytes.byteLength - done);
}

function remember(path: string, handle: FileHandle): FileHandle {
  openPaths.set(handle, path);
  return handle;
}

function pathOf(handle: FileHandle): string {
  return openPaths.get(handle) ?? `handle ${handle}, which is not open`;
}

function createWriter(path: string): FileWriter {
  const handle: FileHandle = localSync.createSync(path);
  return {
    write: async (bytes) => localSync.writeSync(handle, bytes),
    close: async () => localSync.closeSync(handle),
    abort: async () => {
      localSync.closeSync(handle);
      localSync.deleteSync(path, false);
    },
  };
}

function reading<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (isMissing(cause)) throw filesystemErrors.create("PATH_NOT_FOUND", { path }, { cause });
    throw filesystemErrors.create("PATH_NOT_READABLE", { path, problem: problemOf(cause) }, { cause });
  }
}

function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (isMissing(cause)) throw filesystemErrors.create("PATH_NOT_FOUND", { path }, { cause });
    throw filesystemErrors.create("PATH_NOT_WRITABLE", { path, problem: problemOf(cause) }, { cause });
  }
}

function isMissing(cause: unknown): boolean {
  return codeOf(cause) === "ENOENT";
}

function problemOf(cause: unknown): string {
  return codeOf(cause) ?? String(cause);
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
