import { columnarErrors } from "../errors.ts";

/** Reads a table of a FlatBuffer, whose fields have numbers. Places that lie outside of the bytes end in ARROW_CORRUPT. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;

  /** The table at a place. */
  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - checked(() => view.getInt32(at, true));
  }

  /** The table at the root of a buffer. @throws ARROW_CORRUPT */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(
      view,
      checked(() => view.getUint32(0, true)),
    );
  }

  /** A scalar, 0 when it is left out. */
  byte(slot: number): number {
    return this.#read(slot, 0, (at) => this.#view.getUint8(at));
  }

  short(slot: number, absent = 0): number {
    return this.#read(slot, absent, (at) => this.#view.getInt16(at, true));
  }

  int(slot: number, absent = 0): number {
    return this.#read(slot, absent, (at) => this.#view.getInt32(at, true));
  }

  /** An integer of 64 bits that a double holds. @throws ARROW_CORRUPT */
  long(slot: number): number {
    return this.#read(slot, 0, (at) => longAt(this.#view, at));
  }

  /** Text; undefined when it is left out. */
  text(slot: number): string | undefined {
    return this.#read(slot, undefined, (at) => {
      const start = at + this.#view.getUint32(at, true);
      const length = this.#view.getUint32(start, true);
      if (start + 4 + length > this.#view.byteLength) throw corrupt("a text is longer than its metadata");
      return Buffer.from(this.#view.buffer, this.#view.byteOffset + start + 4, length).toString("utf8");
    });
  }

  table(slot: number): FlatTable | undefined {
    return this.#read(slot, undefined, (at) => new FlatTable(this.#view, at + this.#view.getUint32(at, true)));
  }

  /** The tables of a list. */
  tables(slot: number): readonly FlatTable[] {
    return this.#list(slot, 4, (at) => new FlatTable(this.#view, at + this.#view.getUint32(at, true)));
  }

  /** The structs of a list, which are some integers of 64 bits each. */
  structs(slot: number, words: number): readonly (readonly number[])[] {
    return this.#list(slot, words * 8, (at) => Array.from({ length: words }, (_, word) => longAt(this.#view, at + word * 8)));
  }

  #list<T>(slot: number, bytes: number, read: (at: number) => T): readonly T[] {
    return this.#read(slot, [], (at) => {
      const start = at + this.#view.getUint32(at, true);
      const count = this.#view.getUint32(start, true);
      if (start + 4 + count * bytes > this.#view.byteLength) throw corrupt("a list is longer than its metadata");
      return Array.from({ length: count }, (_, index) => read(start + 4 + index * bytes));
    });
  }

  #read<T, U>(slot: number, absent: U, read: (at: number) => T): T | U {
    return checked(() => {
      const size = this.#view.getUint16(this.#vtable, true);
      const offset = slot * 2 + 4 < size ? this.#view.getUint16(this.#vtable + slot * 2 + 4, true) : 0;
      return offset === 0 ? absent : read(this.#at + offset);
    });
  }
}

function longAt(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  if (!Number.isSafeInteger(value)) throw corrupt("a length is out of range");
  return value;
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RangeError) throw corrupt("its metadata refers to what it does not have", cause);
    throw cause;
  }
}

function corrupt(problem: string, cause?: unknown): Error {
  return columnarErrors.create("ARROW_CORRUPT", { problem }, { cause });
}
