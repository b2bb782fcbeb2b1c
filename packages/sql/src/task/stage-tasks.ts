import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { assert } from "@vonk/common/internal";
import { taskRuntime } from "@vonk/core/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { buildTable } from "../pipeline/build-table.ts";
import { StageRunner, type StageOutput } from "../pipeline/run-stage.ts";
import type { Block, BlockPart, BuiltTable, SharedPart, StagePlan, StageSource, TablePlan } from "../pipeline/stage-plan.ts";
import { StageValues } from "../pipeline/stage-values.ts";
import { ThreadPipeline } from "../pipeline/thread-pipeline.ts";
import type { BatchReader } from "../source/table.ts";
import type { PartitionFunction } from "./partition-function.ts";

/* Stages of pipelines as tasks run them, and the building of tables between them. */

let thread: ThreadPipeline | undefined;

/** The pipelines of this task thread, on the segment of its executor. */
function threadPipeline(): ThreadPipeline {
  if (thread !== undefined) return thread;
  const runtime = taskRuntime();
  assert(runtime !== undefined, "pipelines run in task threads");
  const { allocator, control } = runtime;
  const makeRoom = (bytes: number): boolean => control.call("makeRoom", { bytes, forStorage: false, rddId: -1 });
  return (thread = new ThreadPipeline({ memory: allocator.memory, allocator, makeRoom }, control.call("blockTag", {})));
}

/** A stage: the descriptions of a table's parts, or blocks, into what its sink gives. */
export function runStage(plan: StagePlan): PartitionFunction<unknown, StageOutput> {
  const runner = new StageRunner(plan, threadPipeline());
  const read = plan.source.reader === undefined ? undefined : loadReader(plan.source.reader);
  const { batchMemory } = runner.thread;
  return (_partition, parts) => {
    if (read === undefined) return runner.runBlocks(parts as Iterable<BlockPart>);
    if (plan.source.isShared !== true) return runner.runBatches(read(parts, batchMemory));
    return runner.runShares(parts as Iterable<SharedPart>, (description) => read([description], batchMemory));
  };
}

/** The table of blocks. */
export function runBuild(plan: TablePlan & { readonly session: SessionValues }): PartitionFunction<readonly Block[], BuiltTable> {
  const pipeline = threadPipeline();
  return function* (_partition, parts) {
    for (const blocks of parts) {
      pipeline.beginTask();
      yield buildTable(plan, blocks, pipeline, new StageValues(pipeline, plan.session));
    }
  };
}

const require = createRequire(import.meta.url);

function loadReader({ module, export: name, args }: NonNullable<StageSource["reader"]>): BatchReader {
  const loaded: unknown = require(fileURLToPath(module));
  const maker: unknown = typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
  assert(typeof maker === "function", `the source's module exports ${name}`);
  return Reflect.apply(maker, undefined, [args]) as BatchReader;
}
