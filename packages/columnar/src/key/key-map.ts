import { KeyIndex } from "./kernel/key-index.ts";

/**
 * A map whose keys are equal by value, for any number of keys (a JS Map ends at 2^24 entries).
 * Entries come in the order in which their keys were first set. There is no delete: operators drop a map whole.
 */
export class KeyMap<V> {
  readonly #index = new KeyIndex();
  readonly #values: V[] = [];

  get size(): number {
    return this.#index.size;
  }

  /** The value of a key, or undefined. @throws KEY_NOT_COMPARABLE */
  get(key: unknown): V | undefined {
    const slot = this.#index.find(key);
    return slot < 0 ? undefined : this.#values[slot];
  }

  /** @throws KEY_NOT_COMPARABLE */
  has(key: unknown): boolean {
    return this.#index.find(key) >= 0;
  }

  /** Sets the value of a key. A composite key is kept by reference and must not change afterwards. @throws KEY_NOT_COMPARABLE */
  set(key: unknown, value: V): this {
    this.#values[this.#index.slot(key)] = value;
    return this;
  }

  *entries(): IterableIterator<[unknown, V]> {
    let slot = 0;
    for (const value of this.#values) yield [this.#index.keyAt(slot++), value];
  }

  forEach(visit: (value: V, key: unknown) => void): void {
    let slot = 0;
    for (const value of this.#values) visit(value, this.#index.keyAt(slot++));
  }

  clear(): void {
    this.#index.clear();
    this.#values.length = 0;
  }
}
