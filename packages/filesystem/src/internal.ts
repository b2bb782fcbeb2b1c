// Filesystems
export { FileSystems, syncFilesOf } from "./system/file-systems.ts";
export type { ConnectorLoader } from "./system/file-systems.ts";
export { createLocalFileSystem } from "./system/local-file-system.ts";
export type { FileHandle, FileStatus, FileSystem, FileWriter, SyncFileSystem } from "./system/file-system.ts";

// Paths
export { comparePaths, isHidden, joinPath, nameOf, parentOf, rootOf, schemeOf } from "./path/file-path.ts";
export { expandPaths, matchPattern } from "./path/expand-paths.ts";
export type { ExpandPathsOptions, FileSystemLookup } from "./path/expand-paths.ts";
export { expandBraces, globToRegExp, hasGlob, splitPathList } from "./path/glob.ts";

// Input
export { computeSplits } from "./split/compute-splits.ts";
export type { FileSplit, SplitOptions } from "./split/compute-splits.ts";
export { readLines } from "./text/read-lines.ts";
export type { ReadLinesOptions } from "./text/read-lines.ts";
export { fetchText } from "./text/fetch-text.ts";
export { readFixedLengthRecords } from "./record/fixed-length-records.ts";
export { readWholeFile, readWholeText } from "./record/whole-file.ts";

// Compression
export { codecOf, compress, decompress, extensionOf } from "./compression/codec.ts";
export type { CompressionCodec } from "./compression/codec.ts";

// Output
export { TextOutput } from "./text/text-output.ts";
export { FileOutputCommitter } from "./output/file-output-committer.ts";
export { asyncTaskCommitter, TaskOutputCommitter } from "./output/task-output-committer.ts";
export type { AsyncTaskOutputCommitter } from "./output/task-output-committer.ts";
export { committedTaskPath, jobAttemptPath, partName, SUCCESS_NAME, taskAttemptPath, TEMPORARY_NAME } from "./output/output-layout.ts";
export type { TaskAttempt } from "./output/output-layout.ts";

// Errors
export { filesystemErrors } from "./errors.ts";
