import { PerformanceObserver } from "node:perf_hooks";

/**
 * Milliseconds that the thread's garbage collector took since {@link GCTime.take} was last called.
 * Node reports collections when the thread's event loop turns, so a task's own may be counted to the next one; sums are right.
 */
export class GCTime {
  readonly #observer: PerformanceObserver;
  #ms = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#ms += entry.duration;
    });
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  take(): number {
    for (const entry of this.#observer.takeRecords()) this.#ms += entry.duration;
    const taken = this.#ms;
    this.#ms = 0;
    return taken;
  }
}
