import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSegment, ExtentAllocator, extentBytes } from "./extent-allocator.ts";

const mebibyte = 1024 * 1024;

describe("ExtentAllocator", () => {
  it("gives out the whole segment and then refuses", () => {
    const allocator = new ExtentAllocator(createSegment(mebibyte), 0);
    for (let index = 0; index < allocator.extentCount; index++) expect(allocator.allocate(extentBytes, 7)).toBe(index * extentBytes);
    expect(allocator.allocate(1, 7)).toBe(-1);
    expect(allocator.usedBytes).toBe(allocator.capacityBytes);
    expect(allocator.freeTag(7)).toBe(mebibyte);
    expect(allocator.allocate(mebibyte, 8)).toBe(0);
  });

  it("opens a lock that a dead thread held", () => {
    const segment = createSegment(mebibyte);
    const words = new Int32Array(segment.table);
    Atomics.store(words, 0, 5 + 1);
    const allocator = new ExtentAllocator(segment, 0);
    allocator.releaseThread(5);
    expect(allocator.allocate(10, 1)).toBe(0);
  });

  it("refuses a tag that would mean free", () => {
    const allocator = new ExtentAllocator(createSegment(mebibyte), 0);
    expect(() => allocator.allocate(1, 0)).toThrow(expect.objectContaining({ code: "INTERNAL_ASSERTION" }));
  });

  it("never gives one extent to two owners, whatever is allocated and freed", () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 5 * extentBytes }),
      tag: fc.integer({ min: 1, max: 6 }),
      free: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const allocator = new ExtentAllocator(createSegment(mebibyte), 0);
        const owned = new Map<number, Set<number>>();
        for (const { bytes, tag, free } of steps) {
          if (free) {
            expect(allocator.freeTag(tag)).toBe((owned.get(tag)?.size ?? 0) * extentBytes);
            owned.delete(tag);
            continue;
          }
          const offset = allocator.allocate(bytes, tag);
          if (offset < 0) continue;
          const mine = owned.get(tag) ?? new Set<number>();
          owned.set(tag, mine);
          for (let at = offset; at < offset + bytes; at += extentBytes) {
            for (const others of owned.values()) expect(others.has(at)).toBe(false);
            mine.add(at);
          }
        }
        const total = [...owned.values()].reduce((sum, extents) => sum + extents.size, 0);
        expect(allocator.usedBytes).toBe(total * extentBytes);
      }),
    );
  });

  it("serves threads that allocate at the same time without giving an extent twice", async () => {
    const segment = createSegment(16 * mebibyte);
    const url = new URL("./extent-allocator.ts", import.meta.url).href;
    const program = `
      const { parentPort, workerData } = require("node:worker_threads");
      import(workerData.url).then(({ ExtentAllocator, extentBytes }) => {
        const allocator = new ExtentAllocator(workerData.segment, workerData.thread);
        const offsets = [];
        for (let count = 0; count < 200; count++) offsets.push(allocator.allocate(extentBytes, workerData.thread));
        parentPort.postMessage(offsets);
      });`;
    const run = (thread: number): Promise<number[]> =>
      new Promise((resolve, reject) => {
        const worker = new Worker(program, { eval: true, workerData: { url, segment, thread } });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    const offsets = (await Promise.all([run(1), run(2), run(3)])).flat();
    expect(new Set(offsets).size).toBe(600);
    expect(offsets.every((offset) => offset >= 0)).toBe(true);
  });

  it("large runs that come and go between small ones leave room for larger ones", () => {
    const allocator = new ExtentAllocator(createSegment(64 * mebibyte), 0);
    for (let time = 0; time < 8; time++) {
      const large = allocator.allocate(6 * mebibyte, 1);
      expect(allocator.allocate(extentBytes, 2)).toBeGreaterThanOrEqual(0);
      allocator.free(large, 6 * mebibyte);
    }
    expect(allocator.allocate(48 * mebibyte, 3)).toBeGreaterThanOrEqual(0);
  });

  it("uses what was freed again before memory that nobody has touched", () => {
    const sizes = [1, 3, 5, 9, 20, 40, 70].map((extents) => extents * extentBytes);
    const allocator = new ExtentAllocator(createSegment(64 * mebibyte), 0);
    allocator.allocate(2 * mebibyte, 1);
    const round = (): number => {
      const end = Math.max(...sizes.map((bytes) => allocator.allocate(bytes, 2) + bytes));
      allocator.freeTag(2);
      return end;
    };
    const first = round();
    for (let time = 0; time < 100; time++) expect(round()).toBe(first);
  });

  it("finds a gap that another thread has left", () => {
    const segment = createSegment(4 * mebibyte);
    const [mine, others] = [new ExtentAllocator(segment, 0), new ExtentAllocator(segment, 1)];
    const gap = mine.allocate(4 * extentBytes, 1);
    mine.allocate(mebibyte, 1);
    others.free(gap, 4 * extentBytes);
    expect(mine.allocate(4 * extentBytes, 1)).toBe(gap);
  });
});
