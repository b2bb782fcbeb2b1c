import { deflateRawSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Decoding } from "../column/decoding.ts";
import { decodeLevels, levelRange } from "../column/level-decoder.ts";
import { snappyCompress } from "../encoding/snappy-compress.ts";
import { BumpArena } from "../memory/arena.ts";
import { bytesSource } from "../metadata/parquet-source.ts";
import { encoding, type ParquetCodec } from "../metadata/parquet-enums.ts";
import { decompress } from "./decompress.ts";

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
const decoding = new Decoding(bytesSource("file", new Uint8Array(0)), new BumpArena(memory, 64, 16 * 65_536), true);
const from = decoding.allocate(100_000);
const to = decoding.allocate(300_000);

function inflate(codec: ParquetCodec, compressed: Uint8Array, size: number): string {
  decoding.bytes.set(compressed, from);
  decoding.bytes.fill(0xee, to, to + size + 64);
  decompress(decoding, codec, { start: from, end: from + compressed.byteLength }, { start: to, end: to + size });
  return Buffer.from(decoding.bytes.slice(to, to + size)).toString("latin1");
}

const block = (literals: string): number[] => [literals.length << 4, ...Buffer.from(literals)];
const framed = (literals: string): number[] => [0, 0, 0, literals.length, 0, 0, 0, literals.length + 1, ...block(literals)];

describe("LZ4", () => {
  test("blocks in Hadoop's frames, and without", () => {
    expect(inflate("LZ4", Uint8Array.from([...framed("hello "), ...framed("world")]), 11)).toBe("hello world");
    expect(inflate("LZ4", Uint8Array.from(block("hello")), 5)).toBe("hello");
  });

  test("matches that overlap what they give, at every distance", () => {
    for (let distance = 1; distance <= 15; distance++) {
      const literals = "abcdefghijklmno".slice(0, distance);
      // A match of 19 + 200 bytes, then the last literals.
      const bytes = [(distance << 4) | 15, ...Buffer.from(literals), distance, 0, 200, 0x10, 0x21].map((byte) => byte & 255);
      if (distance === 15) bytes.splice(1, 0, 0);
      const expected = `${literals.repeat(300).slice(0, distance + 219)}!`;
      expect(inflate("LZ4_RAW", Uint8Array.from(bytes), expected.length)).toBe(expected);
    }
  });

  test.each([[[0x1f, 65, 2, 0]], [[0x1f, 65, 0, 0]], [[0x50, 65]], [[0xf0]], [[0x10, 65, 1]]])("what is no block: %j", (bytes) => {
    expect(() => inflate("LZ4_RAW", Uint8Array.from(bytes), 20)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }));
  });
});

describe("Snappy", () => {
  test("patterns of every length, compressed and back", () => {
    for (let period = 1; period <= 40; period++) {
      const text = "0123456789abcdefghijklmnopqrstuvwxyzABCD".slice(0, period).repeat(Math.ceil(3000 / period));
      expect(inflate("SNAPPY", snappyCompress(Buffer.from(text)), text.length)).toBe(text);
    }
  });

  test("what does not compress, over several blocks", () => {
    const noise = Buffer.concat(Array.from({ length: 9000 }, (_, index) => deflateRawSync(Buffer.from(`${index * 7919}`)))).subarray(
      0,
      90_000,
    );
    expect(inflate("SNAPPY", snappyCompress(noise), noise.byteLength)).toBe(noise.toString("latin1"));
  });

  test("distances of four bytes, and long literals", () => {
    expect(inflate("SNAPPY", Uint8Array.from([8, 0x0c, 97, 98, 99, 100, 0x0f, 4, 0, 0, 0]), 8)).toBe("abcdabcd");
    expect(inflate("SNAPPY", Uint8Array.from([5, 0xf0, 4, ...Buffer.from("hello")]), 5)).toBe("hello");
  });

  test.each([
    [[5, 0x10, 97]],
    [[4, 0x01, 1]],
    [[4, 0x00, 97, 0x01, 2]],
    [[4, 0x00, 97, 0x01, 0]],
    [[128]],
    [[4, 0xfc, 255, 255, 255, 255]],
  ])("what is no block: %j", (bytes) => {
    expect(() => inflate("SNAPPY", Uint8Array.from(bytes), 4)).toThrow(expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }));
  });
});

describe("Zstandard", () => {
  const text = "pages of a column ".repeat(5000);

  test("a page, and the next one with the same tables", () => {
    expect(inflate("ZSTD", zstdCompressSync(text), text.length)).toBe(text);
    expect(inflate("ZSTD", zstdCompressSync("another"), 7)).toBe("another");
  });

  test("what is no frame of the size that the header names", () => {
    const corrupt = expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" });
    expect(() => inflate("ZSTD", zstdCompressSync(text), text.length - 1)).toThrow(corrupt);
    expect(() => inflate("ZSTD", zstdCompressSync(text).subarray(1), text.length)).toThrow(corrupt);
    expect(() => inflate("ZSTD", new Uint8Array(), 1)).toThrow(corrupt);
  });
});

test("levels packed from the highest bit, as old writers have them", () => {
  decoding.bytes.set([0b0110_0001, 0b0100_0000], from);
  const range = levelRange(decoding, { start: from, end: from + 2 }, 2, encoding.bitPacked, 5);
  expect(range).toEqual({ start: from, end: from + 2 });
  if (range !== undefined) decodeLevels(decoding, range, 2, encoding.bitPacked, 5, to);
  expect(Array.from(decoding.bytes.subarray(to, to + 5))).toEqual([1, 2, 0, 1, 1]);
  decoding.bytes.set([0b1100_0000], from);
  expect(() => decodeLevels(decoding, { start: from, end: from + 1 }, 2, encoding.bitPacked, 1, to)).toThrow(
    expect.objectContaining({ code: "PARQUET_FILE_CORRUPT" }),
  );
});
