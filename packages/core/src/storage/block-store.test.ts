import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ClosureDecoder } from "../closure/closure-decoder.ts";
import type { ExecutorRuntime } from "../executor/executor-runtime.ts";
import { TaskContext } from "../executor/task-context.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { BlockManager } from "./block-manager.ts";
import { BlockStore } from "./block-store.ts";
import { closeReadFiles } from "./read-bytes.ts";
import { createRecordCodec } from "./record-codec.ts";
import { type StorageLevel, StorageLevels } from "./storage-level.ts";

const segmentBytes = 2 ** 20;
let folder: string;
let allocator: ExtentAllocator;
let blocks: BlockManager;
let store: BlockStore;
let task: TaskRuntime;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "block-store-test-"));
  allocator = new ExtentAllocator(createSegment(segmentBytes), 0);
  blocks = new BlockManager({ allocator, localDir: folder, storageFraction: 0.5, report: () => undefined });
  const calls: Record<string, (request: never) => unknown> = {
    blockTag: () => blocks.newTag(3),
    dropBlockTag: ({ tag }: { tag: number }) => blocks.dropTag(tag, 3),
    putBlock: (request) => blocks.put(request, 7, 3),
    makeRoom: (request) => blocks.makeRoom(request),
  };
  // What a block store uses of an executor; the control thread's side is called directly.
  const executor = {
    allocator,
    codec: createRecordCodec(new ClosureDecoder({ appRoot: folder })),
    control: { call: (message: string, request: unknown) => calls[message]?.(request as never) },
    settings: { localDir: folder, batchRecords: 100 },
    tellProgress: () => undefined,
  } as unknown as ExecutorRuntime;
  store = new BlockStore(() => executor);
  const identity = {
    taskId: 7,
    stageId: 0,
    stageAttempt: 0,
    partition: 0,
    attempt: 0,
    executorId: "driver",
    host: "h",
    speculative: false,
  };
  const context = new TaskContext(identity, {}, () => false);
  task = { context, executor, prepared: new Map(), handed: [], checkpoint: () => undefined };
});
afterEach(() => {
  closeReadFiles();
  rmSync(folder, { recursive: true });
});

function records(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => `record ${index}`);
}

function put(level: StorageLevel, count = 1_000): unknown[][] {
  return [...store.put(1, 0, level, [records(count)].values(), task)];
}

const leftovers = (): object => ({ files: readdirSync(folder).length, bytes: allocator.usedBytes, tags: blocks.unstoredTags });
const NOTHING = { files: 0, bytes: 0, tags: 0 };

it.each([StorageLevels.DISK_ONLY, StorageLevels.MEMORY_ONLY])(
  "the copy of a block that another stored first is read and leaves nothing: %j",
  (level) => {
    put(StorageLevels.DISK_ONLY);
    const first = leftovers();
    expect(put(level).flat()).toEqual(records(1_000));
    expect(leftovers()).toEqual(first);
    blocks.taskEnded(7);
    blocks.removeRDD(1);
    expect(leftovers()).toEqual(NOTHING);
  },
);

it("a copy that nobody reads to its end goes with its task", () => {
  put(StorageLevels.DISK_ONLY);
  const first = leftovers();
  store.put(1, 0, StorageLevels.MEMORY_AND_DISK, [records(1_000)].values(), task);
  expect(leftovers()).not.toEqual(first);
  task.context.complete();
  expect(leftovers()).toEqual(first);
});

it("a block that finds no room gives its records and leaves nothing, its tag neither", () => {
  const batches = Array.from({ length: 4 }, () => Array.from({ length: 20_000 }, (_, index) => `${index} ${Math.sin(index)}`));
  const given = store.put(1, 0, StorageLevels.MEMORY_ONLY, batches.values(), task);
  expect([...given].flat().length).toBe(80_000);
  expect(leftovers()).toEqual(NOTHING);
});

it("a task that fails while it stores leaves nothing", () => {
  const failing = (function* (): Generator<unknown[], undefined> {
    yield records(20_000);
    throw new RangeError("the user's");
  })();
  expect(() => store.put(1, 0, StorageLevels.DISK_ONLY, failing, task)).toThrow(RangeError);
  task.context.complete({ error: undefined });
  expect(leftovers()).toEqual(NOTHING);
});
