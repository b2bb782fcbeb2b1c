import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogString, MapValue, type SQLValue } from "@vonk/columnar/internal";
import { describe, expect, test } from "vitest";
import { bytesSource, readParquetMetadata } from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

const arena = testArena(8 << 20);
const rows = 130;

type Formula = (row: number) => SQLValue;

const big = (row: number): bigint => BigInt(row);
const text: Formula = (row) => (row % 11 === 0 ? "" : `é😀-${row % 17}`);
const optional =
  (formula: Formula): Formula =>
  (row) =>
    row % 7 === 3 ? null : formula(row);

/** What generate.py writes: types as Spark names them, and values. */
const columns: Record<string, readonly [type: string, formula: Formula]> = {
  bool: ["boolean", optional((i) => i % 3 === 0)],
  i8: ["tinyint", optional((i) => ((i * 37) % 256) - 128)],
  i16: ["smallint", optional((i) => ((i * 7919) % 65_536) - 32_768)],
  i32: ["int", optional((i) => i * 14_316_557 - 2 ** 31)],
  i64: ["bigint", optional((i) => big(i) * 30744573456182585n - 2n ** 62n)],
  u8: ["smallint", optional((i) => i % 256)],
  u16: ["int", optional((i) => i * 211)],
  u32: ["bigint", optional((i) => big(i) * 14316557n)],
  u64: ["decimal(20,0)", optional((i) => big(i) * 61489146912365171n)],
  f16: ["float", optional((i) => i / 4 - 10)],
  f32: ["float", optional((i) => i / 8 - 3)],
  f64: ["double", optional((i) => i / 10 - 7.7)],
  d5: ["decimal(5,2)", optional((i) => big(i * 331 - 49_000))],
  d15: ["decimal(15,2)", optional((i) => big(i) * 3344556677n - 10n ** 11n)],
  d38: ["decimal(38,4)", optional((i) => (big(i) - 150n) * 10n ** 34n + big(i))],
  date: ["date", optional((i) => i * 97 - 10_000)],
  time_ms: ["time(6)", optional((i) => big(i) * 287001n * 1000000n)],
  time_us: ["time(6)", optional((i) => big(i) * 287000001n * 1000n)],
  time_ns: ["time(6)", optional((i) => big(i) * 287000000001n)],
  ts_ms: ["timestamp", optional((i) => (big(i) * 123456789n - 10n ** 10n) * 1000n)],
  ts_us: ["timestamp", optional((i) => big(i) * 123456789123n - 10n ** 13n)],
  ts_ns: ["timestamp", optional((i) => floorThousandth(big(i) * 1234567891234567n - 10n ** 17n))],
  ts_local: ["timestamp_ntz", optional((i) => big(i) * 123456789123n - 10n ** 13n)],
  text: ["string", optional(text)],
  binary: ["binary", optional((i) => new Uint8Array(i % 5).fill(i % 256))],
  fixed: ["binary", optional((i) => Uint8Array.of(0, 0, i >> 8, i & 255))],
  required: ["bigint", big],
  step: ["bigint", (i) => big(i * 1000 + (i % 3))],
  length: ["string", optional(text)],
  sorted: ["string", (i) => `prefix/${String(Math.floor(i / 3)).padStart(5, "0")}/${"x".repeat(i % 4)}`],
};

function floorThousandth(value: bigint): bigint {
  return (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n;
}

const range = <T>(length: number, each: (index: number) => T): T[] => Array.from({ length }, (_, index) => each(index));

const integers = (i: number): readonly (number | null)[] | null =>
  i % 5 === 1 ? null : range(i % 4, (k) => ((i + k) % 4 === 0 ? null : i * 10 + k));

const nested: Record<string, readonly [type: string, formula: Formula]> = {
  list: ["array<int>", integers],
  lists: [
    "array<array<bigint>>",
    (i) => (i % 6 === 5 ? null : range(i % 3, (k) => integers(i + k)?.map((value) => (value === null ? null : BigInt(value))) ?? null)),
  ],
  map: [
    "map<string,int>",
    (i) =>
      i % 9 === 4
        ? null
        : new MapValue(
            range(i % 4, (k) => `k${k}`),
            range(i % 4, (k) => (k === 1 ? null : i + k)),
          ),
  ],
  struct: [
    "struct<a:int,b:struct<c:string,d:array<int>>>",
    (i) => (i % 8 === 2 ? null : [i % 3 === 0 ? null : i, i % 4 === 0 ? null : [text(i), integers(i)]]),
  ],
  structs: [
    "array<struct<x:bigint,y:string>>",
    (i) => (i % 7 === 6 ? null : range(i % 4, (k) => (k === 1 ? null : [BigInt(i + k), text(k)]))),
  ],
  nothing: ["array<int>", () => null],
};

const codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"].flatMap((codec) => [`codec-${codec}-v1`, `codec-${codec}-v2`]);

const files: readonly (readonly [name: string, formulas: typeof columns])[] = [
  ...["types", "types-plain", ...codecs, "pages", "pages-v2", "delta", "split", "boolean-rle", "int96", "decimal-integer", "groups"].map(
    (name) => [name, columns] as const,
  ),
  ["nested", nested],
  ["nested-pages", nested],
];

describe("files of pyarrow: every encoding, codec and type", () => {
  test.each(files)("%s", (name, formulas) => {
    arena.reset();
    const source = bytesSource(name, readFileSync(join(import.meta.dirname, "golden", `${name}.parquet`)));
    const { schema } = readParquetMetadata(source);
    const values = fileValues(source, arena);
    expect(schema.fields.length).toBeGreaterThan(0);
    for (const field of schema.fields) {
      const [type, formula] = formulas[field.name] ?? ["", () => null];
      expect({ [field.name]: catalogString(field.dataType) }).toEqual({ [field.name]: type });
      expect({ [field.name]: values[field.name] }).toEqual({ [field.name]: range(rows, formula) });
    }
  });
});
