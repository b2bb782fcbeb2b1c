/**
 * Shared memory for fetched buckets, within a budget. Memory that is given back is used again: the kernel takes longer to provide fresh
 * pages than the network to fill them.
 */
export class FetchMemory {
  readonly #budgetBytes: number;
  readonly #free: SharedArrayBuffer[] = [];
  /** Of all memory that exists, in use or not. */
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** Memory of at least so many bytes, or undefined when the budget has no room. */
  take(bytes: number): SharedArrayBuffer | undefined {
    const fitting = this.#free.findIndex((one) => one.byteLength >= bytes && one.byteLength <= 2 * bytes);
    if (fitting >= 0) return this.#free.splice(fitting, 1)[0];
    while (this.#bytes + bytes > this.#budgetBytes) {
      const dropped = this.#free.shift();
      if (dropped === undefined) return undefined;
      this.#bytes -= dropped.byteLength;
    }
    this.#bytes += bytes;
    return new SharedArrayBuffer(bytes);
  }

  /** Gives memory back that nobody reads any more. */
  give(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
  }

  /** Lets go of memory that somebody may still read. */
  abandon(memory: SharedArrayBuffer): void {
    this.#bytes -= memory.byteLength;
  }
}
