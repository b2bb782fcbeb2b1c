import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BumpArena, bytesSource, decodeRowGroup, readParquetMetadata } from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

// The arena is the middle of a memory: what decoding damaged bytes writes outside of it would be another task's.
const memory = new WebAssembly.Memory({ initial: 80, maximum: 80, shared: true });
const start = 8 * 65_536;
const arena = new BumpArena(memory, start, 72 * 65_536);
const around = [new Uint8Array(memory.buffer, 0, start), new Uint8Array(memory.buffer, 72 * 65_536)];
for (const bytes of around) bytes.fill(0xa5);
const isUntouched = (): boolean => around.every((bytes) => bytes.every((byte) => byte === 0xa5));
const golden = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "golden", name)));
const small = golden("small.parquet");

const codes = /^PARQUET_(ARENA_FULL|FILE_CORRUPT|FILE_ENCRYPTED|FILE_INVALID|NOT_SUPPORTED)$/;

/** The code of the error that reading ends with, or undefined. */
function failure(bytes: Uint8Array): string | undefined {
  try {
    fileValues(bytesSource("file.parquet", bytes), arena);
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
    throw error;
  }
}

test("a whole file is read", () => {
  expect(failure(small)).toBeUndefined();
});

test("files of other kinds", () => {
  const metadata = (bytes: Uint8Array) => () => readParquetMetadata(bytesSource("data/a.csv", bytes));
  expect(metadata(new Uint8Array(0))).toThrow("File data/a.csv is no Parquet file: it has 0 bytes only.");
  expect(metadata(Buffer.from("a,b,c\n1,2,3\n"))).toThrow(expect.objectContaining({ code: "PARQUET_FILE_INVALID" }));
  const encrypted = small.slice();
  encrypted.set(Buffer.from("PARE"), encrypted.length - 4);
  expect(metadata(encrypted)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_ENCRYPTED" }));
  const long = small.slice();
  long.set([255, 255, 255, 0], long.length - 8);
  expect(metadata(long)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }));
});

test("a column or a row group that is not there", () => {
  const source = bytesSource("file.parquet", small);
  const metadata = readParquetMetadata(source);
  expect(() => decodeRowGroup(source, metadata, 0, ["id", "x"], arena)).toThrow(
    expect.objectContaining({ code: "PARQUET_COLUMN_NOT_FOUND", params: { path: "file.parquet", column: "x", columns: ["id", "name"] } }),
  );
  expect(() => decodeRowGroup(source, metadata, 7, ["id"], arena)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }));
});

test("an arena that is too small", () => {
  const source = bytesSource("file.parquet", small);
  const tiny = testArena(1);
  tiny.allocate(130_000);
  expect(() => decodeRowGroup(source, readParquetMetadata(source), 0, ["id"], tiny)).toThrow(
    expect.objectContaining({ code: "PARQUET_ARENA_FULL" }),
  );
});

test("a codec that there is no decoder for", () => {
  const source = bytesSource("file.parquet", small);
  const metadata = readParquetMetadata(source);
  const rowGroups = metadata.rowGroups.map((group) => ({
    ...group,
    chunks: group.chunks.map((chunk) => ({ ...chunk, codec: "LZO" as const })),
  }));
  arena.reset();
  expect(() => decodeRowGroup(source, { ...metadata, rowGroups }, 0, ["id"], arena)).toThrow(
    expect.objectContaining({ code: "PARQUET_NOT_SUPPORTED" }),
  );
});

describe("damage", () => {
  const files = [
    "small",
    "types-plain",
    "codec-snappy-v1",
    "codec-lz4-v2",
    "codec-zstd-v1",
    "pages",
    "delta",
    "split",
    "boolean-rle",
    "int96",
    "nested",
    "nested-pages",
    "duckdb-lz4_raw-v1",
    "duckdb-snappy-v2",
  ].map((name) => ({ name, bytes: golden(`${name}.parquet`) }));

  test.each(files)("$name, cut off", ({ bytes }) => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(failure(bytes.slice(0, length))).toMatch(codes);
      }),
    );
  });

  test.each(files)("$name, with other bytes", ({ bytes }) => {
    const edit = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const damaged = bytes.slice();
        for (const { at, byte } of edits) damaged[at] = byte;
        expect(failure(damaged) ?? "PARQUET_FILE_CORRUPT").toMatch(codes);
      }),
      { numRuns: Number(process.env["VONK_FUZZ_RUNS"] ?? 500) },
    );
    expect(isUntouched()).toBe(true);
  });
});
