// Filesystems
export type { FileHandle, FileStatus, FileSystem, FileWriter, SyncFileSystem } from "./system/file-system.ts";

// Paths
export { comparePaths, joinPath, nameOf, parentOf, rootOf, schemeOf } from "./path/file-path.ts";

// Errors
export { filesystemErrors } from "./errors.ts";
