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
  /** A binary heap, the earliest timer first: a simulation has hundreds at a time and looks for the next after each. */
  readonly #timers: PendingTimer[] = [];

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
    this.#push(timer);
    return timer;
  }

  /** The time of the next timer, or undefined when none is left. */
  nextTimerMs(): number | undefined {
    return this.#first()?.atMs;
  }

  /** Moves time forward by `ms` and runs what became due, in order. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (let due = this.#first(); due !== undefined && due.atMs <= targetMs; due = this.#first()) {
      this.#pop();
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.task();
    }
    this.#nowMs = targetMs;
  }

  /** Runs the next timer alone, at its time; false when there is none. */
  runNext(): boolean {
    const due = this.#first();
    if (due === undefined) return false;
    this.#pop();
    this.#nowMs = Math.max(this.#nowMs, due.atMs);
    due.task();
    return true;
  }

  #first(): PendingTimer | undefined {
    while (this.#timers[0]?.cancelled === true) this.#pop();
    return this.#timers[0];
  }

  #push(timer: PendingTimer): void {
    const heap = this.#timers;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      let earliest = left;
      if (right !== undefined && isBefore(right, left)) {
        earliest = right;
        below++;
      }
      if (isBefore(last, earliest)) break;
      heap[at] = earliest;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: PendingTimer, b: PendingTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
