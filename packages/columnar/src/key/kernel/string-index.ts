import { detachText } from "../../value/detach-text.ts";

// A JS Map ends at 2^24 entries; a little below, the next map begins.
const ENTRIES_PER_MAP_MAX = 2 ** 24 - 1024;

/** Strings to dense slots in the order of first sight; several JS Maps once there are more keys than one can hold. */
export class StringIndex {
  readonly #entriesPerMapMax: number;
  #newest = new Map<string, number>();
  #full: Map<string, number>[] = [];
  #keys: string[] = [];

  constructor(entriesPerMapMax: number = ENTRIES_PER_MAP_MAX) {
    this.#entriesPerMapMax = entriesPerMapMax;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Slots of the newest strings, for callers that look up many: what is missing here may still have a slot. To be read only. */
  get newest(): ReadonlyMap<string, number> {
    return this.#newest;
  }

  /** The string at a slot below `size`. */
  keyAt(slot: number): string {
    return this.#keys[slot]!;
  }

  /** The slot of a string, or -1. */
  find(key: string): number {
    const slot = this.#newest.get(key);
    if (slot !== undefined) return slot;
    return this.#full.length === 0 ? -1 : this.#findInFull(key);
  }

  /** The slot of a string, added when it is new. */
  slot(key: string): number {
    const known = this.find(key);
    if (known >= 0) return known;
    if (this.#newest.size >= this.#entriesPerMapMax) {
      this.#full.push(this.#newest);
      this.#newest = new Map();
    }
    const slot = this.#keys.length;
    const own = detachText(key);
    this.#newest.set(own, slot);
    this.#keys.push(own);
    return slot;
  }

  clear(): void {
    this.#newest = new Map();
    this.#full = [];
    this.#keys = [];
  }

  #findInFull(key: string): number {
    for (const map of this.#full) {
      const slot = map.get(key);
      if (slot !== undefined) return slot;
    }
    return -1;
  }
}
