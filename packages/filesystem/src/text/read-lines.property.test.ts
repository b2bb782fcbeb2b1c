import fc from "fast-check";
import { expect, test } from "vitest";
import { computeSplits, type FileSplit } from "../split/compute-splits.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { readLines } from "./read-lines.ts";

const piece = fc.oneof(
  fc.constantFrom("\n", "\r", "\r\n", "\n\n", "\r\r\n", "a", "bc", "é", "€", "😀", "\ufeff"),
  fc.string({ maxLength: 5 }),
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

function referenceLines(bytes: Buffer): string[] {
  const body = bytes.subarray(0, 3).equals(Buffer.from("\ufeff")) ? bytes.subarray(3) : bytes;
  const lines = body.toString("utf8").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function linesOf(bytes: Buffer, splits: readonly FileSplit[], chunkBytes: number): string[] {
  const files = new MemoryFileSystem();
  const handle = files.sync.createSync("/f");
  files.sync.writeSync(handle, bytes);
  files.sync.closeSync(handle);
  return splits.flatMap((split) => [...readLines(files.sync, split, { chunkBytes })].flat());
}

function cutAt(size: number, cuts: readonly number[]): FileSplit[] {
  const borders = [0, ...cuts.map((cut) => cut % (size + 1)), size].toSorted((a, b) => a - b);
  return borders.slice(1).map((border, at) => ({ path: "/f", start: borders[at] ?? 0, bytes: border - (borders[at] ?? 0) }));
}

test("the lines of all splits, one after the other, are the lines of the file", () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(300), { maxLength: 8 }), fc.integer({ min: 4, max: 40 }), (content, cuts, chunkBytes) => {
      const bytes = Buffer.from(content, "utf8");
      expect(linesOf(bytes, cutAt(bytes.length, cuts), chunkBytes)).toEqual(referenceLines(bytes));
    }),
    { numRuns: 4000 },
  );
});

test("bytes that are no UTF-8 become U+FFFD and move no line", () => {
  const byte = fc.oneof(fc.constantFrom(10, 13, 0xc3, 0xa9, 0xff, 0xf0, 65), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }), (values, cuts) => {
      const bytes = Buffer.from(values);
      expect(linesOf(bytes, cutAt(bytes.length, cuts), 8)).toEqual(referenceLines(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("the splits of a file cover each byte once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(10_000), { maxLength: 5 }),
      fc.nat(12),
      fc.integer({ min: 1, max: 3000 }),
      (sizes, minPartitions, blockBytes) => {
        const files = sizes.map((bytes, at) => ({ path: `/f${at}`, isDirectory: false, bytes, modifiedMs: 0 }));
        const splits = computeSplits(files, minPartitions, { blockBytes });
        for (const file of files) {
          let next = 0;
          for (const split of splits.filter((each) => each.path === file.path)) {
            expect(split.start).toBe(next);
            next += split.bytes;
          }
          expect(next).toBe(file.bytes);
        }
        expect(splits.every((split) => split.bytes <= blockBytes * 1.1)).toBe(true);
      },
    ),
  );
});
