import type { FileSystem } from "@vonk/filesystem/internal";
import { parquetErrors } from "../errors.ts";
import { parseFooter } from "./parse-footer.ts";
import type { ParquetMetadata } from "./parquet-metadata.ts";
import type { ParquetSource } from "./parquet-source.ts";

/** Length of the footer and magic number at the end of a file. */
const tailBytes = 8;

/** Read at once in the hope that the whole footer is in it. */
const guessBytes = 64 * 1024;

/**
 * Reads and understands the footer of a file.
 * @throws PARQUET_FILE_INVALID, PARQUET_FILE_CORRUPT, PARQUET_FILE_ENCRYPTED, PARQUET_NOT_SUPPORTED
 */
export function readParquetMetadata(source: ParquetSource): ParquetMetadata {
  const { path, size } = source;
  const guess = readTail(source, Math.min(size, guessBytes));
  const bytes = footerBytes(guess, size, path);
  const whole = bytes + tailBytes <= guess.byteLength ? guess : readTail(source, bytes + tailBytes);
  return parseFooter(whole.subarray(whole.byteLength - tailBytes - bytes, whole.byteLength - tailBytes), path, size);
}

/** As {@link readParquetMetadata}, of a file of any file system, in one read or two. */
export async function fetchParquetMetadata(
  path: string,
  size: number,
  files: Pick<FileSystem, "readRange">,
  signal?: AbortSignal,
): Promise<ParquetMetadata> {
  const guessed = Math.min(size, guessBytes);
  const guess = await files.readRange(path, size - guessed, guessed, signal);
  const bytes = footerBytes(guess, size, path);
  const needed = bytes + tailBytes;
  const whole = needed <= guess.byteLength ? guess : await files.readRange(path, size - needed, needed, signal);
  if (whole.byteLength < needed) throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path, problem: "it ends before its footer does" });
  return parseFooter(whole.subarray(whole.byteLength - needed, whole.byteLength - tailBytes), path, size);
}

function readTail(source: ParquetSource, bytes: number): Uint8Array {
  const { path, size } = source;
  const target = new Uint8Array(bytes);
  if (source.read(size - bytes, target) < bytes)
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path, problem: "it ends before its footer does" });
  return target;
}

/** Bytes of the footer, as the end of the file says. */
function footerBytes(tail: Uint8Array, size: number, path: string): number {
  const invalid = (problem: string): Error => parquetErrors.create("PARQUET_FILE_INVALID", { path, problem });
  if (size < tailBytes + 4 || tail.byteLength < tailBytes) throw invalid(`it has ${size} bytes only`);
  const end = new DataView(tail.buffer, tail.byteOffset + tail.byteLength - tailBytes, tailBytes);
  const magic = end.getUint32(4, false);
  if (magic === 0x50415245) throw parquetErrors.create("PARQUET_FILE_ENCRYPTED", { path });
  if (magic !== 0x50415231) throw invalid("it does not end with PAR1");
  const bytes = end.getUint32(0, true);
  if (bytes > size - tailBytes - 4)
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path, problem: `its footer of ${bytes} bytes is longer than the file` });
  return bytes;
}
