import { assert } from "@vonk/common/internal";
import { BatchRecord } from "../block/batch-record.ts";
import type { BufferPlan } from "../block/column-shape.ts";
import type { DataType } from "../schema/data-type.ts";
import { physicalBytes, type ColumnBatch, type ColumnVector, type PhysicalType } from "../vector/column-vector.ts";
import type { VectorMemory } from "../vector/vector-reader.ts";
import { integerBuffer, narrowType, type IntegerRange } from "./narrow-integers.ts";
import { openTexts, textBuffer } from "./text-buffer.ts";

/*
 * Columns in memory as a record that can be stored and sent, and back. Integers are held in as few bytes as their bounds allow; texts are found by
 * where they lie, so that a record which stays where it was written is read without touching them.
 */

/** How a column lies in a record's buffers; -1 is no buffer. */
interface ColumnPlace {
  readonly physical: PhysicalType;
  readonly data: number;
  readonly validity: number;
  /** Bounds of integers. */
  readonly min?: string;
  readonly max?: string;
  readonly dictionary?: { readonly width: 1 | 2 | 4; readonly length: number; readonly values: ColumnPlace };
}

interface BatchDescription {
  readonly rows: number;
  readonly columns: readonly ColumnPlace[];
}

/** Readers look up to 128 bytes beyond an end. */
const slackBytes = 128;

/**
 * A record of flat columns: numbers, truth values, text and binary, with and without dictionaries. It refers to the memory of the batch until it is
 * written.
 * @param rangeOf bounds of a column of integers; undefined when they do not fit into 64 bits
 */
export function batchRecord(
  batch: ColumnBatch,
  memory: VectorMemory,
  rangeOf: (column: ColumnVector) => IntegerRange | undefined,
): BatchRecord {
  const buffers: BufferPlan[] = [];
  const add = (buffer: BufferPlan): number => buffers.push(buffer) - 1;
  const copy = (from: number, bytes: number): number =>
    add({ bytes, write: (target) => target.set(memory.bytes.subarray(from, from + bytes)) });
  const place = (column: ColumnVector): ColumnPlace => {
    const validity = column.validity === 0 ? -1 : copy(column.validity, (column.length + 7) >> 3);
    const { dictionary, physical, data, length } = column;
    if (dictionary !== undefined) {
      const { width, values } = dictionary;
      return { physical, validity, data: copy(data, length * width), dictionary: { width, length: values.length, values: place(values) } };
    }
    if (physical === "bytes") return { physical, validity, data: add(textBuffer(column, memory)) };
    const range = isInteger(physical) && length > 0 ? (column.range ?? rangeOf(column)) : undefined;
    if (range === undefined) return { physical, validity, data: copy(data, length * physicalBytes[physical]) };
    const narrow = narrowType(range);
    const bounds = { min: String(range.min), max: String(range.max) };
    return { physical: narrow, validity, data: add(integerBuffer(column, narrow, memory)), ...bounds };
  };
  const columns = batch.columns.map(place);
  add({ bytes: slackBytes, write: (target) => void target.fill(0) });
  const description: BatchDescription = { rows: batch.length, columns };
  return new BatchRecord(description, buffers);
}

function isInteger(physical: PhysicalType): boolean {
  return physical.startsWith("int");
}

/** Memory for what a record's bytes have to be copied to. */
export interface OpeningMemory {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
}

/** How many rows a record has. */
export function recordRows(record: BatchRecord): number {
  return (record.description as BatchDescription).rows;
}

/** Bounds of a column of integers; undefined when they are not known. */
export function recordRange(record: BatchRecord, ordinal: number): IntegerRange | undefined {
  const { min, max } = (record.description as BatchDescription).columns[ordinal] ?? {};
  return min === undefined || max === undefined ? undefined : { min: BigInt(min), max: BigInt(max) };
}

/**
 * Columns of a record: in place where its bytes lie in `to.memory`, else copied there.
 * @param ordinals which columns, in this order
 * @param types of all columns of the record
 */
export function openBatch(record: BatchRecord, ordinals: readonly number[], types: readonly DataType[], to: OpeningMemory): ColumnBatch {
  const { rows, columns } = record.description as BatchDescription;
  const open = (place: ColumnPlace, length: number, dataType: DataType): ColumnVector => {
    const validity = place.validity < 0 ? 0 : addressOf(record.view(place.validity), to);
    const data = addressOf(record.view(place.data), to);
    const { physical, dictionary, min, max } = place;
    if (dictionary !== undefined) {
      const values = open(dictionary.values, dictionary.length, dataType);
      return { dataType, physical, length, data, validity, dictionary: { width: dictionary.width, values } };
    }
    if (physical === "bytes") return { dataType, physical, length, data: openTexts(data, length, to), validity };
    const range = min === undefined || max === undefined ? {} : { range: { min: BigInt(min), max: BigInt(max) } };
    return { dataType, physical, length, data, validity, ...range };
  };
  return {
    length: rows,
    columns: ordinals.map((ordinal) => {
      const place = columns[ordinal];
      const type = types[ordinal];
      assert(place !== undefined && type !== undefined, "a record has the columns of its plan");
      return open(place, rows, type);
    }),
  };
}

function addressOf(bytes: Uint8Array, to: OpeningMemory): number {
  const { buffer } = to.memory;
  if (bytes.buffer === buffer) return bytes.byteOffset;
  const at = to.allocate(bytes.byteLength + slackBytes);
  new Uint8Array(buffer, at, bytes.byteLength).set(bytes);
  return at;
}
