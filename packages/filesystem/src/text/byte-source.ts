import { codecOf, decompress } from "../compression/codec.ts";
import type { SyncFileSystem } from "../system/file-system.ts";

/** Bytes that can be read from any position; closed by `using`. */
export interface ByteSource extends Disposable {
  /** Fills `into` from `position`; gives fewer bytes only at the end. */
  read(position: number, into: Uint8Array): number;
}

/** The content of a file, decompressed when its name says so. @throws PATH_NOT_FOUND, PATH_NOT_READABLE, COMPRESSED_FILE_CORRUPT */
export function openSource(files: SyncFileSystem, path: string): ByteSource {
  const codec = codecOf(path);
  if (codec !== undefined) return memorySource(decompress(codec, readFile(files, path), path));
  const handle = files.openSync(path);
  return {
    read: (position, into) => files.readSync(handle, position, into),
    [Symbol.dispose]: () => files.closeSync(handle),
  };
}

/** All bytes of a file as they are stored. */
export function readFile(files: SyncFileSystem, path: string): Uint8Array {
  const handle = files.openSync(path);
  try {
    const bytes = new Uint8Array(files.sizeSync(handle));
    return bytes.subarray(0, files.readSync(handle, 0, bytes));
  } finally {
    files.closeSync(handle);
  }
}

function memorySource(content: Uint8Array): ByteSource {
  return {
    read(position, into) {
      const part = content.subarray(position, position + into.byteLength);
      into.set(part);
      return part.byteLength;
    },
    [Symbol.dispose]: () => undefined,
  };
}
