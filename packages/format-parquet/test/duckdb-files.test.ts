import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogString, MapValue, type SQLValue } from "@vonk/columnar/internal";
import { expect, test } from "vitest";
import { bytesSource, readParquetMetadata } from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

type Formula = (row: number) => SQLValue;

const big = (row: number): bigint => BigInt(row);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** 1969-12-31 23:00:00.000001, and a minute a row. */
const moment: Formula = (row) => -3_599_999_999n + big(row) * 60_000_000n;

/** What generate-duckdb.py writes: types as Spark names them, and values. */
const columns: Readonly<Record<string, readonly [type: string, formula: Formula]>> = {
  i8: ["tinyint", (i) => i],
  i16: ["smallint", (i) => i * 300],
  i32: ["int", (i) => i * 20_000_000],
  i64: ["bigint", (i) => big(i) * 90_000_000_000_000_000n],
  u8: ["smallint", (i) => i],
  u16: ["int", (i) => i * 600],
  u32: ["bigint", (i) => big(i) * 40_000_000n],
  u64: ["decimal(20,0)", (i) => big(i) * 180_000_000_000_000_000n],
  bool: ["boolean", (i) => i % 2 === 0],
  f32: ["float", (i) => i / 8],
  f64: ["double", (i) => i / 3],
  d4: ["decimal(4,2)", big],
  d9: ["decimal(9,2)", (i) => big(i) * 125n],
  d18: ["decimal(18,3)", (i) => big(i) * 1_000_500n],
  d38: ["decimal(38,5)", (i) => big(i) * 700_000n],
  text: ["string", (i) => `é${i}`],
  bin: ["binary", (i) => bytes(`b${i}`)],
  day: ["date", (i) => i - 31],
  clock: ["time(6)", (i) => 1_500_000_000n + big(i) * 60_000_000_000n],
  local: ["timestamp_ntz", moment],
  moment: ["timestamp", moment],
  holes: ["bigint", (i) => (i % 3 === 0 ? null : big(i))],
  list: ["array<bigint>", (i) => [big(i), null, big(i + 1)]],
  map: ["map<string,bigint>", (i) => new MapValue(["k", "n"], [big(i), null])],
  struct: ["struct<x:bigint,y:array<string>>", (i) => [big(i), ["q", null]]],
  lists: ["array<array<bigint>>", (i) => [[big(i)], []]],
};

const golden = join(import.meta.dirname, "golden");
const arena = testArena(8 << 20);

test.each(readdirSync(golden).filter((name) => name.startsWith("duckdb-")))("DuckDB's %s has all types and values", (name) => {
  const source = bytesSource(name, readFileSync(join(golden, name)));
  const { schema } = readParquetMetadata(source);
  expect(Object.fromEntries(schema.fields.map((field) => [field.name, catalogString(field.dataType)]))).toEqual(
    Object.fromEntries(Object.entries(columns).map(([column, [type]]) => [column, type])),
  );
  const values = fileValues(source, arena);
  for (const [column, [, formula]] of Object.entries(columns)) {
    expect({ [column]: values[column] }).toEqual({ [column]: Array.from({ length: 100 }, (_, row) => formula(row)) });
  }
});
