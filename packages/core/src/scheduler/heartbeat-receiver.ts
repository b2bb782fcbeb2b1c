/**
 * Knows when each executor was last heard of. Pure state; the shell asks now and then who has been silent for too long.
 * @see Spark's core/HeartbeatReceiver.scala
 */
export class HeartbeatReceiver {
  readonly #timeoutMs: number;
  readonly #registrationTimeoutMs: number;
  readonly #lastHeardMs = new Map<string, number>();
  /** When executors were granted that have not registered yet. */
  readonly #grantedMs = new Map<string, number>();

  /**
   * @param timeoutMs `spark.network.timeout`: silence after which an executor counts as lost
   * @param registrationTimeoutMs how long an executor may take from its grant to its registration
   */
  constructor(timeoutMs: number, registrationTimeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#registrationTimeoutMs = registrationTimeoutMs;
  }

  /** The cluster launches an executor, which may be here already. */
  granted(executorId: string, nowMs: number): void {
    if (!this.#lastHeardMs.has(executorId) && !this.#grantedMs.has(executorId)) this.#grantedMs.set(executorId, nowMs);
  }

  registered(executorId: string, nowMs: number): void {
    this.#grantedMs.delete(executorId);
    this.#lastHeardMs.set(executorId, nowMs);
  }

  /** Notes a sign of life; false when the executor is unknown or was given up, and has to stop what it does. */
  heard(executorId: string, nowMs: number): boolean {
    const known = this.#lastHeardMs.has(executorId);
    if (known) this.#lastHeardMs.set(executorId, nowMs);
    return known;
  }

  forget(executorId: string): void {
    this.#grantedMs.delete(executorId);
    this.#lastHeardMs.delete(executorId);
  }

  /** The driver stood still for so long: signs of life may lie unread, and that must not count as silence. */
  stoodStill(ms: number): void {
    for (const [executorId, lastMs] of this.#lastHeardMs) this.#lastHeardMs.set(executorId, lastMs + ms);
    for (const [executorId, grantedMs] of this.#grantedMs) this.#grantedMs.set(executorId, grantedMs + ms);
  }

  /** Forgets and gives the executors that have been silent for too long. */
  expire(nowMs: number): string[] {
    const silent = [...this.#lastHeardMs].filter(([, lastMs]) => nowMs - lastMs > this.#timeoutMs).map(([executorId]) => executorId);
    for (const executorId of silent) this.#lastHeardMs.delete(executorId);
    return silent;
  }

  /** Forgets and gives the executors that were granted long ago and have not registered. */
  overdue(nowMs: number): string[] {
    const late = [...this.#grantedMs]
      .filter(([, sinceMs]) => nowMs - sinceMs > this.#registrationTimeoutMs)
      .map(([executorId]) => executorId);
    for (const executorId of late) this.#grantedMs.delete(executorId);
    return late;
  }
}
