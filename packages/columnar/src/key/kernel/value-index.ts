import { detachValue } from "../../value/detach-text.ts";
import { keyEquals } from "../key-equals.ts";
import { portableHash } from "../portable-hash.ts";

const INITIAL_LENGTH = 64;

/** Keys of any comparable kind to dense slots: `portableHash` into an open addressing table, `keyEquals` on equal hashes. */
export class ValueIndex {
  #table = new Int32Array(INITIAL_LENGTH);
  #hashes = new Int32Array(INITIAL_LENGTH);
  #keys: unknown[] = [];

  get size(): number {
    return this.#keys.length;
  }

  /** The key at a slot below `size`. */
  keyAt(slot: number): unknown {
    return this.#keys[slot];
  }

  /** The slot of a key, or -1. @throws KEY_NOT_COMPARABLE */
  find(key: unknown): number {
    const position = this.#position(key, portableHash(key));
    return this.#table[position]! - 1;
  }

  /** The slot of a key, added when it is new; composite keys without long texts are kept by reference and must not change. @throws KEY_NOT_COMPARABLE */
  slot(key: unknown): number {
    const hash = portableHash(key);
    const position = this.#position(key, hash);
    const known = this.#table[position]! - 1;
    if (known >= 0) return known;
    const slot = this.#keys.length;
    this.#table[position] = slot + 1;
    this.#hashes[slot] = hash;
    this.#keys.push(detachValue(key));
    if (this.#keys.length * 2 > this.#table.length) this.#grow();
    return slot;
  }

  clear(): void {
    this.#table = new Int32Array(INITIAL_LENGTH);
    this.#hashes = new Int32Array(INITIAL_LENGTH);
    this.#keys = [];
  }

  /** The position that holds the key, or the empty one where it belongs. */
  #position(key: unknown, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let position = hash & mask;
    for (;;) {
      const slot = table[position]! - 1;
      if (slot < 0) return position;
      if (this.#hashes[slot] === hash && keyEquals(this.#keys[slot], key)) return position;
      position = (position + 1) & mask;
    }
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 4);
    const hashes = new Int32Array(table.length / 2 + 1);
    hashes.set(this.#hashes.subarray(0, this.#keys.length));
    const mask = table.length - 1;
    for (let slot = 0; slot < this.#keys.length; slot++) {
      let position = hashes[slot]! & mask;
      while (table[position] !== 0) position = (position + 1) & mask;
      table[position] = slot + 1;
    }
    this.#table = table;
    this.#hashes = hashes;
  }
}
