/**
 * Numbers to dense slots, by open addressing with linear probing.
 *
 * `keys[slot]` holds the number. A table of 2^b cells of 4 bytes leads to it; a cell is 0 when empty, otherwise
 * its low b bits are slot + 1 and its high 32 - b bits a tag. With h = key * 0x9e3779b1 (Fibonacci hashing: neighbouring integers spread
 * without further mixing) the home cell is the high b bits of h and the tag the other bits; so a key of another slot is rarely looked at.
 * At most 5/8 of the cells are full.
 *
 * In a large table each probe misses the cache. `slots` therefore works in groups: a first loop without branches hashes the group and
 * loads the home cells, so that their misses overlap, a second one probes.
 */

const INITIAL_BITS = 6;
const GROUP_SIZE = 256;
// Below this many cells (1 MiB) the table stays in the cache and loading ahead costs more than it saves.
const LOAD_AHEAD_BITS_MIN = 18;
const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);
const groupHashes = new Int32Array(GROUP_SIZE);
// The table may grow in the middle of a group, so growing has hashes of its own.
const grownHashes = new Int32Array(GROUP_SIZE);
// What was loaded ahead; stored so that the loads are not optimized away.
const loaded = new Int32Array(1);

/** Finds or adds numbers; slots count from 0 in the order of first sight. -0 is kept as 0, all NaN are one key. Up to 2^29 keys. */
export class NumberIndex {
  #bits = INITIAL_BITS;
  #table = new Int32Array(1 << INITIAL_BITS);
  #keys = new Float64Array(1 << INITIAL_BITS);
  #size = 0;
  #sizeMax = sizeMaxOf(INITIAL_BITS);

  get size(): number {
    return this.#size;
  }

  /** The number at a slot below `size`. */
  keyAt(slot: number): number {
    return this.#keys[slot]!;
  }

  /** The slot of a number, or -1. */
  find(key: number): number {
    const table = this.#table;
    return (table[probe(table, this.#keys, this.#bits, key, hashOf(key))]! & (table.length - 1)) - 1;
  }

  /** The slot of a number, added when it is new. */
  slot(key: number): number {
    const hash = hashOf(key);
    const table = this.#table;
    const position = probe(table, this.#keys, this.#bits, key, hash);
    const cell = table[position]!;
    return cell !== 0 ? (cell & (table.length - 1)) - 1 : this.#insert(position, key, hash);
  }

  /** The slots of all numbers into `out`, new ones added. */
  slots(source: Float64Array | Int32Array, out: Int32Array): void {
    for (let from = 0; from < source.length; from += GROUP_SIZE) {
      const to = Math.min(source.length, from + GROUP_SIZE);
      if (source instanceof Int32Array) hashInts(source, from, to, groupHashes);
      else hashDoubles(source, from, to, groupHashes);
      if (this.#bits >= LOAD_AHEAD_BITS_MIN) loadAhead(this.#table, 32 - this.#bits, groupHashes, to - from);
      if (source instanceof Int32Array) this.#intSlots(source, out, from, to);
      else this.#doubleSlots(source, out, from, to);
    }
  }

  clear(): void {
    this.#bits = INITIAL_BITS;
    this.#table = new Int32Array(1 << INITIAL_BITS);
    this.#keys = new Float64Array(1 << INITIAL_BITS);
    this.#size = 0;
    this.#sizeMax = sizeMaxOf(INITIAL_BITS);
  }

  #intSlots(source: Int32Array, out: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const table = this.#table;
      const position = probe(table, this.#keys, this.#bits, source[at]!, groupHashes[at - from]!);
      const cell = table[position]!;
      out[at] = cell !== 0 ? (cell & (table.length - 1)) - 1 : this.#insert(position, source[at]!, groupHashes[at - from]!);
    }
  }

  #doubleSlots(source: Float64Array, out: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const table = this.#table;
      const position = probe(table, this.#keys, this.#bits, source[at]!, groupHashes[at - from]!);
      const cell = table[position]!;
      out[at] = cell !== 0 ? (cell & (table.length - 1)) - 1 : this.#insert(position, source[at]!, groupHashes[at - from]!);
    }
  }

  #insert(position: number, key: number, hash: number): number {
    const slot = this.#size++;
    if (slot >= this.#keys.length) this.#growKeys();
    // Adding 0 turns -0 into 0.
    this.#keys[slot] = key + 0;
    this.#table[position] = (hash << this.#bits) | (slot + 1);
    if (this.#size >= this.#sizeMax) this.#growTable();
    return slot;
  }

  #growKeys(): void {
    // Pages that are not written to take no memory, so a large array may grow by a large factor.
    const keys = new Float64Array(this.#keys.length * (this.#keys.length < 2 ** 22 ? 4 : 2));
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #growTable(): void {
    this.#bits += this.#bits < 22 ? 2 : 1;
    this.#table = new Int32Array(2 ** this.#bits);
    this.#sizeMax = sizeMaxOf(this.#bits);
    for (let from = 0; from < this.#size; from += GROUP_SIZE) {
      const to = Math.min(this.#size, from + GROUP_SIZE);
      hashDoubles(this.#keys, from, to, grownHashes);
      loadAhead(this.#table, 32 - this.#bits, grownHashes, to - from);
      place(this.#table, this.#bits, from, to);
    }
  }
}

/** The cell that holds the key, or the empty one where it belongs. */
function probe(table: Int32Array, keys: Float64Array, bits: number, key: number, hash: number): number {
  const mask = table.length - 1;
  const tag = hash << bits;
  let position = hash >>> (32 - bits);
  for (;;) {
    const cell = table[position]!;
    if (cell === 0) return position;
    if (((cell ^ tag) & ~mask) === 0) {
      const seen = keys[(cell & mask) - 1]!;
      if (seen === key || (seen !== seen && key !== key)) return position;
    }
    position = (position + 1) & mask;
  }
}

/** Puts the slots `from` to `to`, whose hashes lie in `grownHashes`, into a table that holds none of them. */
function place(table: Int32Array, bits: number, from: number, to: number): void {
  const mask = table.length - 1;
  for (let slot = from; slot < to; slot++) {
    const hash = grownHashes[slot - from]!;
    let position = hash >>> (32 - bits);
    while (table[position] !== 0) position = (position + 1) & mask;
    table[position] = (hash << bits) | (slot + 1);
  }
}

function loadAhead(table: Int32Array, shift: number, hashes: Int32Array, count: number): void {
  let sum = 0;
  for (let at = 0; at < count; at++) sum ^= table[hashes[at]! >>> shift]!;
  loaded[0] = sum;
}

function hashInts(source: Int32Array, from: number, to: number, hashes: Int32Array): void {
  for (let at = from; at < to; at++) hashes[at - from] = Math.imul(source[at]!, 0x9e3779b1);
}

function hashDoubles(source: Float64Array, from: number, to: number, hashes: Int32Array): void {
  for (let at = from; at < to; at++) hashes[at - from] = hashOf(source[at]!);
}

function hashOf(key: number): number {
  const integer = key | 0;
  return Math.imul(integer === key ? integer : foldDouble(key), 0x9e3779b1);
}

function sizeMaxOf(bits: number): number {
  return Math.floor(2 ** bits * 0.625);
}

function foldDouble(key: number): number {
  if (key !== key) return 0x7ff80000;
  doubleView[0] = key;
  const low = Math.imul(wordView[0]!, 0x85ebca6b);
  const word = low ^ (low >>> 15) ^ Math.imul(wordView[1]!, 0xc2b2ae35);
  return word ^ (word >>> 16);
}
