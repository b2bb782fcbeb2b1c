import type { Clock, Timer } from "./clock.ts";

interface PendingTimer extends Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly task: () => void;
  cancelled: boolean;
}

/** A clock that moves only when told to; timers due at the same time run in the order they were made. */
export class ManualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  #timers: PendingTimer[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, task: () => void): Timer {
    const timer: PendingTimer = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      sequence: this.#sequence++,
      task,
      cancelled: false,
      cancel() {
        this.cancelled = true;
      },
    };
    this.#timers.push(timer);
    return timer;
  }

  /** The time of the next timer, or undefined when none is left. */
  nextTimerMs(): number | undefined {
    this.#timers = this.#timers.filter((timer) => !timer.cancelled);
    return this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map((timer) => timer.atMs));
  }

  /** Moves time forward by `ms` and runs what became due, in order. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers
        .filter((timer) => !timer.cancelled && timer.atMs <= targetMs)
        .toSorted((a, b) => a.atMs - b.atMs || a.sequence - b.sequence)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.task();
    }
    this.#nowMs = targetMs;
  }
}
