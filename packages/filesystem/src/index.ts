// What readers and writers of files meet
export type { FileStatus } from "./system/file-system.ts";
export type { CompressionCodec } from "./compression/codec.ts";

// Errors
export { filesystemErrors } from "./errors.ts";
