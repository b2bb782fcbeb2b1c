import type { KeyValueStore } from "@vonk/bus/spi";
import type { Logger } from "@vonk/common";
import type { Clock, Timer } from "@vonk/common/internal";

/** Times of a lease in milliseconds. */
export interface LeaseTimes {
  /** Time to live of the store's values. */
  readonly ttlMs: number;
  /** How often its holder renews it. */
  readonly renewMs: number;
  /** How often others look whether it is free. */
  readonly pollMs: number;
}

/** What a {@link Lease} needs. */
export interface LeaseOptions extends Partial<LeaseTimes> {
  /** Its values expire after `ttlMs`. */
  readonly store: KeyValueStore;
  readonly key: string;
  /** No two holders have the same: a store may take an equal value for one's own. */
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Times of the masters' lease: a leader that dies is replaced within about 3.5 s. */
export const leaseTimes: LeaseTimes = { ttlMs: 3000, renewMs: 700, pollMs: 250 };

/** Share of the time to live after which the holder no longer trusts its lease; the rest is for clocks that run apart. */
const trustedShare = 0.8;
const releaseTimeoutMs = 1000;

interface Held {
  revision: number;
  /** Monotonic time until which nobody else can hold it. */
  trustedUntilMs: number;
}

/**
 * A key that at most one process holds, by writing it again before it expires.
 *
 * ```
 * free ──create──▶ held ──update of the same revision──▶ held
 *  ▲                │
 *  └─ poll ◀─ lost ─┘   refused, or not renewed within 0.8 of the time to live
 * ```
 * Time is counted from before a write was sent, so it ends here before it ends in the store. A reply that comes after that is not
 * believed: what it wrote is deleted. Expiry is polled for, since nats-server 2.9 tells no watch of it.
 * @see Gray and Cheriton, Leases, SOSP 1989
 */
export class Lease {
  readonly #options: LeaseOptions & LeaseTimes;
  #onWon: (revision: number) => void = () => {};
  #onLost: () => void = () => {};
  #held: Held | undefined;
  #writes = 0;
  #inFlight: Promise<void> | undefined;
  #next: Timer | undefined;
  #deadline: Timer | undefined;
  #closed = false;

  constructor(options: LeaseOptions) {
    this.#options = { ...leaseTimes, ...options };
  }

  /** True while nobody else can hold it, as far as clocks can be trusted. */
  get isHeld(): boolean {
    return this.#held !== undefined && this.#options.clock.monotonicMs() < this.#held.trustedUntilMs;
  }

  /**
   * Strives to hold the lease until it is closed.
   * @param onWon told with the revision at which it was won, which is higher than at every earlier win of anybody
   * @param onLost told before anybody else can win it
   */
  strive(onWon: (revision: number) => void, onLost: () => void): void {
    this.#onWon = onWon;
    this.#onLost = onLost;
    this.#attempt();
  }

  /** Gives it back, so that the next holder need not wait. Does not call `onLost`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#next?.cancel();
    this.#deadline?.cancel();
    const { clock } = this.#options;
    const given = (async (): Promise<void> => {
      await this.#inFlight;
      if (this.#held !== undefined) await this.#release(this.#held.revision);
    })();
    // Without the store it expires by itself.
    await Promise.race([given, new Promise<void>((done) => clock.schedule(releaseTimeoutMs, done))]);
    this.#held = undefined;
  }

  #attempt(): void {
    const { store, key, clock, ttlMs } = this.#options;
    const startMs = clock.monotonicMs();
    const held = this.#held;
    const value = new TextEncoder().encode(JSON.stringify({ holder: this.#options.holder, write: ++this.#writes }));
    const written = held === undefined ? store.create(key, value) : store.update(key, value, held.revision);
    this.#inFlight = written.then(
      (revision) => this.#written(held, revision, startMs + ttlMs * trustedShare),
      (error: unknown) => {
        this.#options.log.debug(`lease ${key} was not written`, { error: (error as Error).message });
        this.#later();
      },
    );
  }

  #written(before: Held | undefined, revision: number | undefined, trustedUntilMs: number): Promise<void> | void {
    const isLate = this.#options.clock.monotonicMs() >= trustedUntilMs;
    // It was lost, by its own clock, while the store was asked.
    const isStale = this.#held !== before;
    if (revision !== undefined && (isLate || isStale)) {
      return this.#release(revision).then(() => {
        if (!isStale) this.#lose();
        this.#later();
      });
    }
    if (revision === undefined) {
      if (!isStale) this.#lose();
    } else this.#renewed(before, { revision, trustedUntilMs });
    this.#later();
  }

  #renewed(before: Held | undefined, held: Held): void {
    this.#held = held;
    if (this.#closed) return;
    this.#deadline?.cancel();
    const leftMs = held.trustedUntilMs - this.#options.clock.monotonicMs();
    this.#deadline = this.#options.clock.schedule(leftMs, () => this.#lose());
    if (before === undefined) this.#onWon(held.revision);
  }

  #lose(): void {
    this.#deadline?.cancel();
    if (this.#held === undefined) return;
    this.#held = undefined;
    if (!this.#closed) this.#onLost();
  }

  #later(): void {
    if (this.#closed) return;
    const { clock, renewMs, pollMs } = this.#options;
    this.#next?.cancel();
    this.#next = clock.schedule(this.#held === undefined ? pollMs : renewMs, () => this.#attempt());
  }

  async #release(revision: number): Promise<void> {
    const { store, key } = this.#options;
    await store.delete(key, revision).catch(() => false);
  }
}
