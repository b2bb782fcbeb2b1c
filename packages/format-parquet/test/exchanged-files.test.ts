import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogString, MapValue, type SQLValue, VariantValue } from "@vonk/columnar/internal";
import { describe, expect, test } from "vitest";
import { bytesSource, columnStatistics, matchingRows, readParquetMetadata } from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

type Formula = (row: number) => SQLValue;
type Columns = Readonly<Record<string, readonly [type: string, formula: Formula]>>;

const rows = 50;
const big = (row: number): bigint => BigInt(row);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const moment: Formula = (i) => big(i) * 123_456_789_123n - 1_000_000_000_000n;

/** What tools/interop/write_golden.py writes, but that each seventh value is null: types as Spark names them, and values. */
const types: Columns = {
  bool: ["boolean", (i) => i % 3 === 0],
  i8: ["tinyint", (i) => i * 4 - 100],
  i16: ["smallint", (i) => i * 1001 - 25_000],
  i32: ["int", (i) => i * 80_000_000 - 2_000_000_000],
  i64: ["bigint", (i) => big(i) * 150_000_000_000_000_000n - 3_500_000_000_000_000_000n],
  f32: ["float", (i) => i / 8 - 3],
  f64: ["double", (i) => i / 10 - 7.7],
  d5: ["decimal(5,2)", (i) => big(i * 331 - 8000)],
  d15: ["decimal(15,2)", (i) => big(i) * 3_344_556_677n - 100_000_000_000n],
  d38: ["decimal(38,10)", (i) => BigInt(`${i - 20}123456789012345670123456789`)],
  text: ["string", (i) => `é😀-${i % 17}`],
  binary: ["binary", (i) => bytes(`b${i}`)],
  date: ["date", (i) => i * 97 - 1000],
  ts: ["timestamp", moment],
  ntz: ["timestamp_ntz", moment],
  time: ["time(6)", (i) => big(i % 24) * 3_600_000_000_000n + 1_801_500_001_000n],
  ym: ["interval year to month", (i) => 12 + i],
  dt: ["interval day to second", (i) => big(i) * 1_000_000n + 1n],
  variant: ["variant", (i) => new VariantValue(Uint8Array.of(12, i), Uint8Array.of(1, 0, 0))],
  list: ["array<bigint>", (i) => (i % 4 === 0 ? [] : [big(i), null, big(i + 1)])],
  map: ["map<string,bigint>", (i) => new MapValue(["k", "n"], [big(i), null])],
  struct: ["struct<a:int,b:struct<c:string,d:array<interval year to month>>>", (i) => [i, [`c${i}`, [i]]]],
  lists: ["array<array<bigint>>", (i) => [[big(i)], [], null]],
};

const special: Readonly<Record<string, Columns>> = {
  "spark-millis": { ts: ["timestamp", (i) => (big(i) * 123_456_789n - 1_000_000_000n) * 1000n] },
  "arrow-more": {
    dictionary: ["string", (i) => `w${i % 5}`],
    large_text: ["string", (i) => `l${i}`],
    text_view: ["string", (i) => `a view of some length ${i}`],
    large_list: ["array<bigint>", (i) => [big(i), null]],
    fixed_list: ["array<bigint>", (i) => [big(i), big(i + 1)]],
    duration: ["bigint", (i) => big(i * 1000)],
    nothing: ["void", () => null],
    d9: ["decimal(38,2)", (i) => big(i * 33_100)],
  },
  "duckdb-more": {
    kind: ["string", (i) => `k${i % 5}`],
    uid: ["binary", (i) => Uint8Array.of(...Array<number>(15).fill(0), Math.floor(i / 10) * 16 + (i % 10))],
    huge: ["double", (i) => i],
    ts_s: ["timestamp_ntz", (i) => big(i) * 1_000_000n],
    ts_ms: ["timestamp_ntz", (i) => big(i) * 1_001_000n],
    ts_ns: ["timestamp_ntz", (i) => (big(i) * 1_000_001n) / 1000n],
    json: ["string", (i) => `{"a":${i}}`],
  },
};

const golden = join(import.meta.dirname, "golden", "exchange");
const arena = testArena(8 << 20);
const names = readdirSync(golden).map((file) => file.replace(".parquet", ""));

function open(name: string): ReturnType<typeof bytesSource> {
  return bytesSource(name, readFileSync(join(golden, `${name}.parquet`)));
}

/** The formula of a column with its nulls; DuckDB's file with Bloom filters has each row twenty times. */
function valuesOf(name: string, formula: Formula, column: string): SQLValue[] {
  const all = Array.from({ length: rows }, (_, row) => (column !== "required" && row % 7 === 3 ? null : formula(row)));
  return name === "duckdb-bloom" ? all.flatMap((value) => Array<SQLValue>(20).fill(value)) : all;
}

function columnOf(name: string, column: string): readonly [type: string, formula: Formula] {
  return column === "required" ? ["bigint", big] : (special[name]?.[column] ?? types[column] ?? ["", () => null]);
}

test("there are files of Spark, pyarrow and DuckDB", () => {
  expect(names.map((name) => name.split("-")[0])).toEqual(expect.arrayContaining(["spark", "arrow", "duckdb"]));
  const metadata = readParquetMetadata(open("spark-v2"));
  expect(metadata.schema.fields.map((field) => field.name)).toEqual(["required", ...Object.keys(types)]);
});

test.each(names)("%s has all types and values", (name) => {
  const source = open(name);
  arena.reset();
  const { schema } = readParquetMetadata(source);
  const values = fileValues(source, arena);
  for (const field of schema.fields) {
    const [type, formula] = columnOf(name, field.name);
    expect({ [field.name]: catalogString(field.dataType) }).toEqual({ [field.name]: type });
    expect({ [field.name]: values[field.name] }).toEqual({ [field.name]: valuesOf(name, formula, field.name) });
  }
});

describe("statistics, Bloom filters and indexes of pages that others wrote", () => {
  const order = (a: SQLValue, b: SQLValue): number => {
    if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
    if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
    return (typeof a === "bigint" || typeof a === "number") && (typeof b === "bigint" || typeof b === "number")
      ? a < b
        ? -1
        : a > b
          ? 1
          : 0
      : 0;
  };
  const ordered = new Set(["i8", "i16", "i32", "i64", "f32", "f64", "d5", "d15", "d38", "text", "binary", "date", "ts", "ntz"]);

  test.each(["spark-v2", "spark-bloom", "arrow-bloom", "duckdb-bloom"])("%s: least and greatest values", (name) => {
    const metadata = readParquetMetadata(open(name));
    const found = metadata.schema.fields.map((field) => field.name).filter((column) => ordered.has(column));
    expect(found.length).toBeGreaterThan(4);
    for (const column of found) {
      const values = valuesOf(name, columnOf(name, column)[1], column).filter((value) => value !== null);
      const sorted = values.toSorted(order);
      const { min, max } = columnStatistics(metadata, 0, column) ?? {};
      const plain = (value: SQLValue | undefined): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);
      expect([column, plain(min), plain(max)]).toEqual([column, plain(sorted[0]), plain(sorted.at(-1))]);
    }
  });

  test.each(["spark-bloom", "arrow-bloom", "duckdb-bloom"])("%s: Bloom filters find each value and few others", (name) => {
    const source = open(name);
    const metadata = readParquetMetadata(source);
    let filters = 0;
    let others = 0;
    let wrong = 0;
    for (const leaf of metadata.leaves) {
      const chunk = metadata.rowGroups[0]?.chunks[leaf.leaf];
      if (chunk?.bloomFilter === undefined) continue;
      filters++;
      // The filter alone has to tell.
      const { columnIndex: _index, offsetIndex: _offsets, statistics: _statistics, ...bare } = chunk;
      const chunks = (metadata.rowGroups[0]?.chunks ?? []).map((each) => (each === chunk ? bare : each));
      const alone = { ...metadata, rowGroups: metadata.rowGroups.slice(0, 1).map((group) => ({ ...group, chunks })) };
      const isFound = (value: SQLValue): boolean =>
        matchingRows(source, alone, 0, [{ kind: "compare", column: leaf.name, operator: "=", value }]).length > 0;
      const [, formula] = columnOf(name, leaf.name);
      for (const value of valuesOf(name, formula, leaf.name))
        if (value !== null) expect([leaf.name, value, isFound(value)]).toEqual([leaf.name, value, true]);
      for (let row = 1000; row < 1100; row++) {
        if (leaf.name === "bool" || leaf.name === "text") continue;
        others++;
        if (isFound(columnOf(name, leaf.name)[1](row))) wrong++;
      }
    }
    expect(filters).toBeGreaterThan(3);
    expect(others).toBeGreaterThan(100);
    expect(wrong / others).toBeLessThan(0.1);
  });

  test.each(["spark-bloom", "arrow-bloom"])("%s: pages that cannot match are left out", (name) => {
    const source = open(name);
    const metadata = readParquetMetadata(source);
    for (const [column, row] of [
      ["required", 23],
      ["i32", 41],
      ["ntz", 12],
      ["binary", 9],
      ["f64", 30],
    ] as const) {
      const value = columnOf(name, column)[1](row);
      const ranges = matchingRows(source, metadata, 0, [{ kind: "compare", column, operator: "=", value }]);
      const [range, ...others] = ranges;
      expect([column, others]).toEqual([column, []]);
      expect(range?.start).toBeLessThanOrEqual(row);
      expect(range?.end).toBeGreaterThan(row);
      expect((range?.end ?? rows) - (range?.start ?? 0)).toBeLessThanOrEqual(20);
    }
  });
});
