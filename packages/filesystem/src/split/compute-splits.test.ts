import { expect, test } from "vitest";
import { readFixedLengthRecords } from "../record/fixed-length-records.ts";
import { readWholeFile, readWholeText } from "../record/whole-file.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { compress } from "../compression/codec.ts";
import { computeSplits } from "./compute-splits.ts";

const file = (path: string, bytes: number, isDirectory = false) => ({ path, isDirectory, bytes, modifiedMs: 0 });

test.each([
  // size, minPartitions, block, expected sizes
  [100, 2, 1000, [50, 50]],
  [101, 2, 1000, [50, 51]],
  [109, 1, 100, [109]],
  [111, 1, 100, [100, 11]],
  [0, 2, 100, [0]],
  [3, 10, 100, [1, 1, 1]],
])("%i bytes in %i partitions of at most %i", (bytes, minPartitions, blockBytes, expected) => {
  expect(computeSplits([file("/f", bytes)], minPartitions, { blockBytes }).map((split) => split.bytes)).toEqual(expected);
});

test("compressed files are one split and folders none", () => {
  expect(computeSplits([file("/a.gz", 100), file("/b", 100)], 4)).toHaveLength(3);
  expect(() => computeSplits([file("/d", 0, true)], 1)).toThrowError(expect.objectContaining({ code: "PATH_IS_DIRECTORY" }));
});

test("records of a fixed length are never cut by a split", () => {
  const files = new MemoryFileSystem();
  files.writeText("/r", "aaabbbcccdddeee");
  const splits = computeSplits([file("/r", 15)], 4, { alignBytes: 3 });
  const records = splits.flatMap((split) => [...readFixedLengthRecords(files.sync, split, 3)].flat());
  expect(splits.length).toBeGreaterThan(2);
  expect(records.map((record) => Buffer.from(record).toString())).toEqual(["aaa", "bbb", "ccc", "ddd", "eee"]);
  expect(() => [...readFixedLengthRecords(files.sync, { path: "/r", start: 0, bytes: 15 }, 4)]).toThrowError(
    expect.objectContaining({ code: "RECORD_TRUNCATED" }),
  );
});

test("whole files come as stored or as text", () => {
  const files = new MemoryFileSystem();
  const handle = files.sync.createSync("/t.gz");
  files.sync.writeSync(handle, compress("gzip", Buffer.from("é")));
  expect(readWholeText(files.sync, "/t.gz")).toBe("é");
  expect(readWholeFile(files.sync, "/t.gz").subarray(0, 2)).toEqual(Uint8Array.of(0x1f, 0x8b));
});
