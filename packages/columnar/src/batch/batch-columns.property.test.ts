import { assert } from "@vonk/common/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openBlock } from "../block/block-reader.ts";
import { BatchRecord } from "../block/batch-record.ts";
import { encodeBlock } from "../block/encode-block.ts";
import { booleanType, decimalType, doubleType, longType, stringType, type DataType } from "../schema/data-type.ts";
import type { SQLValue } from "../sql-value/sql-value.ts";
import { physicalBytes, type ColumnVector, type PhysicalType } from "../vector/column-vector.ts";
import { vectorMemory, vectorReader } from "../vector/vector-reader.ts";
import { batchRecord, openBatch, recordRows } from "./batch-columns.ts";
import type { IntegerRange } from "./narrow-integers.ts";

/* Columns through records: written in place, moved, or never written, they have the values that they had. */

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
const views = vectorMemory(memory.buffer);
let end = 64;

function allocate(bytes: number): number {
  const at = end;
  end += (bytes + 79) & ~15;
  return at;
}

/** A vector of values; what stands at null rows is noise. */
function vectorOf(dataType: DataType, physical: PhysicalType, values: readonly SQLValue[]): ColumnVector {
  const width = physicalBytes[physical];
  const data = allocate(width * values.length);
  const validity = allocate(values.length);
  views.bytes.fill(0x5a, data, data + width * values.length);
  views.bytes.fill(0, validity, validity + values.length);
  for (const [row, value] of values.entries()) {
    if (value === null) continue;
    views.view.setUint8(validity + (row >> 3), views.view.getUint8(validity + (row >> 3)) | (1 << (row & 7)));
    const at = data + row * width;
    if (typeof value === "string") {
      const text = allocate(Buffer.byteLength(value));
      views.view.setUint32(at, text, true);
      views.view.setUint32(at + 4, views.bytes.write(value, text), true);
    } else if (typeof value === "number") views.view.setFloat64(at, value, true);
    else if (typeof value === "boolean") views.view.setUint8(at, value ? 1 : 0);
    else
      for (let byte = 0; byte < width; byte++) views.view.setUint8(at + byte, Number((BigInt(value as bigint) >> BigInt(8 * byte)) & 255n));
  }
  return { dataType, physical, length: values.length, data, validity: values.includes(null) ? validity : 0 };
}

function rangeOf({ dataType, physical, data, length }: ColumnVector): IntegerRange | undefined {
  const read = vectorReader({ dataType, physical, data, length, validity: 0 }, views);
  const values = Array.from({ length }, (_, row) => read(row) as bigint);
  const min = values.reduce((a, b) => (a < b ? a : b));
  const max = values.reduce((a, b) => (a > b ? a : b));
  return min < -(2n ** 63n) || max >= 2n ** 63n ? undefined : { min, max };
}

function valuesOf(vector: ColumnVector): SQLValue[] {
  const read = vectorReader(vector, views);
  return Array.from({ length: vector.length }, (_, row) => read(row));
}

const integers: Partial<Record<PhysicalType, bigint>> = { int8: 7n, int16: 15n, int32: 31n, int64: 63n, int128: 126n };

const column = fc.oneof(
  ...Object.entries(integers).map(([physical, bits]) =>
    fc
      .integer({ min: 1, max: Number(bits) })
      .chain((used) => fc.array(fc.option(fc.bigInt(-(2n ** BigInt(used)), 2n ** BigInt(used) - 1n), { freq: 6 }), { maxLength: 40 }))
      .map((values) => ({ dataType: physical === "int128" ? decimalType(38, 2) : longType, physical: physical as PhysicalType, values })),
  ),
  fc
    .array(fc.option(fc.string({ unit: "grapheme", maxLength: 9 })))
    .map((values) => ({ dataType: stringType, physical: "bytes" as const, values })),
  fc.array(fc.option(fc.double({ noNaN: true }))).map((values) => ({ dataType: doubleType, physical: "float64" as const, values })),
  fc.array(fc.option(fc.boolean())).map((values) => ({ dataType: booleanType, physical: "boolean" as const, values })),
);

test("columns of records have their values wherever the records lie", () => {
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 5 }), fc.integer({ min: 0, max: 3 }), (drawn, noise) => {
      end = 64 + 16 * noise;
      const rows = Math.min(...drawn.map(({ values }) => values.length));
      const columns = drawn.map(({ dataType, physical, values }) => vectorOf(dataType, physical, values.slice(0, rows)));
      const types = columns.map((each) => each.dataType);
      const ordinals = columns.map((_, ordinal) => ordinal).toReversed();
      const record = batchRecord({ length: rows, columns }, views, rangeOf);
      expect(recordRows(record)).toBe(rows);
      const inPlace = encodeBlock([record], { allocate: (bytes) => new Uint8Array(memory.buffer, allocate(bytes), bytes) });
      const moved = new Uint8Array(inPlace);
      const again = openBlock(encodeBlock(openBlock(moved).decode())).decode()[0];
      for (const opened of [openBlock(inPlace).decode()[0], openBlock(moved).decode()[0], again, record]) {
        assert(opened instanceof BatchRecord, "a block of a record gives a record");
        const batch = openBatch(opened, ordinals, types, { memory, allocate });
        expect(batch.length).toBe(rows);
        for (const [index, vector] of batch.columns.entries()) {
          expect(valuesOf(vector)).toEqual(drawn[ordinals[index] ?? 0]?.values.slice(0, rows));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("dictionaries stay, and integers are as narrow as they can be", () => {
  end = 64;
  const values = vectorOf(stringType, "bytes", ["b", "", "ü"]);
  const codes = vectorOf(longType, "int16", [2n, 0n, null]);
  const text: ColumnVector = { ...codes, dataType: stringType, physical: "bytes", dictionary: { width: 2, values } };
  const narrow = vectorOf(decimalType(15, 2), "int64", [-128n, 127n, 0n]);
  const record = batchRecord({ length: 3, columns: [text, narrow] }, views, rangeOf);
  const [opened] = openBlock(encodeBlock([record])).decode();
  assert(opened instanceof BatchRecord, "a block of a record gives a record");
  const batch = openBatch(opened, [0, 1], [stringType, narrow.dataType], { memory, allocate });
  expect(batch.columns.map(valuesOf)).toEqual([
    ["ü", "b", null],
    [-128n, 127n, 0n],
  ]);
  expect(batch.columns[0]?.dictionary?.width).toBe(2);
  expect(batch.columns[1]).toMatchObject({ physical: "int8", range: { min: -128n, max: 127n } });
});
