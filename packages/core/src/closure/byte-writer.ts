const INITIAL_BYTES = 512;
const SHORT_STRING = 64;

/** Writes numbers, strings and blocks into growing bytes. Each value has one encoding only. */
export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written so far, as a copy of its own. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** An unsigned integer below 2^53: seven bits a byte, lowest first. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A signed 32-bit integer. */
  integer(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#length); // NaN is written as the engine's one quiet NaN
    this.#length += 8;
  }

  /** Length and a width bit, then one byte a unit when all units are below 256, else two. Lone surrogates survive. */
  string(value: string): void {
    const units = value.length;
    if (isLatin1(value)) {
      this.varint(units * 2);
      this.#reserve(units);
      if (units < 16) for (let index = 0; index < units; index++) this.#bytes[this.#length + index] = value.charCodeAt(index);
      else this.#bytes.write(value, this.#length, units, "latin1");
      this.#length += units;
    } else {
      this.varint(units * 2 + 1);
      this.#reserve(units * 2);
      this.#bytes.write(value, this.#length, units * 2, "utf16le");
      this.#length += units * 2;
    }
  }

  block(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const NOT_LATIN1 = /[^\u0000-\u00ff]/;

function isLatin1(value: string): boolean {
  if (value.length > SHORT_STRING) return !NOT_LATIN1.test(value);
  for (let index = 0; index < value.length; index++) if (value.charCodeAt(index) > 0xff) return false;
  return true;
}
