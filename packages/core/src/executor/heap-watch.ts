import { getHeapStatistics } from "node:v8";

/** Tells how full the thread's heap is; looked at once a batch. */
export class HeapWatch {
  readonly #spillBytes: number;
  readonly #limitBytes: number;
  readonly #publish: (mebibytes: number) => void;
  #usedBytes = 0;
  #peakBytes = 0;

  constructor(spillBytes: number, limitBytes: number, publish: (mebibytes: number) => void) {
    this.#spillBytes = spillBytes;
    this.#limitBytes = limitBytes;
    this.#publish = publish;
  }

  /** Reads the heap's size, array buffers included; garbage that was not collected yet counts. */
  look(): number {
    const statistics = getHeapStatistics();
    this.#usedBytes = statistics.used_heap_size + statistics.external_memory;
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes);
    this.#publish(Math.ceil(this.#usedBytes / 2 ** 20));
    return this.#usedBytes;
  }

  /** True when operators should spill now. */
  get shouldSpill(): boolean {
    return this.look() > this.#spillBytes;
  }

  get isOverLimit(): boolean {
    return this.look() > this.#limitBytes;
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
}
