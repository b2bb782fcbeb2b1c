import type { FileHandle, SyncFileSystem } from "@vonk/filesystem/internal";

/** A file whose bytes can be had at once: a local one, or one whose ranges were fetched before. */
export interface ParquetSource {
  /** For messages. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Fills `target`, which may be shared memory, with the bytes from `position`; gives how many there were. */
  read(position: number, target: Uint8Array): number;
}

/** An open file as a source. The caller closes the file. */
export function fileSource(path: string, files: SyncFileSystem, handle: FileHandle): ParquetSource {
  return { path, size: files.sizeSync(handle), read: (position, target) => files.readSync(handle, position, target) };
}

/** Bytes in memory as a source. */
export function bytesSource(path: string, bytes: Uint8Array): ParquetSource {
  return {
    path,
    size: bytes.byteLength,
    read(position, target) {
      const part = bytes.subarray(position, position + target.byteLength);
      target.set(part);
      return part.byteLength;
    },
  };
}
