import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { expect, test } from "vitest";
import type { PlanNode, StagePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { BlockManager } from "../storage/block-manager.ts";
import { StorageLevels } from "../storage/storage-level.ts";
import { handedBlocks } from "./handed-blocks.ts";

const sink: StagePlan["sink"] = { kind: "result", func: { builtin: "collect" } };
const kept: PlanNode = { kind: "parallel", rddId: 1, parents: [], args: {}, storageLevel: StorageLevels.MEMORY_ONLY };

function task(taskId: number, partition: number): TaskIdentity {
  return { taskId, partition, stageId: 0, stageAttempt: 0, attempt: 0, executorId: "1", host: "h", speculative: false };
}

function managerWith(partitions: readonly number[]): BlockManager {
  const allocator = new ExtentAllocator(createSegment(2 ** 20), 0);
  const blocks = new BlockManager({ allocator, localDir: "/none", storageFraction: 0, report: () => undefined });
  for (const partition of partitions) {
    const tag = blocks.newTag(2);
    const offset = allocator.allocate(1024, tag);
    const block = { chunks: [{ kind: "memory" as const, offset, length: 1024 }], bytes: 1024, records: partition };
    blocks.put({ rddId: 1, partition, block, level: StorageLevels.MEMORY_ONLY, tag }, undefined, 2);
  }
  return blocks;
}

test("tasks get the partitions that they read, through steps and groups of partitions", () => {
  const groups: PlanNode = { kind: "groups", rddId: 2, parents: [0], args: { groups: [[[0, 1], [2]]] } };
  const step: PlanNode = { kind: "mapPartitions", rddId: 3, parents: [1], args: {} };
  const found = handedBlocks({ nodes: [kept, groups, step], root: 2, sink }, [task(7, 0), task(8, 1)], managerWith([0, 2]));
  // Partition 1 is not here: its task asks for it.
  expect(found.map(({ taskId, rddId, partition, block }) => [taskId, rddId, partition, block.records])).toEqual([
    [7, 1, 0, 0],
    [8, 1, 2, 2],
  ]);
});

test("what is handed over stays until its task has ended", () => {
  const blocks = managerWith([0, 1]);
  handedBlocks({ nodes: [kept], root: 0, sink }, [task(7, 0)], blocks);
  const need = { bytes: 2 ** 20, forStorage: false, rddId: -1 };
  expect(blocks.makeRoom(need)).toBe(true);
  expect([0, 1].map((partition) => blocks.get({ rddId: 1, partition }, undefined)?.records)).toEqual([0, undefined]);
  expect(blocks.makeRoom(need)).toBe(false);
  blocks.taskEnded(7);
  expect(blocks.makeRoom(need)).toBe(true);
});

test("a plan that persists nothing has nothing to hand over", () => {
  const { storageLevel: _, ...plain } = kept;
  expect(handedBlocks({ nodes: [plain], root: 0, sink }, [task(1, 0)], managerWith([0]))).toEqual([]);
});
