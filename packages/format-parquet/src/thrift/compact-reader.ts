import { parquetErrors } from "../errors.ts";

const depthMax = 64;

/** Codes of the compact protocol's types. */
export const compactType = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

/**
 * Reads Thrift's compact protocol, in which Parquet writes footers and page headers. Every read is checked against the end, lists
 * against the bytes that are left, and nesting against a limit, so that damaged bytes end in PARQUET_FILE_CORRUPT.
 */
export class CompactReader {
  readonly #bytes: Uint8Array;
  readonly #path: string;
  readonly #end: number;
  #position: number;
  #type = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, path: string, position = 0, end: number = bytes.byteLength) {
    this.#bytes = bytes;
    this.#path = path;
    this.#position = position;
    this.#end = end;
  }

  /** Where the next byte lies. */
  get position(): number {
    return this.#position;
  }

  /** Reads a struct: `field` is called with each field's number and reads the value, or skips it. */
  struct(field: (id: number) => void): void {
    this.#expect(this.#depth === 0 || this.#type === compactType.struct, "a struct");
    this.#enter();
    let id = 0;
    for (;;) {
      const header = this.#byte();
      if (header === 0) break;
      const delta = header >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      this.#type = header & 15;
      field(id);
    }
    this.#depth--;
  }

  /** Reads a list or set: `element` is called once an element. */
  list(element: (index: number) => void): void {
    this.#expect(this.#type === compactType.list || this.#type === compactType.set, "a list");
    const header = this.#byte();
    const count = header >> 4 === 15 ? this.#unsigned() : header >> 4;
    const type = header & 15;
    if (count > this.#end - this.#position) this.#corrupt("a list is longer than the bytes that hold it");
    this.#enter();
    for (let index = 0; index < count; index++) {
      this.#type = type;
      // Not all writers agree on what stands for false.
      if (type <= compactType.false) this.#type = this.#byte() === compactType.true ? compactType.true : compactType.false;
      element(index);
    }
    this.#depth--;
  }

  /** Any integer that a double holds exactly. */
  integer(): number {
    if (this.#type === compactType.byte) return (this.#byte() << 24) >> 24;
    this.#expect(this.#type >= compactType.i16 && this.#type <= compactType.i64, "an integer");
    return this.#zigzag();
  }

  boolean(): boolean {
    this.#expect(this.#type === compactType.true || this.#type === compactType.false, "a boolean");
    return this.#type === compactType.true;
  }

  /** A copy of the bytes. */
  binary(): Uint8Array {
    const [start, end] = this.#binaryRange();
    return this.#bytes.slice(start, end);
  }

  text(): string {
    const [start, end] = this.#binaryRange();
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + start, end - start).toString("utf8");
  }

  /** Passes over a value of whatever type. */
  skip(): void {
    switch (this.#type) {
      case compactType.true:
      case compactType.false:
        return;
      case compactType.byte:
        return this.#advance(1);
      case compactType.i16:
      case compactType.i32:
      case compactType.i64:
        return this.#varintEnd();
      case compactType.double:
        return this.#advance(8);
      case compactType.binary:
        return void this.#binaryRange();
      case compactType.list:
      case compactType.set:
        return this.list(() => this.skip());
      case compactType.map:
        return this.#skipMap();
      case compactType.struct:
        return this.struct(() => this.skip());
      default:
        this.#corrupt(`there is no type ${this.#type}`);
    }
  }

  #skipMap(): void {
    const count = this.#unsigned();
    if (count === 0) return;
    const types = this.#byte();
    if (count > this.#end - this.#position) this.#corrupt("a map is longer than the bytes that hold it");
    this.#enter();
    for (let index = 0; index < count; index++) {
      for (const type of [types >> 4, types & 15]) {
        this.#type = type <= compactType.false ? this.#byte() : type;
        this.skip();
      }
    }
    this.#depth--;
  }

  #binaryRange(): readonly [number, number] {
    this.#expect(this.#type === compactType.binary, "bytes");
    const length = this.#unsigned();
    const start = this.#position;
    this.#advance(length);
    return [start, this.#position];
  }

  #byte(): number {
    const byte = this.#position < this.#end ? this.#bytes[this.#position] : undefined;
    if (byte === undefined) this.#corrupt("it ends too early");
    this.#position++;
    return byte;
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.#position) this.#corrupt("it ends too early");
    this.#position += bytes;
  }

  #varintEnd(): void {
    while (this.#byte() >= 128);
  }

  #unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
      if (scale > 2 ** 63) this.#corrupt("an integer has more than 64 bits");
    }
    return value;
  }

  #zigzag(): number {
    const value = this.#unsigned();
    if (value > Number.MAX_SAFE_INTEGER) this.#corrupt("an integer is out of range");
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #enter(): void {
    if (++this.#depth > depthMax) this.#corrupt("it is nested too deeply");
  }

  #expect(condition: boolean, what: string): asserts condition {
    if (!condition) this.#corrupt(`${what} was expected, type ${this.#type} found`);
  }

  #corrupt(problem: string): never {
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path: this.#path, problem: `in its metadata, ${problem}` });
  }
}
