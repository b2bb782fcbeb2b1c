import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { createLocalFileSystem } from "@vonk/filesystem/internal";
import type { DataType, SQLValue } from "@vonk/columnar/internal";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { bytesSource, fetchParquetMetadata, fileSource, readParquetMetadata } from "../src/internal.ts";
import { columnValues, testArena } from "./read-rows.ts";

const shared = process.env["VONK_SHARED"] ?? join(import.meta.dirname, "../../../../shared");
const data = join(shared, "tpc/data");
const found = existsSync(data);
const files = found
  ? readdirSync(data).flatMap((folder) => readdirSync(join(data, folder)).map((name) => join(folder, name)))
  : ["tpch-sf0.01/lineitem.parquet"];

/** The other reader's value as ours are. */
function expected(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "decimal":
      return BigInt(Math.round(Number(value) * 10 ** type.scale));
    case "date":
      return value instanceof Date ? value.getTime() / 86_400_000 : value;
    case "time":
      return typeof value === "bigint" ? value * 1000n : value;
    default:
      return value;
  }
}

function sameValues(mine: readonly SQLValue[], theirs: readonly unknown[]): boolean {
  return mine.length === theirs.length && mine.every((value, row) => value === theirs[row]);
}

describe.skipIf(!found)(`TPC tables as another reader has them${found ? "" : " [needs shared]"}`, () => {
  const arena = testArena(256 << 20);
  const { sync } = createLocalFileSystem();

  test.each(files)("%s", async (name) => {
    const path = join(data, name);
    assert(sync !== undefined, "local files are read synchronously");
    const handle = sync.openSync(path);
    const source = fileSource(path, sync, handle);
    const metadata = readParquetMetadata(source);
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file, compressors: { ZSTD: (input) => zstdDecompressSync(input) } });
    expect(rows.length).toBe(metadata.rows);
    for (const { name: column, dataType } of metadata.schema.fields) {
      const mine = columnValues(source, metadata, column, arena);
      const theirs = rows.map((row) => expected(dataType, row[column]));
      if (!sameValues(mine, theirs)) expect({ column, values: mine }).toEqual({ column, values: theirs });
    }
    expect(await fetchParquetMetadata(path, bytes.byteLength, createLocalFileSystem())).toEqual(metadata);
    expect(readParquetMetadata(bytesSource(path, bytes))).toEqual(metadata);
    sync.closeSync(handle);
  });
});
