const words = new DataView(new ArrayBuffer(8));
const utf8 = new TextEncoder();

/** Buffers of writers that are done. An allocation outside of V8's heap costs as much as writing 50 instructions. */
const spare: Uint8Array[] = [];
const spareMax = 8;
const spareBytesMax = 1 << 20;
const none = new Uint8Array(0);

/**
 * A growing buffer with the encodings of WebAssembly's binary format. Whoever writes `bytes` itself calls `reserve` before;
 * whoever is done with a writer releases it.
 */
export class ByteWriter {
  declare bytes: Uint8Array;
  declare length: number;

  constructor() {
    this.bytes = spare.pop() ?? new Uint8Array(8192);
    this.length = 0;
  }

  /** Ends the writer, and with it what `written` gave. */
  release(): void {
    if (spare.length < spareMax && this.bytes.length > 0 && this.bytes.length <= spareBytesMax) spare.push(this.bytes);
    this.bytes = none;
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** An unsigned number of 32 bits in as few bytes as it needs. */
  unsigned(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** A signed number of 32 bits. */
  signed(value: number): void {
    this.reserve(5);
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.bytes[this.length++] = rest & 0x7f;
  }

  /** A signed number of 64 bits, given as its two halves. */
  signedHalves(low: number, high: number): void {
    if (high === low >> 31) {
      this.signed(low);
      return;
    }
    this.reserve(10);
    let rest = low | 0;
    let above = high | 0;
    while (above !== rest >> 31 || rest < -64 || rest > 63) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest = (rest >>> 7) | (above << 25);
      above >>= 7;
    }
    this.bytes[this.length++] = rest & 0x7f;
  }

  /** Four bytes, the lowest first. */
  word(value: number): void {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.length++] = (value >>> shift) & 0xff;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Length and UTF-8 bytes of a name. */
  text(value: string): void {
    const start = this.length;
    this.unsigned(value.length);
    this.reserve(value.length);
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 0x7f) {
        this.length = start;
        this.sized(utf8.encode(value));
        return;
      }
      this.bytes[this.length++] = unit;
    }
  }

  /** Length and bytes. */
  sized(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  /** What was written, without a copy: valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** The 32 bits of a number as f32. */
export function floatBits(value: number): number {
  words.setFloat32(0, value, true);
  return words.getInt32(0, true);
}

/** The 64 bits of a number as f64: low half, high half. */
export function doubleBits(value: number): readonly [low: number, high: number] {
  words.setFloat64(0, value, true);
  return [words.getInt32(0, true), words.getInt32(4, true)];
}
