import { NumberIndex } from "./number-index.ts";
import { StringIndex } from "./string-index.ts";
import { ValueIndex } from "./value-index.ts";

const KIND_NUMBER = 0;
const KIND_STRING = 1;
const KIND_VALUE = 2;

const noText: ReadonlyMap<string, number> = new Map();

interface SlotMaps {
  /** By slot: the kind of its key, and the key's slot in the index of that kind. */
  readonly kinds: number[];
  readonly locals: number[];
  /** By kind, by local slot: the slot. */
  readonly slots: readonly [number[], number[], number[]];
}

/**
 * Keys by value to dense slots: 0, 1, 2 … in the order of first sight, so that callers keep what belongs to a key in arrays of their own.
 *
 * Numbers, strings and all other keys have an index each. While only one kind has been met its slots are the slots;
 * when a second kind shows up, maps between both are built once and kept from then on.
 * Equal sequences of keys give equal slots on every machine.
 */
export class KeyIndex {
  readonly #numbers = new NumberIndex();
  readonly #strings = new StringIndex();
  readonly #values = new ValueIndex();
  /** The only kind met so far, -1 before the first key. */
  #kind = -1;
  #maps: SlotMaps | undefined;

  /** The number of distinct keys. */
  get size(): number {
    if (this.#maps !== undefined) return this.#maps.kinds.length;
    return this.#numbers.size + this.#strings.size + this.#values.size;
  }

  /**
   * Slots of string keys while no other kind of key has been met, else an empty map; a key that is missing may still have a slot.
   * Loops look here first and call {@link slot} for the rest; the map must be asked for again after a key of another kind.
   */
  get textSlots(): ReadonlyMap<string, number> {
    const onlyText = this.#maps === undefined && (this.#kind === KIND_STRING || this.#kind === -1);
    return onlyText ? this.#strings.newest : noText;
  }

  /** The slot of a key, added when it is new: then it equals the `size` before the call. @throws KEY_NOT_COMPARABLE */
  slot(key: unknown): number {
    if (typeof key === "number") {
      return this.#kind === KIND_NUMBER ? this.#numbers.slot(key) : this.#enter(KIND_NUMBER, key);
    }
    if (typeof key === "string") {
      return this.#kind === KIND_STRING ? this.#strings.slot(key) : this.#enter(KIND_STRING, key);
    }
    return this.#kind === KIND_VALUE ? this.#values.slot(key) : this.#enter(KIND_VALUE, key);
  }

  /** The slot of a key, or -1. @throws KEY_NOT_COMPARABLE */
  find(key: unknown): number {
    const kind = kindOf(key);
    const local = this.#findLocal(kind, key);
    return local < 0 || this.#maps === undefined ? local : this.#maps.slots[kind]![local]!;
  }

  /** The key at a slot below `size`: the first of its equals that was met, with -0 as 0. */
  keyAt(slot: number): unknown {
    const maps = this.#maps;
    return maps === undefined ? this.#keyOf(this.#kind, slot) : this.#keyOf(maps.kinds[slot]!, maps.locals[slot]!);
  }

  /** Writes the slot of each key to `out`, which must be as long; new keys are added in order. @throws KEY_NOT_COMPARABLE */
  slots(keys: Float64Array | Int32Array | readonly unknown[], out: Int32Array): void {
    if (keys instanceof Float64Array || keys instanceof Int32Array) {
      if (keys.length === 0) return;
      if (this.#kind === -1 && this.#maps === undefined) this.#kind = KIND_NUMBER;
      if (this.#kind === KIND_NUMBER) this.#numbers.slots(keys, out);
      else for (let at = 0; at < keys.length; at++) out[at] = this.slot(keys[at]!);
      return;
    }
    for (let at = 0; at < keys.length; at++) out[at] = this.slot(keys[at]);
  }

  clear(): void {
    this.#numbers.clear();
    this.#strings.clear();
    this.#values.clear();
    this.#kind = -1;
    this.#maps = undefined;
  }

  /** A key whose kind is not the only one met. */
  #enter(kind: number, key: unknown): number {
    if (this.#maps === undefined) {
      if (this.#kind === -1) {
        // The key may be refused, so the kind is noted only afterwards.
        const slot = this.#addLocal(kind, key);
        this.#kind = kind;
        return slot;
      }
      this.#maps = identityMaps(this.#kind, this.size);
      this.#kind = -1;
    }
    const slots = this.#maps.slots[kind]!;
    const local = this.#addLocal(kind, key);
    if (local < slots.length) return slots[local]!;
    const slot = this.#maps.kinds.length;
    slots.push(slot);
    this.#maps.kinds.push(kind);
    this.#maps.locals.push(local);
    return slot;
  }

  #addLocal(kind: number, key: unknown): number {
    if (kind === KIND_NUMBER && typeof key === "number") return this.#numbers.slot(key);
    if (kind === KIND_STRING && typeof key === "string") return this.#strings.slot(key);
    return this.#values.slot(key);
  }

  #findLocal(kind: number, key: unknown): number {
    if (kind === KIND_NUMBER && typeof key === "number") return this.#numbers.find(key);
    if (kind === KIND_STRING && typeof key === "string") return this.#strings.find(key);
    return this.#values.find(key);
  }

  #keyOf(kind: number, local: number): unknown {
    if (kind === KIND_NUMBER) return this.#numbers.keyAt(local);
    return kind === KIND_STRING ? this.#strings.keyAt(local) : this.#values.keyAt(local);
  }
}

function kindOf(key: unknown): number {
  if (typeof key === "number") return KIND_NUMBER;
  return typeof key === "string" ? KIND_STRING : KIND_VALUE;
}

function identityMaps(kind: number, size: number): SlotMaps {
  const maps: SlotMaps = { kinds: [], locals: [], slots: [[], [], []] };
  for (let slot = 0; slot < size; slot++) {
    maps.kinds.push(kind);
    maps.locals.push(slot);
    maps.slots[kind]!.push(slot);
  }
  return maps;
}
