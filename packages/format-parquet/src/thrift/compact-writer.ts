import { ByteSink } from "../encoding/byte-sink.ts";
import { compactType } from "./compact-reader.ts";

/** Writes Thrift's compact protocol: fields in rising order of their numbers, within `struct`. */
export class CompactWriter {
  readonly #sink = new ByteSink();
  #last = 0;

  /** What was written. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#sink.written();
  }

  /** A struct that stands alone or is an element. */
  struct(fields: () => void): void {
    const outer = this.#last;
    this.#last = 0;
    fields();
    this.#sink.byte(0);
    this.#last = outer;
  }

  structField(id: number, fields: () => void): void {
    this.#header(id, compactType.struct);
    this.struct(fields);
  }

  /** An i32, or an i64 when it is `wide`. */
  integerField(id: number, value: number, wide = false): void {
    this.#header(id, wide ? compactType.i64 : compactType.i32);
    this.#zigzag(value);
  }

  byteField(id: number, value: number): void {
    this.#header(id, compactType.byte);
    this.#sink.byte(value);
  }

  booleanField(id: number, value: boolean): void {
    this.#header(id, value ? compactType.true : compactType.false);
  }

  bytesField(id: number, value: Uint8Array): void {
    this.#header(id, compactType.binary);
    this.#sink.varint(value.byteLength);
    this.#sink.bytes(value);
  }

  textField(id: number, value: string): void {
    this.bytesField(id, Buffer.from(value));
  }

  structListField<T>(id: number, elements: readonly T[], fields: (element: T) => void): void {
    this.#list(id, compactType.struct, elements.length);
    for (const element of elements) this.struct(() => fields(element));
  }

  integerListField(id: number, elements: readonly number[]): void {
    this.#list(id, compactType.i32, elements.length);
    for (const element of elements) this.#zigzag(element);
  }

  wideListField(id: number, elements: readonly number[]): void {
    this.#list(id, compactType.i64, elements.length);
    for (const element of elements) this.#zigzag(element);
  }

  booleanListField(id: number, elements: readonly boolean[]): void {
    this.#list(id, compactType.true, elements.length);
    for (const element of elements) this.#sink.byte(element ? compactType.true : compactType.false);
  }

  textListField(id: number, elements: readonly string[]): void {
    this.bytesListField(
      id,
      elements.map((element) => Buffer.from(element)),
    );
  }

  bytesListField(id: number, elements: readonly Uint8Array[]): void {
    this.#list(id, compactType.binary, elements.length);
    for (const element of elements) {
      this.#sink.varint(element.byteLength);
      this.#sink.bytes(element);
    }
  }

  #list(id: number, type: number, count: number): void {
    this.#header(id, compactType.list);
    if (count < 15) this.#sink.byte((count << 4) | type);
    else {
      this.#sink.byte(0xf0 | type);
      this.#sink.varint(count);
    }
  }

  #header(id: number, type: number): void {
    const delta = id - this.#last;
    this.#last = id;
    if (delta > 0 && delta < 16) this.#sink.byte((delta << 4) | type);
    else {
      this.#sink.byte(type);
      this.#zigzag(id);
    }
  }

  #zigzag(value: number): void {
    this.#sink.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }
}
