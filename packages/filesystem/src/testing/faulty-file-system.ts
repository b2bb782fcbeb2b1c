import type { FileStatus, FileSystem, FileWriter } from "../system/file-system.ts";

/** The calls of a {@link FileSystem} that can be made to fail. */
export type FileOperation = "stat" | "list" | "exists" | "readRange" | "create" | "rename" | "delete" | "mkdirs";

/** Asked before each call; an error that it gives is thrown instead of making the call. */
export type FaultPlan = (operation: FileOperation, path: string) => Error | undefined;

/** A filesystem whose asynchronous calls fail as planned and otherwise reach the one behind it. It has no synchronous part. */
export function createFaultyFileSystem(behind: FileSystem, plan: FaultPlan): FileSystem {
  const check = (operation: FileOperation, path: string): void => {
    const fault = plan(operation, path);
    if (fault !== undefined) throw fault;
  };
  return {
    scheme: behind.scheme,
    blockBytes: behind.blockBytes,
    qualify: (path) => behind.qualify(path),
    async stat(path, signal): Promise<FileStatus | undefined> {
      check("stat", path);
      return behind.stat(path, signal);
    },
    async list(path, signal): Promise<readonly FileStatus[]> {
      check("list", path);
      return behind.list(path, signal);
    },
    async exists(path, signal): Promise<boolean> {
      check("exists", path);
      return behind.exists(path, signal);
    },
    async readRange(path, position, bytes, signal): Promise<Uint8Array> {
      check("readRange", path);
      return behind.readRange(path, position, bytes, signal);
    },
    async create(path, signal): Promise<FileWriter> {
      check("create", path);
      return behind.create(path, signal);
    },
    async rename(from, to, signal): Promise<void> {
      check("rename", from);
      return behind.rename(from, to, signal);
    },
    async delete(path, recursive, signal): Promise<void> {
      check("delete", path);
      return behind.delete(path, recursive, signal);
    },
    async mkdirs(path, signal): Promise<void> {
      check("mkdirs", path);
      return behind.mkdirs(path, signal);
    },
  };
}
