import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogString, type SQLValue, vectorMemory, vectorReader } from "@vonk/columnar/internal";
import { describe, expect, test } from "vitest";
import { bytesSource, decodeRowGroup, type ParquetReadOptions, readParquetMetadata } from "../src/internal.ts";
import { testArena } from "./read-rows.ts";

const data = join(process.env["VONK_SHARED"] ?? join(import.meta.dirname, "../../../../shared"), "spark-data/sql-test-data");
const found = existsSync(data);
const arena = testArena(64 << 20);

function firstRow(name: string, options: ParquetReadOptions = {}): { readonly type: string; readonly row: readonly SQLValue[] } {
  const source = bytesSource(name, readFileSync(join(data, name)));
  const metadata = readParquetMetadata(source);
  arena.reset();
  const columns = metadata.schema.fields.map((field) => field.name);
  const batch = decodeRowGroup(source, metadata, 0, columns, arena, options);
  const memory = vectorMemory(arena.memory.buffer);
  return { type: catalogString(metadata.schema), row: batch.columns.map((vector) => vectorReader(vector, memory)(0)) };
}

const inner = "one:string,two:string,three:string";

const files: readonly (readonly [name: string, type: string, row: readonly SQLValue[]])[] = [
  [
    "before_1582_timestamp_int96_plain_v3_2_0.snappy.parquet",
    "struct<dict:timestamp,plain:timestamp>",
    [-30578137076876544n, -30578137076876544n],
  ],
  ["decimal32-written-as-64-bit-dict.snappy.parquet", "struct<_c0:decimal(3,1)>", [751n]],
  ["dec-in-fixed-len.parquet", "struct<fixed_len_dec:decimal(10,2)>", [0n]],
  ["group-field-with-enum-as-logical-annotation.parquet", "struct<my_list:struct<list:array<struct<element:string>>>>", [[[["hello"]]]]],
  ["impala_timestamp.parq", "struct<ts:timestamp>", [978310861000000n]],
  [
    "nested-array-struct.parquet",
    "struct<primitive:int,myComplex:array<struct<id:int,repeatedMessage:array<struct<someId:int>>>>>",
    [2, [[1, [[3]]]]],
  ],
  ["old-repeated-int.parquet", "struct<repeatedInt:array<int>>", [[1, 2, 3]]],
  [
    "old-repeated-message.parquet",
    `struct<inner:array<struct<${inner}>>>`,
    [
      [
        ["First inner", null, null],
        [null, "Second inner", null],
        [null, null, "Third inner"],
      ],
    ],
  ],
  ["proto-repeated-string.parquet", "struct<myString:array<string>>", [["hello", "world"]]],
  ["timemillis-in-i64.parquet", "struct<time:timestamp>", [10000n]],
  ["timestamp-nanos.parquet", "struct<id:bigint,name:string,birthday:timestamp>", [1n, "Alice", 1668537129000000n]],
  ["void_in_parquet.parquet", "struct<id:bigint,void_col:void>", [1n, null]],
];

describe.skipIf(!found)(`files of Spark's own tests${found ? "" : " [needs shared]"}`, () => {
  test.each(files)("%s", (name, type, row) => {
    expect(firstRow(name)).toEqual({ type, row });
  });

  test("a wrong checksum", () => {
    const name = "delta_length_byte_array.parquet";
    expect(() => firstRow(name)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }));
    expect(firstRow(name, { verifyChecksums: false }).row).toEqual(["apple_banana_mango0"]);
  });

  test("a type that SQL does not have", () => {
    expect(() => firstRow("interval-using-fixed-len-byte-array.parquet")).toThrow("FIXED_LEN_BYTE_ARRAY (INTERVAL)");
  });
});
