import { tableFromIPC, tableToIPC } from "apache-arrow";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ArrowWriteOptions,
  ArrowWriter,
  type ColumnBatch,
  type DataType,
  MapValue,
  openArrow,
  sameType,
  type SQLRow,
  type SQLValue,
  stringType,
  structField,
  type StructType,
  structType,
  VariantValue,
  vectorMemory,
  vectorReader,
} from "../src/internal.ts";
import { tables } from "./arbitrary-rows.ts";
import { batchOf, TestMemory, type VectorStyle } from "./vectors-of-rows.ts";

const memory = new TestMemory(64);

const styles: fc.Arbitrary<VectorStyle> = fc.record({
  isNarrow: fc.boolean(),
  isWide: fc.boolean(),
  isCoded: fc.boolean(),
  isReversed: fc.boolean(),
});
const forms = fc.constantFrom("stream", "file" as const);

/** Rows as Arrow data, in two batches. */
function written(schema: StructType, rows: readonly SQLRow[], style: VectorStyle, options: ArrowWriteOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new ArrowWriter(schema, (bytes) => parts.push(bytes), options);
  const middle = rows.length >> 1;
  for (const part of [rows.slice(0, middle), rows.slice(middle)]) {
    memory.reset();
    writer.writeBatch(batchOf(schema, part, memory, style), vectorMemory(memory.memory.buffer));
  }
  const size = writer.close();
  const bytes = Buffer.concat(parts);
  expect(bytes.byteLength).toBe(size);
  return bytes;
}

function rowsOf({ columns, length }: ColumnBatch): SQLValue[][] {
  const readers = columns.map((column) => vectorReader(column, vectorMemory(memory.memory.buffer)));
  return Array.from({ length }, (_, row) => readers.map((read) => read(row)));
}

function readAll(bytes: Uint8Array): SQLValue[][] {
  const rows: SQLValue[][] = [];
  memory.reset();
  for (const batch of openArrow(bytes).batches(memory)) {
    rows.push(...rowsOf(batch));
    memory.reset();
  }
  return rows;
}

/** The type that comes back: text has no length, and an interval all its fields. */
function readType(type: DataType): DataType {
  switch (type.kind) {
    case "char":
    case "varchar":
      return stringType;
    case "array":
      return { ...type, element: readType(type.element) };
    case "map":
      return { ...type, key: readType(type.key), value: readType(type.value) };
    case "struct":
      return structType(type.fields.map((field) => structField(field.name, readType(field.dataType), field.nullable)));
    default:
      return type;
  }
}

test("what is written is read", () => {
  fc.assert(
    fc.property(tables, styles, forms, ({ schema, rows }, style, form) => {
      const bytes = written(schema, rows, style, { form });
      expect(sameType(openArrow(bytes).schema, readType(schema))).toBe(true);
      expect(readAll(bytes)).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

test("apache-arrow reads what is written, and what it writes is read", () => {
  fc.assert(
    fc.property(tables, styles, forms, forms, ({ schema, rows }, style, form, other) => {
      const table = tableFromIPC(written(schema, rows, style, { form, timeZone: "Europe/Amsterdam" }));
      expect(table.numRows).toBe(rows.length);
      schema.fields.forEach(({ dataType, nullable }, column) => {
        expect(table.schema.fields[column]?.nullable).toBe(nullable);
        const vector = table.getChildAt(column);
        const values = rows.map((_, row) => fromArrow(dataType, vector?.get(row)));
        expect(values).toEqual(rows.map((row) => row[column]));
      });
      // Without batches it writes none.
      if (table.batches.length > 0) expect(readAll(tableToIPC(table, other))).toEqual(rows);
    }),
    { numRuns: 200 },
  );
});

/** A value as apache-arrow gives it. */
function fromArrow(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "date":
      return Number(value) / 86_400_000;
    case "timestamp":
    case "timestamp_ntz":
      return BigInt(Math.round(Number(value) * 1000));
    case "decimal":
      return value instanceof Uint32Array
        ? BigInt.asIntN(
            128,
            value.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
          )
        : value;
    case "year-month-interval": {
      const [years = 0, months = 0] = value as Int32Array;
      return years * 12 + months;
    }
    case "array":
      return Array.from(value as Iterable<unknown>, (each) => fromArrow(type.element, each));
    case "map": {
      const entries = [...(value as Iterable<readonly [unknown, unknown]>)];
      return new MapValue(
        entries.map(([key]) => key as SQLValue),
        entries.map(([, each]) => fromArrow(type.value, each) as SQLValue),
      );
    }
    case "struct":
      return type.fields.map(({ name, dataType }) => fromArrow(dataType, partOf(value, name)));
    case "variant": {
      const [bytes, metadata] = [partOf(value, "value"), partOf(value, "metadata")];
      return bytes instanceof Uint8Array && metadata instanceof Uint8Array ? new VariantValue(bytes, metadata) : value;
    }
    default:
      return value;
  }
}

function partOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
