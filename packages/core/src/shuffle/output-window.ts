/** Bounds the bytes of map output that are on their way to the shuffle store. */
export class OutputWindow {
  readonly #limitBytes: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Counts an output; the returned function ends that. An output is always let in, so that one larger than the window passes. */
  enter(bytes: number): () => void {
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
      if (this.#bytes >= this.#limitBytes) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    };
  }

  /** Resolves when less than the window is on its way. */
  async whenOpen(): Promise<null> {
    while (this.#bytes >= this.#limitBytes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return null;
  }
}
