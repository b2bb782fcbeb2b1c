/**
 * Knows when each executor was last heard of. Pure state; the shell asks now and then who has been silent for too long.
 * @see Spark's core/HeartbeatReceiver.scala
 */
export class HeartbeatReceiver {
  readonly #timeoutMs: number;
  readonly #lastHeardMs = new Map<string, number>();

  /** @param timeoutMs `spark.network.timeout`: silence after which an executor counts as lost */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  registered(executorId: string, nowMs: number): void {
    this.#lastHeardMs.set(executorId, nowMs);
  }

  /** Notes a sign of life; false when the executor is unknown or was given up, and has to stop what it does. */
  heard(executorId: string, nowMs: number): boolean {
    const known = this.#lastHeardMs.has(executorId);
    if (known) this.#lastHeardMs.set(executorId, nowMs);
    return known;
  }

  forget(executorId: string): void {
    this.#lastHeardMs.delete(executorId);
  }

  /** The driver stood still for so long: signs of life may lie unread, and that must not count as silence. */
  stoodStill(ms: number): void {
    for (const [executorId, lastMs] of this.#lastHeardMs) this.#lastHeardMs.set(executorId, lastMs + ms);
  }

  /** Forgets and gives the executors that have been silent for too long. */
  expire(nowMs: number): string[] {
    const silent = [...this.#lastHeardMs].filter(([, lastMs]) => nowMs - lastMs > this.#timeoutMs).map(([executorId]) => executorId);
    for (const executorId of silent) this.#lastHeardMs.delete(executorId);
    return silent;
  }
}
