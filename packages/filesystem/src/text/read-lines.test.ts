import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import type { CompressionCodec } from "../compression/codec.ts";
import { codecOf, compress, decompress } from "../compression/codec.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { readLines } from "./read-lines.ts";

function write(files: MemoryFileSystem, path: string, bytes: Uint8Array): void {
  const handle = files.sync.createSync(path);
  files.sync.writeSync(handle, bytes);
  files.sync.closeSync(handle);
}

function read(files: MemoryFileSystem, path: string, start = 0, bytes = 1000): string[] {
  return [...readLines(files.sync, { path, start, bytes })].flat();
}

test("a line is read by the split where it starts", () => {
  const files = new MemoryFileSystem();
  files.writeText("/f", "ab\ncd\r\nef");
  expect(read(files, "/f", 0, 3)).toEqual(["ab"]);
  expect(read(files, "/f", 3, 3)).toEqual(["cd"]);
  expect(read(files, "/f", 6, 3)).toEqual(["ef"]);
  expect(read(files, "/f", 1, 2)).toEqual([]);
  expect(read(files, "/f", 0, 0)).toEqual([]);
});

test("a byte order mark is taken from the start of the file only", () => {
  const files = new MemoryFileSystem();
  files.writeText("/f", "\ufeffa\n\ufeffb");
  expect(read(files, "/f")).toEqual(["a", "\ufeffb"]);
});

test("long lines and many lines come whole, in batches of at most 8192", () => {
  const files = new MemoryFileSystem();
  const long = "x".repeat(3_000_000);
  files.writeText("/long", `${long}\nshort\n${long}é`);
  expect(read(files, "/long", 0, 10_000_000)).toEqual([long, "short", `${long}é`]);
  files.writeText("/many", "a\n".repeat(20_000));
  expect([...readLines(files.sync, { path: "/many", start: 0, bytes: 40_000 })].map((batch) => batch.length)).toEqual([8192, 8192, 3616]);
});

test.each<[CompressionCodec, string, (text: string) => Uint8Array]>([
  ["gzip", "/f.gz", (text) => gzipSync(text)],
  ["zstd", "/f.zst", (text) => zstdCompressSync(text)],
])("%s files are read through all their members and refused when damaged", (codec, path, pack) => {
  const files = new MemoryFileSystem();
  const whole = Buffer.concat([pack("a\nb"), pack("c\nd\n"), compress(codec, Buffer.from("e"))]);
  write(files, path, whole);
  expect(read(files, path)).toEqual(["a", "bc", "d", "e"]);
  const one = pack("hello ".repeat(100));
  for (const bytes of [1, 3, 11, one.length - 9, one.length - 1]) {
    write(files, path, one.subarray(0, bytes));
    expect(() => read(files, path), `${bytes} bytes`).toThrowError(expect.objectContaining({ code: "COMPRESSED_FILE_CORRUPT" }));
  }
  write(files, path, Buffer.concat([one, pack("second member").subarray(0, 14)]));
  expect(() => read(files, path)).toThrowError(expect.objectContaining({ code: "COMPRESSED_FILE_CORRUPT" }));
  write(files, path, new Uint8Array(0));
  expect(read(files, path)).toEqual([]);
  expect(() => decompress(codec, pack("x".repeat(1000)), path, 999)).toThrowError(
    expect.objectContaining({ code: "COMPRESSED_FILE_TOO_LARGE" }),
  );
});

test("a line above the limit is refused by its position", () => {
  const files = new MemoryFileSystem();
  files.writeText("/f", `ab\n${"x".repeat(100)}`);
  const lines = readLines(files.sync, { path: "/f", start: 0, bytes: 103 }, { chunkBytes: 16, lineBytesMax: 64 });
  expect(() => [...lines]).toThrowError(
    expect.objectContaining({ code: "LINE_TOO_LONG", params: { path: "/f", position: 3, bytesMax: 64 } }),
  );
});

test("other compressions are refused by name", () => {
  expect(() => codecOf("/a.bz2")).toThrowError(expect.objectContaining({ code: "COMPRESSION_NOT_SUPPORTED" }));
  expect(() => codecOf("/a.deflate")).toThrowError(expect.objectContaining({ code: "COMPRESSION_NOT_SUPPORTED" }));
  expect(codecOf("/a.txt")).toBeUndefined();
});
