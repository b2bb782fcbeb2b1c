import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Share of the spill threshold that live data may take before operators spill; the rest is room for garbage. */
const liveShareMax = 0.7;
/** Share of it that operators may always use, however much of the heap is not theirs. */
const ownShareMin = 0.3;

/**
 * Tells how full the thread's heap is; looked at once a batch, which takes about a microsecond.
 *
 * V8 leaves garbage lying, array buffers above all, so a full heap says little. When the threshold is passed the garbage is
 * collected first, and operators spill only when what is left takes most of it. Without that, an operator that has just
 * spilled looks full still and spills again with every batch.
 */
export class HeapWatch {
  readonly #spillBytes: number;
  readonly #limitBytes: number;
  readonly #publish: (mebibytes: number) => void;
  readonly #recordsMax: number;
  #collect: (() => void) | undefined;
  #usedBytes = 0;
  #peakBytes = 0;
  /** Live bytes that were left when an operator had spilled: modules, broadcasts and what else spilling cannot free. */
  #floorBytes = 0;
  #spilled = false;

  /** @param recordsMax what operators may hold however much room there is; for tests */
  constructor(spillBytes: number, limitBytes: number, publish: (mebibytes: number) => void, recordsMax: number = Infinity) {
    this.#spillBytes = spillBytes;
    this.#limitBytes = limitBytes;
    this.#publish = publish;
    this.#recordsMax = recordsMax;
  }

  /** Bytes of the heap with array buffers, garbage that was not collected yet included. */
  look(): number {
    const statistics = getHeapStatistics();
    this.#usedBytes = statistics.used_heap_size + statistics.external_memory;
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes);
    this.#publish(Math.ceil(this.#usedBytes / 2 ** 20));
    return this.#usedBytes;
  }

  /**
   * True when operators should spill now; whoever is told so empties its tables before it asks again.
   * What is live then is not theirs and does not count: otherwise a heap full of other things would have every batch spilled,
   * and each part of what was spilled again.
   */
  get shouldSpill(): boolean {
    if (this.#spilled) {
      this.#spilled = false;
      this.#floorBytes = this.#liveBytes();
    }
    const ownBytes = this.#spillBytes * ownShareMin;
    if (this.look() <= Math.max(this.#spillBytes, this.#floorBytes + ownBytes)) return false;
    const liveBytes = this.#liveBytes();
    this.#floorBytes = Math.min(this.#floorBytes, liveBytes);
    this.#spilled = liveBytes > Math.max(this.#spillBytes * liveShareMax, this.#floorBytes + ownBytes * liveShareMax);
    return this.#spilled;
  }

  /** {@link shouldSpill} for an operator that holds so many records. */
  isFullWith(records: number): boolean {
    return records > this.#recordsMax || (records > 0 && this.shouldSpill);
  }

  get isOverLimit(): boolean {
    return this.look() > this.#limitBytes && this.#liveBytes() > this.#limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The most that was seen since the last call. */
  takePeakBytes(): number {
    const peak = this.#peakBytes;
    this.#peakBytes = 0;
    return peak;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Bytes in use after a collection. Buffers are freed in the background of one and counted out by the next. */
  #liveBytes(): number {
    this.#collect ??= collector();
    this.#collect();
    if (this.look() <= this.#spillBytes * liveShareMax) return this.#usedBytes;
    this.#collect();
    return this.look();
  }
}

/** V8's own collection, which a new context exposes after the flag is set. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
