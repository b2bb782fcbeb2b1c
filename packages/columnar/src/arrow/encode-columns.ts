import { assert } from "@vonk/common/internal";
import { columnarErrors } from "../errors.ts";
import type { VectorMemory } from "../vector/vector-reader.ts";
import type { ColumnBatch, ColumnVector } from "../vector/column-vector.ts";
import type { ArrowField } from "./arrow-field.ts";
import type { BatchLayout } from "./write-message.ts";

/** Buffers of a body begin at multiples of it. */
const alignment = 8;

/** Offsets are signed integers of 32 bits. */
const offsetMax = 2 ** 31 - 1;

/** A body and what its metadata says. */
export interface EncodedBatch {
  readonly layout: BatchLayout;
  readonly body: readonly Uint8Array[];
}

/**
 * The columns of a batch in Arrow's layout: validity as bits, text with offsets, integers in the width of their type. What is a dictionary here
 * is written as its values. @throws ARROW_NOT_SUPPORTED when a column has 2 GiB of text
 */
export function encodeColumns(fields: readonly ArrowField[], batch: ColumnBatch, memory: VectorMemory): EncodedBatch {
  const encoder = new Encoder(memory);
  fields.forEach((field, index) => {
    const vector = batch.columns[index];
    assert(vector !== undefined, "a batch has the columns of its schema");
    encoder.column(field, vector, { start: 0, length: batch.length }, undefined);
  });
  return encoder.finish(batch.length);
}

/** Rows of a vector: some in their order from `start` on, or those of a list. */
interface Rows {
  readonly start: number;
  readonly length: number;
  readonly indices?: Uint32Array;
}

/** A byte a row, 0 where it is null; undefined when none is. */
type Validity = Uint8Array | undefined;

class Encoder {
  readonly #memory: VectorMemory;
  readonly #nodes: { length: number; nulls: number }[] = [];
  readonly #buffers: { offset: number; bytes: number }[] = [];
  readonly #body: Uint8Array[] = [];
  #bytes = 0;

  constructor(memory: VectorMemory) {
    this.#memory = memory;
  }

  finish(length: number): EncodedBatch {
    return { layout: { length, nodes: this.#nodes, buffers: this.#buffers, bodyBytes: this.#bytes }, body: this.#body };
  }

  /** Appends the buffers of a field and its parts. Rows whose parent is null are null. */
  column(field: ArrowField, vector: ColumnVector, rows: Rows, parent: Validity): void {
    const valid = this.#validity(vector, rows, parent);
    const nulls = valid === undefined ? 0 : valid.reduce((count, each) => count - each, rows.length);
    this.#nodes.push({ length: rows.length, nulls: field.type.kind === "null" ? rows.length : nulls });
    // A column of nothing has no buffers.
    if (field.type.kind === "null") return;
    this.#push(valid === undefined || nulls === 0 ? new Uint8Array(0) : toBits(valid));
    if (vector.dictionary === undefined) return this.#values(field, vector, rows, valid);
    this.#values(field, vector.dictionary.values, this.#codes(vector, vector.dictionary.width, rows, valid), valid);
  }

  #validity(vector: ColumnVector, rows: Rows, parent: Validity): Validity {
    if (vector.validity === 0) return parent;
    const { bytes } = this.#memory;
    const valid = new Uint8Array(rows.length);
    for (let index = 0; index < rows.length; index++) {
      const row = rowAt(rows, index);
      valid[index] = ((bytes[vector.validity + (row >> 3)] ?? 0) >> (row & 7)) & 1 & (parent?.[index] ?? 1);
    }
    return valid;
  }

  /** Which value of a dictionary each row is; the first where it is null. */
  #codes({ data }: ColumnVector, width: 1 | 2 | 4, rows: Rows, valid: Validity): Rows {
    const { view } = this.#memory;
    const indices = new Uint32Array(rows.length);
    for (let index = 0; index < rows.length; index++) {
      if (valid?.[index] === 0) continue;
      const at = data + rowAt(rows, index) * width;
      indices[index] = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    }
    return { start: 0, length: rows.length, indices };
  }

  #values(field: ArrowField, vector: ColumnVector, rows: Rows, valid: Validity): void {
    switch (vector.physical) {
      case "struct":
        return field.children.forEach((child, index) => this.column(child, childOf(vector, index), rows, valid));
      case "list":
        return this.#list(field, vector, rows, valid);
      case "bytes":
        return this.#texts(vector, rows, valid);
      case "boolean":
        return this.#booleans(vector, rows, valid);
      default:
        return this.#push(this.#fixed(field, vector, rows));
    }
  }

  #list(field: ArrowField, vector: ColumnVector, rows: Rows, valid: Validity): void {
    const { view } = this.#memory;
    const offsets = new Int32Array(rows.length + 1);
    let total = 0;
    for (let index = 0; index < rows.length; index++) {
      if (valid?.[index] !== 0) total += view.getUint32(vector.data + rowAt(rows, index) * 8 + 4, true);
      if (total > offsetMax) throw tooLong(field);
      offsets[index + 1] = total;
    }
    this.#push(bytesOf(offsets));
    const entries = this.#entries(vector, rows, valid, total);
    if (field.type.kind !== "map")
      return field.children.forEach((child, index) => this.column(child, childOf(vector, index), entries, undefined));
    // The entries of a map are a struct of their own.
    this.#nodes.push({ length: total, nulls: 0 });
    this.#push(new Uint8Array(0));
    field.children[0]?.children.forEach((child, index) => this.column(child, childOf(vector, index), entries, undefined));
  }

  /** The rows of a list's elements, one list behind the other. */
  #entries(vector: ColumnVector, rows: Rows, valid: Validity, total: number): Rows {
    const { view } = this.#memory;
    const indices = new Uint32Array(total);
    let next = 0;
    for (let index = 0; index < rows.length; index++) {
      if (valid?.[index] === 0) continue;
      const at = vector.data + rowAt(rows, index) * 8;
      const first = view.getUint32(at, true);
      for (let entry = 0, count = view.getUint32(at + 4, true); entry < count; entry++) indices[next++] = first + entry;
    }
    return { start: 0, length: total, indices };
  }

  #texts(vector: ColumnVector, rows: Rows, valid: Validity): void {
    const { view, bytes } = this.#memory;
    const offsets = new Int32Array(rows.length + 1);
    let total = 0;
    for (let index = 0; index < rows.length; index++) {
      if (valid?.[index] !== 0) total += view.getUint32(vector.data + rowAt(rows, index) * 8 + 4, true);
      if (total > offsetMax) throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: "more than 2 GiB of text in a batch" });
      offsets[index + 1] = total;
    }
    const text = new Uint8Array(total);
    for (let index = 0; index < rows.length; index++) {
      const [start = 0, end = 0] = [offsets[index], offsets[index + 1]];
      if (start === end) continue;
      const from = view.getUint32(vector.data + rowAt(rows, index) * 8, true);
      text.set(bytes.subarray(from, from + end - start), start);
    }
    this.#push(bytesOf(offsets));
    this.#push(text);
  }

  #booleans(vector: ColumnVector, rows: Rows, valid: Validity): void {
    const { bytes } = this.#memory;
    const values = new Uint8Array(rows.length);
    for (let index = 0; index < rows.length; index++) {
      if (valid?.[index] !== 0 && bytes[vector.data + rowAt(rows, index)] !== 0) values[index] = 1;
    }
    this.#push(toBits(values));
  }

  /** Numbers in the width of their type, which may be more or less than the vector's. */
  #fixed(field: ArrowField, vector: ColumnVector, rows: Rows): Uint8Array {
    const { view, bytes } = this.#memory;
    const from = widths[vector.physical] ?? 0;
    const to = fixedBytes(field);
    if (from === to && rows.indices === undefined) {
      const start = vector.data + rows.start * from;
      return Uint8Array.from(bytes.subarray(start, start + rows.length * from));
    }
    const target = new Uint8Array(rows.length * to);
    if (from === to) {
      for (let index = 0; index < rows.length; index++) {
        const at = vector.data + rowAt(rows, index) * from;
        for (let byte = 0; byte < from; byte++) target[index * to + byte] = bytes[at + byte] ?? 0;
      }
      return target;
    }
    const wide = new DataView(target.buffer);
    for (let index = 0; index < rows.length; index++) {
      const at = vector.data + rowAt(rows, index) * from;
      const value =
        from === 8
          ? view.getBigInt64(at, true)
          : BigInt(from === 4 ? view.getInt32(at, true) : from === 2 ? view.getInt16(at, true) : view.getInt8(at));
      putInteger(wide, index * to, to, value);
    }
    return target;
  }

  #push(bytes: Uint8Array): void {
    this.#buffers.push({ offset: this.#bytes, bytes: bytes.byteLength });
    const padding = (alignment - (bytes.byteLength % alignment)) % alignment;
    this.#body.push(bytes, new Uint8Array(padding));
    this.#bytes += bytes.byteLength + padding;
  }
}

const widths: Readonly<Partial<Record<ColumnVector["physical"], number>>> = {
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  int128: 16,
  float32: 4,
  float64: 8,
};

function rowAt({ start, indices }: Rows, index: number): number {
  return indices === undefined ? start + index : (indices[index] ?? 0);
}

function childOf(vector: ColumnVector, index: number): ColumnVector {
  const child = vector.children?.[index];
  assert(child !== undefined, "a vector has the parts of its type");
  return child;
}

/** Bytes of a value of a type of one width. */
function fixedBytes({ type }: ArrowField): number {
  switch (type.kind) {
    case "int":
    case "float":
    case "decimal":
    case "time":
      return type.bits / 8;
    case "timestamp":
    case "duration":
      return 8;
    default:
      return 4;
  }
}

function putInteger(view: DataView, at: number, bytes: number, value: bigint): void {
  if (bytes === 1) return view.setInt8(at, Number(value));
  if (bytes === 2) return view.setInt16(at, Number(value), true);
  if (bytes === 4) return view.setInt32(at, Number(value), true);
  view.setBigInt64(at, value, true);
  if (bytes === 16) view.setBigInt64(at + 8, value >> 64n, true);
}

function toBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array((flags.length + 7) >> 3);
  for (let index = 0; index < flags.length; index++)
    if (flags[index] !== 0) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  return bits;
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tooLong(field: ArrowField): Error {
  return columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `more than ${offsetMax} elements of ${field.name} in a batch` });
}
