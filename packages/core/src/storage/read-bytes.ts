import { closeSync, openSync, readSync } from "node:fs";
import { checksum, type ExtentAllocator } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { BytesHandle } from "../message/task-result.ts";

/**
 * The bytes behind a handle: a view where they are in memory, a checked copy where they lie in a file.
 * @throws BLOCK_CORRUPT when a file's bytes are not the ones that were written
 */
export function readBytes(handle: BytesHandle, allocator: ExtentAllocator): Uint8Array {
  switch (handle.kind) {
    case "memory":
      return allocator.view(handle.offset, handle.length);
    case "inline":
      return checked(handle.bytes, handle.checksum);
    case "file":
      return readFileBytes(handle);
  }
}

function checked(bytes: Uint8Array, expected: number | undefined): Uint8Array {
  if (expected === undefined) return bytes;
  const actual = checksum(bytes);
  if (actual !== expected) throw coreErrors.create("BLOCK_CORRUPT", { block: "from another process", actual, expected });
  return bytes;
}

function readFileBytes(handle: Extract<BytesHandle, { kind: "file" }>): Uint8Array {
  const bytes = new Uint8Array(handle.length);
  const block = `${handle.path}@${handle.offset}`;
  let file: number;
  try {
    file = openForReading(handle.path);
  } catch (cause) {
    throw coreErrors.create("BLOCK_CORRUPT", { block, actual: "missing", expected: handle.checksum }, { cause });
  }
  for (let filled = 0; filled < bytes.length;) {
    const count = readSync(file, bytes, filled, bytes.length - filled, handle.offset + filled);
    if (count === 0)
      throw coreErrors.create("BLOCK_CORRUPT", { block, actual: `cut off after ${filled} bytes`, expected: handle.checksum });
    filled += count;
  }
  const actual = checksum(bytes);
  if (actual !== handle.checksum) throw coreErrors.create("BLOCK_CORRUPT", { block, actual, expected: handle.checksum });
  return bytes;
}

/** Files that the thread's task reads from, oldest first: chunks are small and opening is dear on some filesystems. */
const openFiles = new Map<string, number>();
const openFilesMax = 16;

function openForReading(path: string): number {
  const known = openFiles.get(path);
  if (known !== undefined) return known;
  for (const [oldest, file] of openFiles) {
    if (openFiles.size < openFilesMax) break;
    openFiles.delete(oldest);
    closeSync(file);
  }
  const file = openSync(path, "r");
  openFiles.set(path, file);
  return file;
}

/** Closes what {@link readBytes} keeps open on this thread; called when a task ends, so that deleted files give their space back. */
export function closeReadFiles(): void {
  for (const file of openFiles.values()) closeSync(file);
  openFiles.clear();
}
