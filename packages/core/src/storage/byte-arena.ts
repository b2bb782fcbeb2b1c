import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { checksum, extentBytes, type ExtentAllocator } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { BytesHandle } from "../message/task-result.ts";

/** Memory for chunks on their way to a file, one a thread: they are written before the next is encoded. */
let scratch = new Uint8Array(64 * 1024);

function scratchOf(bytes: number): Uint8Array {
  if (scratch.byteLength < bytes) scratch = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)));
  return scratch.subarray(0, bytes);
}

const runBytesMax = 1024 * 1024;

/** Where an arena's chunks go, and whom to ask for room before they go to disk. */
export interface ArenaOptions {
  readonly allocator: ExtentAllocator;
  /** Owner of the extents; positive. */
  readonly tag: number;
  /** File for chunks that find no room; made at the first. */
  readonly spillPath: string;
  /** Asked once per refused allocation; true when trying again makes sense. */
  readonly makeRoom: (bytes: number) => boolean;
  /** False keeps everything in memory or fails. */
  readonly mayUseDisk: boolean;
  /** False writes to disk at once. */
  readonly mayUseMemory?: boolean;
}

/**
 * Packs encoded chunks into the shared segment, one after the other, and into a local file when the segment is full.
 * One thread writes; any thread of the process reads the handles. Runs of extents double from 16 KiB to 1 MiB,
 * so that small outputs stay small.
 */
export class ByteArena {
  readonly #options: ArenaOptions;
  #offset = 0;
  #end = 0;
  #runBytes = extentBytes;
  #file: number | undefined;
  #filePosition = 0;
  #pending: { readonly offset: number; readonly length: number } | undefined;
  memoryBytes = 0;
  diskBytes = 0;

  constructor(options: ArenaOptions) {
    this.#options = options;
  }

  /** Writes what `encode` makes; it must ask `allocate` once for the chunk's exact size. Undefined when there is no room anywhere. */
  write(encode: (allocate: (bytes: number) => Uint8Array) => Uint8Array): BytesHandle | undefined {
    this.#pending = undefined;
    const bytes = encode((size) => this.#reserve(size));
    const reserved = this.#pending as { readonly offset: number; readonly length: number } | undefined;
    if (reserved !== undefined && bytes.buffer === this.#options.allocator.view(0, 0).buffer) {
      this.memoryBytes += bytes.byteLength;
      return { kind: "memory", offset: bytes.byteOffset, length: bytes.byteLength };
    }
    return this.#options.mayUseDisk ? this.#writeFile(bytes) : undefined;
  }

  /** Closes the file; what was written stays readable, and writing may go on. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Deletes the file; extents are freed by their tag. */
  remove(): void {
    this.close();
    if (this.diskBytes > 0) rmSync(this.#options.spillPath, { force: true });
  }

  #reserve(size: number): Uint8Array {
    const { allocator } = this.#options;
    const aligned = (size + 7) & ~7;
    if (this.#offset + aligned > this.#end && !this.#newRun(aligned)) return scratchOf(size);
    const offset = this.#offset;
    this.#offset += aligned;
    this.#pending = { offset, length: size };
    return allocator.view(offset, size);
  }

  #newRun(size: number): boolean {
    const { allocator, tag, makeRoom, mayUseMemory } = this.#options;
    if (mayUseMemory === false) return false;
    const wanted = Math.max(size, this.#runBytes);
    let offset = allocator.allocate(wanted, tag);
    if (offset < 0 && makeRoom(wanted)) offset = allocator.allocate(wanted, tag);
    if (offset < 0) return false;
    this.#runBytes = Math.min(runBytesMax, this.#runBytes * 2);
    this.#offset = offset;
    this.#end = offset + Math.ceil(wanted / extentBytes) * extentBytes;
    return true;
  }

  #writeFile(bytes: Uint8Array): BytesHandle {
    const offset = this.#filePosition;
    this.#file ??= openSync(this.#options.spillPath, "a");
    for (let written = 0; written < bytes.byteLength;) {
      const count = writeSync(this.#file, bytes, written, bytes.byteLength - written);
      assert(count > 0, "a write to a local file makes progress");
      written += count;
    }
    this.#filePosition += bytes.byteLength;
    this.diskBytes += bytes.byteLength;
    return { kind: "file", path: this.#options.spillPath, offset, length: bytes.byteLength, checksum: checksum(bytes) };
  }
}
