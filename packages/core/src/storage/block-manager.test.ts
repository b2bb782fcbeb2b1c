import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredBlock } from "../executor/control-channel.ts";
import { BlockManager, type BlockUpdate } from "./block-manager.ts";
import { closeReadFiles, readBytes } from "./read-bytes.ts";
import { type StorageLevel, StorageLevels } from "./storage-level.ts";

const blockBytes = 256 * 1024;
let folder: string;
let allocator: ExtentAllocator;
let updates: BlockUpdate[];
let blocks: BlockManager;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "blocks-test-"));
  allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
  updates = [];
  blocks = new BlockManager({ allocator, localDir: folder, storageFraction: 0.5, report: (update) => updates.push(update) });
});
afterEach(() => {
  closeReadFiles();
  rmSync(folder, { recursive: true });
});

/** Stores a block of 256 KiB, a quarter of the segment, as thread 2 would for task `taskId`. */
function store(rddId: number, partition: number, level: StorageLevel, taskId: number): boolean {
  const tag = blocks.newTag(2);
  const offset = allocator.allocate(blockBytes, tag);
  allocator.view(offset, blockBytes).fill(partition + 1);
  const block: StoredBlock = { chunks: [{ kind: "memory", offset, length: blockBytes }], bytes: blockBytes, records: 1 };
  return blocks.put({ rddId, partition, block, level, tag }, taskId, 2);
}

describe("BlockManager", () => {
  it("drops the least recently used block that nobody reads", () => {
    for (let partition = 0; partition < 4; partition++) store(1, partition, StorageLevels.MEMORY_ONLY, partition);
    for (let task = 0; task < 4; task++) blocks.taskEnded(task);
    blocks.get({ rddId: 1, partition: 0 }, 10);
    blocks.taskEnded(10);
    expect(blocks.makeRoom({ bytes: 1000, forStorage: true, rddId: 2 })).toBe(true);
    expect(blocks.get({ rddId: 1, partition: 1 }, 11)).toBeUndefined();
    expect(blocks.get({ rddId: 1, partition: 0 }, 11)).toBeDefined();
    expect(updates.at(-1)).toMatchObject({ partition: 1, stored: false });
  });

  it("does not drop blocks that a task reads, nor of the RDD that asks", () => {
    for (let partition = 0; partition < 4; partition++) store(1, partition, StorageLevels.MEMORY_ONLY, 7);
    expect(blocks.makeRoom({ bytes: 1000, forStorage: true, rddId: 2 })).toBe(false);
    blocks.taskEnded(7);
    expect(blocks.makeRoom({ bytes: 1000, forStorage: true, rddId: 1 })).toBe(false);
    expect(blocks.makeRoom({ bytes: 1000, forStorage: true, rddId: 2 })).toBe(true);
  });

  it("keeps the storage share when tasks need memory", () => {
    for (let partition = 0; partition < 4; partition++) store(1, partition, StorageLevels.MEMORY_ONLY, 7);
    blocks.taskEnded(7);
    while (blocks.makeRoom({ bytes: 2 ** 20, forStorage: false, rddId: -1 }));
    expect(allocator.usedBytes).toBe(2 ** 19);
  });

  it("moves blocks to disk where the level allows it, and they read the same", () => {
    for (let partition = 0; partition < 4; partition++) store(1, partition, StorageLevels.MEMORY_AND_DISK, 7);
    blocks.taskEnded(7);
    while (blocks.makeRoom({ bytes: 2 ** 20, forStorage: true, rddId: 2 }));
    expect(allocator.usedBytes).toBe(0);
    for (let partition = 0; partition < 4; partition++) {
      const chunk = blocks.get({ rddId: 1, partition }, 8)?.chunks[0];
      expect(chunk?.kind).toBe("file");
      if (chunk !== undefined) expect(readBytes(chunk, allocator).every((byte) => byte === partition + 1)).toBe(true);
    }
    blocks.taskEnded(8);
    blocks.removeRDD(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("frees a removed block only when its last reader has ended", () => {
    store(1, 0, StorageLevels.MEMORY_ONLY, 7);
    blocks.removeRDD(1);
    expect(allocator.usedBytes).toBe(blockBytes);
    blocks.taskEnded(7);
    expect(allocator.usedBytes).toBe(0);
  });

  it("keeps the first of two equal blocks", () => {
    expect(store(1, 0, StorageLevels.MEMORY_ONLY, 7)).toBe(true);
    expect(store(1, 0, StorageLevels.MEMORY_ONLY, 8)).toBe(false);
  });

  it("stores a block under its own tag when its thread has asked for others since", () => {
    const tag = blocks.newTag(2);
    const offset = allocator.allocate(blockBytes, tag);
    // A cached parent that found no room, and whose tag was never stored.
    blocks.newTag(2);
    const block: StoredBlock = { chunks: [{ kind: "memory", offset, length: blockBytes }], bytes: blockBytes, records: 1 };
    expect(blocks.put({ rddId: 1, partition: 0, block, level: StorageLevels.MEMORY_ONLY, tag }, undefined, 2)).toBe(true);
    const usedBytes = allocator.usedBytes;
    blocks.threadEnded(2);
    expect(allocator.usedBytes).toBe(usedBytes);
    blocks.removeRDD(1);
    expect(allocator.usedBytes).toBe(0);
  });

  it("takes back what a dead thread had not stored, and gives up damaged blocks", () => {
    allocator.allocate(1000, blocks.newTag(5));
    blocks.threadEnded(5);
    expect(allocator.usedBytes).toBe(0);
    store(1, 0, StorageLevels.MEMORY_ONLY, 7);
    expect(blocks.damaged({ rddId: 1, partition: 0 })).toBe(true);
    expect(blocks.damaged({ rddId: 1, partition: 0 })).toBe(false);
    expect(blocks.get({ rddId: 1, partition: 0 }, 9)).toBeUndefined();
  });
});
