import { assert } from "@vonk/common/internal";

const utf8 = new TextDecoder();

/** Reads the encodings of WebAssembly's binary format, the counterpart of `ByteWriter`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    const value = this.bytes[this.at];
    assert(value !== undefined && this.at < this.end, "a module's bytes are whole");
    this.at++;
    return value;
  }

  unsigned(): number {
    return Number(BigInt.asUintN(64, this.#number(false)));
  }

  signed(): bigint {
    return this.#number(true);
  }

  take(count: number): Uint8Array {
    assert(this.at + count <= this.end, "a module's bytes are whole");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  text(): string {
    return utf8.decode(this.take(this.unsigned()));
  }

  /** What `read` gives for each entry of a list. */
  list<T>(read: (index: number) => T): T[] {
    const count = this.unsigned();
    const entries: T[] = [];
    for (let index = 0; index < count; index++) entries.push(read(index));
    return entries;
  }

  /** A reader of the next `count` bytes, which this one skips. */
  part(count: number): ByteReader {
    const start = this.at;
    this.take(count);
    return new ByteReader(this.bytes, start, this.at);
  }

  #number(signed: boolean): bigint {
    let value = 0n;
    let shift = 0n;
    let byte: number;
    do {
      byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte > 0x7f && shift < 70n);
    return signed && (byte & 0x40) !== 0 ? value - (1n << shift) : value;
  }
}
