import { assert } from "@vonk/common/internal";

const pageBytes = 65_536;
/** Address space of a thread: pages that are not touched cost nothing. */
const memoryBytes = 2 ** 30;
/** Readers may look a few bytes before and behind a buffer. */
const slackBytes = 64;
const alignment = 16;

/** A thread's memory for columns and accumulators: given out from its start, given back from the end. */
export class PipelineMemory {
  readonly memory: WebAssembly.Memory;
  #next = slackBytes;
  #kept = slackBytes;

  constructor() {
    const pages = memoryBytes / pageBytes;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  }

  /** The address of so many bytes, with slack behind them; contents are arbitrary. */
  allocate(bytes: number, align: number = alignment): number {
    const at = Math.ceil(this.#next / align) * align;
    this.#next = at + Math.ceil(bytes) + slackBytes;
    assert(this.#next <= memoryBytes, "a row group's columns fit into a thread's memory");
    return at;
  }

  /** Gives everything back. */
  clear(): void {
    this.#next = slackBytes;
    this.#kept = slackBytes;
  }

  /** Keeps what has been given out until now. */
  keep(): void {
    this.#kept = this.#next;
  }

  /** Gives back what was given out since {@link keep}. */
  reset(): void {
    this.#next = this.#kept;
  }
}
