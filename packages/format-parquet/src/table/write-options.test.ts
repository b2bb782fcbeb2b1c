import { expect, test } from "vitest";
import { bloomOptions, writeSettings } from "./write-options.ts";

test("sizes and Bloom filters, by parquet-mr's names", () => {
  const { codec, limits, bloom } = writeSettings({
    compression: "ZSTD",
    "parquet.block.size": "1000000",
    "parquet.page.row.count.limit": "100",
    "parquet.enable.dictionary": "false",
    "parquet.bloom.filter.enabled": "true",
    "parquet.bloom.filter.enabled#a.b": "false",
    "parquet.bloom.filter.expected.ndv#C": "77",
    "parquet.bloom.filter.fpp": "0.1",
    "parquet.bloom.filter.max.bytes": "4096",
    unknown: "1",
  });
  expect([codec, limits]).toEqual(["zstd", { rowGroupBytesMax: 1_000_000, pageValuesMax: 100, dictionaryBytesMax: 0 }]);
  expect(bloomOptions(bloom, "a.b")).toBeUndefined();
  expect(bloomOptions(bloom, "C")).toEqual({ falsePositiveRate: 0.1, bytesMax: 4096, expectedDistinct: 77 });
  expect(bloomOptions(writeSettings({ "parquet.bloom.filter.enabled#x": "true" }).bloom, "x")).toEqual({
    falsePositiveRate: 0.01,
    bytesMax: 1 << 20,
  });
  expect(bloomOptions(writeSettings({}).bloom, "x")).toBeUndefined();
});

test.each([
  ["parquet.bloom.filter.enabled#a", "yes"],
  ["parquet.bloom.filter.fpp", "1"],
  ["parquet.block.size", "-3"],
])("%s cannot be %s", (option, value) => {
  expect(() => writeSettings({ [option]: value })).toThrow(expect.objectContaining({ code: "PARQUET_OPTION_INVALID" }));
});

test("a codec that files are not written with", () => {
  expect(() => writeSettings({ compression: "lzo" })).toThrow(expect.objectContaining({ code: "PARQUET_CODEC_UNKNOWN" }));
});
