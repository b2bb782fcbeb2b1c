/** What is known of a file or folder without opening it. */
export interface FileStatus {
  /** Absolute; paths of other systems than the local one keep their scheme and host. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** 0 for folders. */
  readonly bytes: number;
  /** Wall-clock milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A file being written; nothing is promised to be visible before `close`. */
export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the file: from now on it is visible and whole. */
  close(): Promise<void>;
  /** Gives the file up; the part written is removed. */
  abort(): Promise<void>;
}

/**
 * A place where files lie. Implementations are found by the scheme of a path; a package `@vonk/connector-<scheme>` exports
 * `createFileSystem(scheme: string): FileSystem`.
 *
 * Each method takes absolute paths of this system. Failures that are no expected outcome reject with PATH_NOT_FOUND,
 * PATH_NOT_READABLE or PATH_NOT_WRITABLE. Systems without folders (object stores) may treat `mkdirs` as nothing to do, list by prefix
 * and rename by copying.
 */
export interface FileSystem {
  /** The scheme served, in lower case. */
  readonly scheme: string;
  /** The largest input split, in bytes: the block size where there are blocks. */
  readonly blockBytes: number;
  /** Synchronous access for task threads; absent when files are not local. */
  readonly sync?: SyncFileSystem;
  /** The path in the form in which this system lists it: absolute, with its scheme unless local. */
  qualify(path: string): string;
  /** Undefined when nothing is there. */
  stat(path: string, signal?: AbortSignal): Promise<FileStatus | undefined>;
  /** What lies directly in a folder, in the order of `comparePaths`. @throws PATH_NOT_FOUND */
  list(path: string, signal?: AbortSignal): Promise<readonly FileStatus[]>;
  exists(path: string, signal?: AbortSignal): Promise<boolean>;
  /** At most `bytes` bytes from `position`; fewer only at the end of the file. @throws PATH_NOT_FOUND */
  readRange(path: string, position: number, bytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Begins a new file; missing folders are made. Replaces an existing file. */
  create(path: string, signal?: AbortSignal): Promise<FileWriter>;
  /** Moves a file or a folder with all below it; missing folders above `to` are made and a file there is replaced. @throws PATH_NOT_FOUND */
  rename(from: string, to: string, signal?: AbortSignal): Promise<void>;
  /** Deletes a file, an empty folder or, when `recursive`, a folder with all below it. Nothing there is no error. */
  delete(path: string, recursive: boolean, signal?: AbortSignal): Promise<void>;
  /** Makes a folder and those above it. One that exists is no error. */
  mkdirs(path: string, signal?: AbortSignal): Promise<void>;
}

/** An open file of a {@link SyncFileSystem}. */
export type FileHandle = number;

/** Access that blocks the calling thread, for files that lie on this machine. Errors as in {@link FileSystem}. */
export interface SyncFileSystem {
  statSync(path: string): FileStatus | undefined;
  listSync(path: string): readonly FileStatus[];
  openSync(path: string): FileHandle;
  /** Bytes of the file now. */
  sizeSync(handle: FileHandle): number;
  /** Reads from `position` until `into` is full or the file ends; gives the bytes read. */
  readSync(handle: FileHandle, position: number, into: Uint8Array): number;
  /** Begins a new file for `writeSync`; missing folders are made, an existing file is emptied. */
  createSync(path: string): FileHandle;
  /** Appends all bytes. */
  writeSync(handle: FileHandle, bytes: Uint8Array): void;
  closeSync(handle: FileHandle): void;
  renameSync(from: string, to: string): void;
  deleteSync(path: string, recursive: boolean): void;
  mkdirsSync(path: string): void;
}
