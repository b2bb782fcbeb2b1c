import { codecOf, decompress } from "../compression/codec.ts";
import type { SyncFileSystem } from "../system/file-system.ts";
import { readFile } from "../text/byte-source.ts";

/** All bytes of a file as they are stored. @throws PATH_NOT_FOUND, PATH_NOT_READABLE */
export function readWholeFile(files: SyncFileSystem, path: string): Uint8Array {
  return readFile(files, path);
}

/** The text of a file, decompressed when its name says so; UTF-8 with U+FFFD for what is invalid. @throws COMPRESSED_FILE_CORRUPT, PATH_NOT_FOUND */
export function readWholeText(files: SyncFileSystem, path: string): string {
  const stored = readFile(files, path);
  const codec = codecOf(path);
  const bytes = codec === undefined ? stored : decompress(codec, stored, path);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
