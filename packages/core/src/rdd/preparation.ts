/**
 * What makes an RDD ready, shared by all actions that wait for it.
 * An action that is aborted stops waiting; when none waits any longer, the jobs that prepare are cancelled.
 */
export class Preparation {
  readonly #controller = new AbortController();
  #waiting = 0;

  /** For the jobs that prepare. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when nobody waits any longer, so that whoever comes later starts anew. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Settles as `done` does, or is rejected with the reason of `signal` as soon as that is aborted. */
  async wait(done: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    this.#waiting++;
    try {
      await (signal === undefined ? done : untilAborted(done, signal));
    } finally {
      if (--this.#waiting === 0 && signal?.aborted === true) this.#controller.abort(signal.reason);
    }
  }
}

function untilAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  done.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  if (signal.aborted) onAbort();
  return promise;
}
