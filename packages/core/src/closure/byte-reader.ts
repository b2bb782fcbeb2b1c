import { closureErrors } from "./closure-errors.ts";

const LOOPED_UNITS = 8;

/** Reads what {@link ByteWriter} wrote. @throws CLOSURE_FORMAT beyond the end */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  /** The byte at a position, which is not consumed. */
  byteAt(position: number): number {
    return this.#bytes[position] ?? truncated();
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    return value === undefined ? truncated() : value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  }

  integer(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  double(): number {
    if (this.#at + 8 > this.#bytes.length) return truncated();
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  string(): string {
    const head = this.varint();
    const units = Math.floor(head / 2);
    const wide = head % 2 === 1;
    const start = this.#take(wide ? units * 2 : units);
    if (wide) return this.#bytes.toString("utf16le", start, this.#at);
    // The call into the engine costs as much as some eight turns of the loop, before that is optimised.
    if (units >= LOOPED_UNITS) return this.#bytes.toString("latin1", start, this.#at);
    let text = "";
    for (let index = start; index < this.#at; index++) text += String.fromCharCode(this.#bytes[index] ?? 0);
    return text;
  }

  /** Leaves bytes out. */
  skip(count: number): void {
    this.#take(count);
  }

  /** Bytes between two positions as a string, a character a byte; nothing is consumed. */
  characters(start: number, end: number): string {
    return this.#bytes.toString("latin1", start, end);
  }

  /** A view on a length-prefixed block; it shares memory with the input. */
  block(): Uint8Array {
    const length = this.varint();
    const start = this.#take(length);
    return this.#bytes.subarray(start, this.#at);
  }

  #take(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) return truncated();
    this.#at = start + count;
    return start;
  }
}

function truncated(): never {
  throw closureErrors.create("CLOSURE_FORMAT", { problem: "its bytes end too early" });
}
