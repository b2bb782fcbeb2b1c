import { type Clock, systemClock } from "@vonk/common/internal";
import type { Subscription } from "../bus.ts";
import type { KeyValueChange, KeyValueEntry, KeyValueStore } from "./key-value-store.ts";

/** Options of {@link MemoryKeyValueStore}. */
export interface MemoryKeyValueStoreOptions {
  readonly clock?: Clock;
  /** Milliseconds after which a value expires that was not written again. */
  readonly ttlMs?: number;
}

interface Stored {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly expiresMs: number;
}

/** A {@link KeyValueStore} in one process: for tests, the simulator and local mode. Every call settles in the turn after it was made. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #entries = new Map<string, Stored>();
  readonly #watches = new Set<{ readonly prefix: string; readonly listener: (change: KeyValueChange) => void }>();
  #revision = 0;

  constructor(options: MemoryKeyValueStoreOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#ttlMs = options.ttlMs ?? Number.POSITIVE_INFINITY;
  }

  async get(key: string): Promise<KeyValueEntry | undefined> {
    const stored = this.#live(key);
    return stored && { key, value: stored.value.slice(), revision: stored.revision };
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    return this.#write(key, value);
  }

  async create(key: string, value: Uint8Array): Promise<number | undefined> {
    return this.#live(key) === undefined ? this.#write(key, value) : undefined;
  }

  async update(key: string, value: Uint8Array, revision: number): Promise<number | undefined> {
    return this.#live(key)?.revision === revision ? this.#write(key, value) : undefined;
  }

  async delete(key: string, revision?: number): Promise<boolean> {
    const stored = this.#live(key);
    if (revision !== undefined && stored?.revision !== revision) return false;
    this.#entries.delete(key);
    this.#tell({ key, revision: ++this.#revision });
    return true;
  }

  async keys(prefix = ""): Promise<string[]> {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix) && this.#live(key) !== undefined).toSorted();
  }

  /** What is there, at once. */
  values(): Uint8Array[] {
    return [...this.#entries.keys()].flatMap((key) => this.#live(key)?.value ?? []);
  }

  async watch(prefix: string, listener: (change: KeyValueChange) => void): Promise<Subscription> {
    for (const key of await this.keys(prefix)) {
      const entry = await this.get(key);
      if (entry !== undefined) listener(entry);
    }
    const watch = { prefix, listener };
    this.#watches.add(watch);
    return { close: () => void this.#watches.delete(watch) };
  }

  #live(key: string): Stored | undefined {
    const stored = this.#entries.get(key);
    if (stored === undefined || stored.expiresMs > this.#clock.monotonicMs()) return stored;
    this.#entries.delete(key);
    return undefined;
  }

  #write(key: string, value: Uint8Array): number {
    const revision = ++this.#revision;
    this.#entries.set(key, { value: value.slice(), revision, expiresMs: this.#clock.monotonicMs() + this.#ttlMs });
    this.#tell({ key, value: value.slice(), revision });
    return revision;
  }

  #tell(change: KeyValueChange): void {
    for (const { prefix, listener } of this.#watches) if (change.key.startsWith(prefix)) listener(change);
  }
}
