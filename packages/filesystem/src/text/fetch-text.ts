import { codecOf, decompress } from "../compression/codec.ts";
import type { FileStatus, FileSystem } from "../system/file-system.ts";

/**
 * The text of a file of any file system, or its first bytes when it is not compressed and `bytesMax` says so; decompressed when its name says so.
 * @throws COMPRESSED_FILE_CORRUPT, PATH_NOT_FOUND
 */
export async function fetchText(files: Pick<FileSystem, "readRange">, file: FileStatus, bytesMax: number = Infinity): Promise<string> {
  const codec = codecOf(file.path);
  const stored = await files.readRange(file.path, 0, codec === undefined ? Math.min(file.bytes, bytesMax) : file.bytes);
  const bytes = codec === undefined ? stored : decompress(codec, stored, file.path);
  // A byte order mark is none of the text.
  return new TextDecoder().decode(bytes);
}
