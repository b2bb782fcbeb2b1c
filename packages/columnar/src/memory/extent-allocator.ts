import { assert } from "@vonk/common/internal";

/** Bytes of one extent, the unit in which a segment is given out. */
export const extentBytes: number = 16 * 1024;

const lockWord = 0;
const usedWord = 1;
const hintWords = 2;
const headerWords = 16;
/** Runs of 1, 2 to 3, 4 to 7 … extents; the last class has all from 1 MiB on. */
const sizeClasses = 7;

/** What a thread needs to use a segment: both parts are shared memory and can be posted to other threads. */
export interface SegmentHandle {
  readonly memory: WebAssembly.Memory;
  /**
   * Word 0 lock (0 free, else thread number + 1), 1 extents in use, from 2 on where the search for a run of each size class begins, then from
   * word 16 one owner tag an extent.
   */
  readonly table: SharedArrayBuffer;
}

/**
 * Makes a segment of at most `bytes` (rounded down to 64 KiB, at least 1 MiB, at most 4 GiB).
 * The memory is created at its maximum and never grown; untouched pages cost nothing.
 */
export function createSegment(bytes: number): SegmentHandle {
  const pages = Math.min(65_536, Math.max(16, Math.floor(bytes / 65_536)));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const extents = (pages * 65_536) / extentBytes;
  return { memory, table: new SharedArrayBuffer((headerWords + extents) * 4) };
}

/**
 * Gives out runs of extents of a shared segment to all threads of a process, each run marked with its owner's tag.
 *
 * A run is put where it first fits: what was used last is used again, so that pages that nobody has touched stay with the system, and runs that
 * come and go leave few gaps. Finding one takes a lock of a few microseconds; freeing takes none. The owner words are the only truth:
 * when a thread is killed, {@link releaseThread} opens a lock it may have held and {@link freeTag} returns what its tags own.
 */
export class ExtentAllocator {
  readonly #owners: Int32Array<SharedArrayBuffer>;
  readonly #thread: number;
  readonly #buffer: SharedArrayBuffer;
  readonly extentCount: number;
  /** The segment itself, for code that is generated to run on it. */
  readonly memory: WebAssembly.Memory;

  /** @param thread a number below 2^30 that no other thread of the process uses */
  constructor(handle: SegmentHandle, thread: number) {
    this.#owners = new Int32Array(handle.table);
    this.memory = handle.memory;
    this.#buffer = handle.memory.buffer as unknown as SharedArrayBuffer;
    this.#thread = thread + 1;
    this.extentCount = this.#owners.length - headerWords;
  }

  /** Bytes that all owners hold together. */
  get usedBytes(): number {
    return Atomics.load(this.#owners, usedWord) * extentBytes;
  }

  /** Bytes of the whole segment. */
  get capacityBytes(): number {
    return this.extentCount * extentBytes;
  }

  /** A view of `length` bytes from `offset`; shared with every thread. */
  view(offset: number, length: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#buffer, offset, length);
  }

  /**
   * The offset of a run of at least `bytes`, marked with `tag`, or -1 when no run is long enough. Contents are arbitrary.
   * @param tag positive, names the owner (a shuffle, a block, a broadcast)
   */
  allocate(bytes: number, tag: number): number {
    assert(tag > 0, "an extent's tag is positive");
    const count = Math.max(1, Math.ceil(bytes / extentBytes));
    this.#lock();
    try {
      const hintWord = hintWords + sizeClass(count);
      const hint = Atomics.load(this.#owners, hintWord);
      let first = this.#findRun(hint, this.extentCount, count);
      if (first < 0) first = this.#findRun(0, Math.min(this.extentCount, hint + count), count);
      if (first < 0) return -1;
      for (let index = first; index < first + count; index++) Atomics.store(this.#owners, headerWords + index, tag);
      Atomics.add(this.#owners, usedWord, count);
      // Not when another thread has freed something meanwhile.
      Atomics.compareExchange(this.#owners, hintWord, hint, first + count);
      return first * extentBytes;
    } finally {
      this.#unlock();
    }
  }

  /** Returns the run of `bytes` at `offset`. */
  free(offset: number, bytes: number): void {
    const first = offset / extentBytes;
    const count = Math.max(1, Math.ceil(bytes / extentBytes));
    for (let index = first; index < first + count; index++) Atomics.store(this.#owners, headerWords + index, 0);
    Atomics.sub(this.#owners, usedWord, count);
    this.#searchFrom(first);
  }

  /** Returns everything marked with `tag`; gives the bytes freed. Costs one pass over the table. */
  freeTag(tag: number): number {
    let count = 0;
    let first = this.extentCount;
    for (let index = headerWords; index < this.#owners.length; index++) {
      if (this.#owners[index] !== tag || Atomics.compareExchange(this.#owners, index, tag, 0) !== tag) continue;
      if (count === 0) first = index - headerWords;
      count++;
    }
    Atomics.sub(this.#owners, usedWord, count);
    this.#searchFrom(first);
    return count * extentBytes;
  }

  /** There may be a gap at an extent from now on. */
  #searchFrom(first: number): void {
    for (let word = hintWords; word < hintWords + sizeClasses; word++) {
      for (let hint = Atomics.load(this.#owners, word); first < hint;) {
        const found = Atomics.compareExchange(this.#owners, word, hint, first);
        if (found === hint) break;
        hint = found;
      }
    }
  }

  /** Opens the lock if the thread numbered `thread`, which is dead, held it. */
  releaseThread(thread: number): void {
    if (Atomics.compareExchange(this.#owners, lockWord, thread + 1, 0) === thread + 1) Atomics.notify(this.#owners, lockWord);
  }

  #findRun(from: number, to: number, count: number): number {
    let run = 0;
    for (let index = from; index < to; index++) {
      run = this.#owners[headerWords + index] === 0 ? run + 1 : 0;
      if (run === count) return index - count + 1;
    }
    return -1;
  }

  #lock(): void {
    for (;;) {
      const holder = Atomics.compareExchange(this.#owners, lockWord, 0, this.#thread);
      if (holder === 0) return;
      Atomics.wait(this.#owners, lockWord, holder, 10);
    }
  }

  #unlock(): void {
    Atomics.store(this.#owners, lockWord, 0);
    Atomics.notify(this.#owners, lockWord, 1);
  }
}

function sizeClass(count: number): number {
  return Math.min(sizeClasses - 1, 31 - Math.clz32(count));
}
