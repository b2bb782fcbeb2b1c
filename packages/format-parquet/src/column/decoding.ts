import { parquetErrors } from "../errors.ts";
import { decodeKernels, type DecodeKernels } from "../kernel/decode-kernels.ts";
import { snappyTableBytes, writeSnappyTable } from "../kernel/snappy.ts";
import { writeZstdWork, zstdWorkBytes } from "../kernel/zstd/work-area.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import { type Arena, slackBytes } from "../memory/arena.ts";
import type { RowRange } from "../pruning/row-range.ts";

/** A buffer of an arena that is used again and again. */
class Scratch {
  readonly #arena: Arena;
  #at = 0;
  #bytes = -1;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** A buffer of at least so many bytes, and slack. What it held before may be lost. */
  take(bytes: number): number {
    if (bytes > this.#bytes) {
      this.#at = this.#arena.allocate(bytes + slackBytes);
      this.#bytes = bytes;
    }
    return this.#at;
  }
}

/** What the decoders of one row group share. */
export class Decoding {
  readonly source: ParquetSource;
  readonly path: string;
  readonly kernels: DecodeKernels;
  /** The whole memory. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Chunks as they are in the file. */
  readonly chunk: Scratch;
  /** Pages whose bytes nobody needs once they are decoded. */
  readonly page: Scratch;
  /** Values between two steps. */
  readonly values: Scratch;
  /** More of these. */
  readonly lengths: Scratch;
  /** Room for the second result of a kernel. */
  readonly out: number;
  /** The table that decompressors need. */
  readonly patterns: number;
  readonly #arena: Arena;
  #zstdWork: number | undefined;

  /** Whether pages that have a checksum are checked. */
  readonly isVerified: boolean;
  /** The rows of the row group that are wanted; undefined when all are. */
  readonly wanted: readonly RowRange[] | undefined;

  constructor(source: ParquetSource, arena: Arena, isVerified: boolean, wanted?: readonly RowRange[]) {
    const { buffer } = arena.memory;
    this.source = source;
    this.isVerified = isVerified;
    this.wanted = wanted;
    this.path = source.path;
    this.kernels = decodeKernels(arena.memory);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.chunk = new Scratch(arena);
    this.page = new Scratch(arena);
    this.values = new Scratch(arena);
    this.lengths = new Scratch(arena);
    this.out = arena.allocate(16);
    this.patterns = arena.allocate(snappyTableBytes);
    writeSnappyTable(this.bytes, this.patterns);
    this.#arena = arena;
  }

  /** The address of a buffer that stays, with slack behind it. */
  allocate(bytes: number): number {
    return this.#arena.allocate(bytes + slackBytes);
  }

  /** Room for what `zstd` works with, which is taken when a page needs it. */
  zstdWork(): number {
    if (this.#zstdWork !== undefined) return this.#zstdWork;
    const at = this.allocate(zstdWorkBytes);
    writeZstdWork(this.bytes, at);
    return (this.#zstdWork = at);
  }

  /** A bitmap of zeros. */
  allocateBits(bits: number): number {
    const bytes = ((bits + 7) >>> 3) + slackBytes;
    const at = this.#arena.allocate(bytes);
    this.bytes.fill(0, at, at + bytes);
    return at;
  }

  corrupt(problem: string, cause?: unknown): never {
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path: this.path, problem }, { cause });
  }

  unsupported(problem: string): never {
    throw parquetErrors.create("PARQUET_NOT_SUPPORTED", { path: this.path, problem });
  }
}
