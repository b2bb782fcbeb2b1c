import { filesystemErrors } from "../errors.ts";
import type { FileSplit } from "../split/compute-splits.ts";
import type { SyncFileSystem } from "../system/file-system.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Batches of records of one length; each record is a view of its batch's memory. The split comes from `computeSplits` with
 * `alignBytes` set to the record's length. Compressed files are not looked into.
 * @throws RECORD_TRUNCATED when the file ends within a record; PATH_NOT_FOUND, PATH_NOT_READABLE
 */
export function* readFixedLengthRecords(files: SyncFileSystem, split: FileSplit, recordBytes: number): Generator<Uint8Array[], undefined> {
  const handle = files.openSync(split.path);
  try {
    const chunkBytes = Math.max(1, Math.floor(CHUNK_BYTES / recordBytes)) * recordBytes;
    const end = split.start + split.bytes;
    for (let position = split.start; position < end; position += chunkBytes) {
      const chunk = new Uint8Array(Math.min(chunkBytes, end - position));
      const bytes = files.readSync(handle, position, chunk);
      if (bytes < chunk.byteLength || bytes % recordBytes !== 0) {
        throw filesystemErrors.create("RECORD_TRUNCATED", { path: split.path, bytes: files.sizeSync(handle), recordBytes });
      }
      yield Array.from({ length: bytes / recordBytes }, (_, at) => chunk.subarray(at * recordBytes, (at + 1) * recordBytes));
    }
    return undefined;
  } finally {
    files.closeSync(handle);
  }
}
