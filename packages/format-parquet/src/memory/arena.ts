import { parquetErrors } from "../errors.ts";

/** Where decoded columns lie: a part of a memory that is given out from its start and given back as a whole. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** The address of so many bytes, a multiple of `align`. Contents are arbitrary. */
  allocate(bytes: number, align?: number): number;
}

/** Bytes that readers and decoders may look at, and decoders spoil, behind the end of a buffer. */
export const slackBytes = 128;

/** An arena over a part of a memory: each allocation follows the one before it. */
export class BumpArena implements Arena {
  readonly memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #end: number;
  #next: number;

  /** @param start at least 64, since decoders look a few bytes before a buffer */
  constructor(memory: WebAssembly.Memory, start: number, end: number) {
    this.memory = memory;
    this.#start = start;
    this.#end = end;
    this.#next = start;
  }

  /** Bytes given out, with what alignment costs. */
  get usedBytes(): number {
    return this.#next - this.#start;
  }

  /** @throws PARQUET_ARENA_FULL */
  allocate(bytes: number, align = 16): number {
    const at = Math.ceil(this.#next / align) * align;
    const next = at + Math.ceil(bytes);
    if (!(next <= this.#end)) throw parquetErrors.create("PARQUET_ARENA_FULL", { bytes, bytesFree: Math.max(0, this.#end - at) });
    this.#next = next;
    return at;
  }

  /** Gives everything back. */
  reset(): void {
    this.#next = this.#start;
  }
}
