import { mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BytesHandle } from "../message/task-result.ts";
import { ByteArena } from "./byte-arena.ts";
import { closeReadFiles, readBytes } from "./read-bytes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "arena-test-"));
});
afterEach(() => {
  closeReadFiles();
  rmSync(folder, { recursive: true });
});

function arenaOf(
  allocator: ExtentAllocator,
  options: { readonly mayUseDisk?: boolean; readonly makeRoom?: () => boolean } = {},
): ByteArena {
  return new ByteArena({ allocator, tag: 3, spillPath: join(folder, "spill"), makeRoom: () => false, mayUseDisk: true, ...options });
}

function chunk(size: number, fill: number): (allocate: (bytes: number) => Uint8Array) => Uint8Array {
  return (allocate) => allocate(size).fill(fill);
}

describe("ByteArena", () => {
  it("packs chunks into memory at multiples of 8 and goes to disk when the segment is full", () => {
    const allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
    const arena = arenaOf(allocator);
    const handles: BytesHandle[] = [];
    for (let count = 0; count < 30; count++) {
      const handle = arena.write(chunk(50_001, count));
      if (handle !== undefined) handles.push(handle);
    }
    expect(handles).toHaveLength(30);
    expect(new Set(handles.map((handle) => handle.kind))).toEqual(new Set(["memory", "file"]));
    handles.forEach((handle, count) => {
      const bytes = readBytes(handle, allocator);
      expect(bytes).toHaveLength(50_001);
      expect(bytes.every((byte) => byte === count)).toBe(true);
      if (handle.kind === "memory") expect(handle.offset % 8).toBe(0);
    });
    arena.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("asks for room before it goes to disk", () => {
    const allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
    expect(allocator.allocate(2 ** 20, 9)).toBe(0);
    const arena = arenaOf(allocator, { makeRoom: () => allocator.freeTag(9) > 0 });
    expect(arena.write(chunk(1000, 1))?.kind).toBe("memory");
  });

  it("gives undefined when there is room nowhere", () => {
    const allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
    expect(allocator.allocate(2 ** 20, 9)).toBe(0);
    expect(arenaOf(allocator, { mayUseDisk: false }).write(chunk(10, 1))).toBeUndefined();
  });

  it("notices a flipped byte and a missing file", () => {
    const allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
    const arena = new ByteArena({
      allocator,
      tag: 3,
      spillPath: join(folder, "f"),
      makeRoom: () => false,
      mayUseDisk: true,
      mayUseMemory: false,
    });
    const handle = arena.write(chunk(100, 1)) as BytesHandle;
    arena.close();
    expect(readBytes(handle, allocator)[0]).toBe(1);
    writeSync(openSync(join(folder, "f"), "r+"), Uint8Array.of(2), 0, 1, 50);
    expect(() => readBytes(handle, allocator)).toThrow(expect.objectContaining({ code: "BLOCK_CORRUPT" }));
    closeReadFiles();
    rmSync(join(folder, "f"));
    expect(() => readBytes(handle, allocator)).toThrow(expect.objectContaining({ code: "BLOCK_CORRUPT" }));
  });
});
