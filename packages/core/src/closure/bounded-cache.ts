/** A map that forgets what was used least recently beyond `entriesMax` entries or beyond `weightMax`, the sum of their weights. */
export class BoundedCache<Key, Value> {
  readonly #entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
  readonly #entriesMax: number;
  readonly #weightMax: number;
  #weight = 0;

  constructor(entriesMax: number, weightMax: number = Infinity) {
    this.#entriesMax = entriesMax;
    this.#weightMax = weightMax;
  }

  /** The value of a key, which becomes the most recently used; undefined when absent. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && (this.#entries.size > this.#entriesMax / 2 || this.#weight > this.#weightMax / 2)) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry?.value;
  }

  /** The newest entry is kept even when it alone is too heavy. */
  set(key: Key, value: Value, weight = 0): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#entries.delete(key);
    this.#weight += weight - (before?.weight ?? 0);
    this.#entries.set(key, { value, weight });
    if (this.#entries.size <= this.#entriesMax && this.#weight <= this.#weightMax) return;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size === 1 || (this.#entries.size <= this.#entriesMax && this.#weight <= this.#weightMax)) return;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }
}
