import type { Clock, Timer } from "@vonk/common/internal";

const tickMs = 500;
const stallMsMin = 1000;
/** A server holds a connection that does not read for up to ten seconds before it cuts it off. */
const memoryMs = 15_000;

/** Notices when this thread did nothing but compute for a second or more. The server does not say why it cuts a slow client off; this does. */
export class StallWatch {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #tickedMs: number;
  #stall: { readonly ms: number; readonly endedMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tickedMs = clock.monotonicMs();
    this.#schedule();
  }

  /** Milliseconds of the last stall, when it lasts or ended shortly ago; else 0. */
  recentStallMs(): number {
    this.#tick();
    return this.#stall !== undefined && this.#clock.monotonicMs() - this.#stall.endedMs < memoryMs ? this.#stall.ms : 0;
  }

  close(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#clock.schedule(tickMs, () => {
      this.#tick();
      this.#schedule();
    });
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    const ms = Math.round(nowMs - this.#tickedMs);
    if (ms - tickMs >= stallMsMin) this.#stall = { ms, endedMs: nowMs };
    this.#tickedMs = nowMs;
  }
}
