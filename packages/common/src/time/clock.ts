/** A running timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time as the engine sees it: real in processes, stepped in the simulator. */
export interface Clock {
  /** Wall-clock milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  monotonicMs(): number;
  /** Calls `task` once after `delayMs`. The timer does not keep the process alive. */
  schedule(delayMs: number, task: () => void): Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, task) {
    const handle = setTimeout(task, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
