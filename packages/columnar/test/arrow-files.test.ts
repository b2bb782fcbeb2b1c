import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArrowWriter,
  calendarIntervalType,
  catalogString,
  openArrow,
  type SQLValue,
  stringType,
  structField,
  structType,
  vectorMemory,
  vectorReader,
} from "../src/internal.ts";
import { batchOf, TestMemory } from "./vectors-of-rows.ts";

type Formula = (row: number) => SQLValue;

const memory = new TestMemory(16);
const rows = 50;
const big = (row: number): bigint => BigInt(row);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const moment =
  (factor: bigint): Formula =>
  (i) =>
    (big(i) * 1001n - 20_000n) * factor;
const nanos: Formula = (i) => (big(i) * 1001n - 20_000n - ((((big(i) * 1001n - 20_000n) % 1000n) + 1000n) % 1000n)) / 1000n;
const cents: Formula = (i) => big(i * 7 - 90);

/** What tools/interop/write_golden.py writes, but that each seventh value is null: types as SQL names them, and values. */
const types: Readonly<Record<string, readonly [type: string, formula: Formula]>> = {
  u8: ["smallint", (i) => i * 5],
  u16: ["int", (i) => i * 1300],
  u32: ["bigint", (i) => big(i) * 80_000_000n],
  u64: ["decimal(20,0)", (i) => big(i) * 370_000_000_000_000_000n],
  f16: ["float", (i) => i / 4],
  large_text: ["string", (i) => `é${i}`],
  large_binary: ["binary", (i) => bytes(String(i))],
  large_list: ["array<bigint>", (i) => [big(i), null]],
  fixed: ["binary", (i) => bytes(String(i).padStart(3, "0"))],
  fixed_list: ["array<int>", (i) => [i, i + 1]],
  date64: ["date", (i) => i],
  ts_s: ["timestamp", moment(1_000_000n)],
  ts_ms: ["timestamp", moment(1000n)],
  ts_us: ["timestamp", moment(1n)],
  ts_ns: ["timestamp", nanos],
  ntz: ["timestamp_ntz", nanos],
  time_s: ["time(6)", (i) => big(i) * 1_000_000_000n],
  time_ms: ["time(6)", (i) => big(i) * 1_000_000n],
  time_us: ["time(6)", (i) => big(i) * 1000n],
  time_ns: ["time(6)", big],
  for_s: ["interval day to second", moment(1_000_000n)],
  for_ms: ["interval day to second", moment(1000n)],
  for_us: ["interval day to second", moment(1n)],
  for_ns: ["interval day to second", nanos],
  d32: ["decimal(9,2)", cents],
  d64: ["decimal(18,2)", cents],
  d256: ["decimal(38,2)", cents],
  codes8: ["string", (i) => ["a", null, "c"][i % 3] ?? null],
  codes16: ["bigint", (i) => BigInt((i % 4) * 10 + 10)],
  codes64: ["array<bigint>", (i) => (i % 2 === 0 ? [1n] : [2n, 3n])],
  coded_list: ["array<string>", (i) => [`x${(2 * i) % 7}`, `x${(2 * i + 1) % 7}`]],
};

function open(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, "golden", name));
}

function read(file: Uint8Array): Record<string, SQLValue[]> {
  const reader = openArrow(file);
  const values: Record<string, SQLValue[]> = Object.fromEntries(reader.schema.fields.map(({ name }) => [name, []]));
  memory.reset();
  for (const { columns, length } of reader.batches(memory)) {
    const views = vectorMemory(memory.memory.buffer);
    reader.schema.fields.forEach(({ name }, index) => {
      const column = columns[index];
      if (column === undefined) return;
      const each = vectorReader(column, views);
      for (let row = 0; row < length; row++) values[name]?.push(each(row));
    });
    memory.reset();
  }
  return values;
}

describe("what pyarrow writes", () => {
  test.each(["types.arrows", "types.arrow", "zstd.arrows"])("%s", (name) => {
    const file = open(name);
    const { fields } = openArrow(file).schema;
    expect(fields.length).toBeGreaterThan(3);
    const values = read(file);
    for (const field of fields) {
      const [type, formula] = types[field.name] ?? ["", () => null];
      expect([field.name, catalogString(field.dataType)]).toEqual([field.name, type]);
      const isNull = (row: number): boolean => row % 7 === 3 && field.name !== "coded_list";
      const expected = Array.from({ length: rows }, (_, row) => (isNull(row) ? null : formula(row)));
      expect([field.name, values[field.name]]).toEqual([field.name, expected]);
    }
  });

  test.each(["deltas.arrows", "replaced.arrows"])("%s: dictionaries that change between batches", (name) => {
    const words = [5, 8, 10].flatMap((until) => Array.from({ length: 10 }, (_, i) => `w${i % until}`));
    expect(read(open(name))).toEqual({ word: words });
    memory.reset();
    for (const { columns } of openArrow(open(name)).batches(memory)) expect(columns[0]?.dictionary?.width).toBe(4);
  });

  test("what is compressed with LZ4 is refused", () => {
    expect(() => read(open("lz4.arrows"))).toThrow(expect.objectContaining({ code: "ARROW_NOT_SUPPORTED" }));
  });
});

test("a type that vectors do not have", () => {
  const schema = structType([structField("a", calendarIntervalType)]);
  expect(() => new ArrowWriter(schema, () => undefined)).toThrow(expect.objectContaining({ code: "ARROW_NOT_SUPPORTED" }));
});

describe("damaged data", () => {
  const outcome = (file: Uint8Array): string => {
    try {
      read(file);
      return "read";
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : `not expected: ${String(error)}`;
    }
  };
  const known = ["read", "ARROW_CORRUPT", "ARROW_NOT_SUPPORTED"];

  test("cut off anywhere", () => {
    for (const name of ["types.arrow", "types.arrows"]) {
      const file = open(name);
      const outcomes = Array.from({ length: 60 }, (_, part) => outcome(file.subarray(0, Math.floor((file.byteLength * part) / 60))));
      expect(outcomes.filter((each) => !known.includes(each))).toEqual([]);
      expect(outcomes).toContain("ARROW_CORRUPT");
    }
    expect(() => openArrow(new Uint8Array(0))).toThrow("ARROW_CORRUPT");
  });

  test("with another byte anywhere", () => {
    const schema = structType([
      structField("text", stringType),
      structField("list", { kind: "array", element: stringType, containsNull: true }),
    ]);
    const parts: Uint8Array[] = [];
    const writer = new ArrowWriter(schema, (part) => parts.push(part), { form: "file" });
    memory.reset();
    const batch = batchOf(
      schema,
      [
        ["a", ["b", null]],
        [null, null],
        ["", []],
      ],
      memory,
      { isNarrow: false, isWide: false, isCoded: false, isReversed: false },
    );
    writer.writeBatch(batch, vectorMemory(memory.memory.buffer));
    writer.close();
    const file = Buffer.concat(parts);
    fc.assert(
      fc.property(fc.nat(file.byteLength - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(file);
        damaged[at] = byte;
        expect(known).toContain(outcome(damaged));
      }),
      { numRuns: 2000 },
    );
  });
});
