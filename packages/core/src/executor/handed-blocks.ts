import type { GroupsArgs } from "../compute/several-parents.ts";
import type { StagePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { BlockManager } from "../storage/block-manager.ts";
import { isStored } from "../storage/storage-level.ts";
import type { StoredBlock } from "./control-channel.ts";

/** A cached partition that goes along with the task that reads it, which then need not ask and wait for it. */
export interface HandedBlock {
  readonly taskId: number;
  readonly rddId: number;
  readonly partition: number;
  readonly block: StoredBlock;
}

interface CachedPartition {
  readonly rddId: number;
  readonly partition: number;
}

/** The cached partitions here that tasks read. Each is held until its task has ended. */
export function handedBlocks(plan: StagePlan, tasks: readonly TaskIdentity[], blocks: BlockManager): HandedBlock[] {
  if (!plan.nodes.some(({ storageLevel }) => storageLevel !== undefined && isStored(storageLevel))) return [];
  return tasks.flatMap(({ taskId, partition }) =>
    cachedInputs(plan, partition).flatMap((input) => {
      const block = blocks.get(input, taskId);
      return block === undefined ? [] : [{ taskId, ...input, block }];
    }),
  );
}

/** The persisted partitions nearest to a task's own, as far as the way there is plain; the task asks for those that are missing here. */
function cachedInputs(plan: StagePlan, partition: number): CachedPartition[] {
  const found: CachedPartition[] = [];
  const visit = (at: number, own: number): void => {
    const node = plan.nodes[at];
    if (node === undefined) return;
    const { kind, rddId, parents, args, storageLevel } = node;
    if (storageLevel !== undefined && isStored(storageLevel)) found.push({ rddId, partition: own });
    else if (kind === "records" || kind === "mapPartitions" || kind === "batches") for (const parent of parents) visit(parent, own);
    else if (kind === "groups")
      for (const [index, parent] of parents.entries())
        for (const each of (args as GroupsArgs).groups[index]?.[own] ?? []) visit(parent, each);
  };
  visit(plan.root, partition);
  return found;
}
