import type { BatchRecord } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { RecordBatches, type TaskRuntime } from "@vonk/core/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { buildTable } from "../pipeline/build-table.ts";
import { StageRunner, type StageOutput } from "../pipeline/run-stage.ts";
import type { Block, BlockPart, BuiltTable, RowShare, SharedPart, StagePlan, TablePlan } from "../pipeline/stage-plan.ts";
import { StageValues } from "../pipeline/stage-values.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";
import type { BatchReader } from "../source/table.ts";
import { loadExport } from "./load-export.ts";
import { blocksOfAll } from "./meeting.ts";
import type { PartitionFunction } from "./partition-function.ts";
import { markedParts, withTables } from "./sent-tables.ts";
import { storedBatches } from "./stored-batches.ts";
import { withPipeline } from "./task-pipeline.ts";

/* Stages of pipelines as tasks run them, and the building of tables between them. */

/** A stage: the descriptions of a table's parts, records or blocks, into what its sink gives. */
export function runStage(
  plan: StagePlan,
): (partition: number, parts: Iterable<unknown>, task: TaskRuntime) => Iterable<StageOutput> | RecordBatches {
  const runners = new Map<ThreadPipeline, StageRunner>();
  const read = plan.source.reader === undefined ? undefined : loadExport<BatchReader>(plan.source.reader);
  let here: StagePlan<BuiltTable> | undefined;
  const { sink } = plan;
  const shared = sink.kind === "table" && sink.shared !== undefined;
  const run = (partition: number, parts: Iterable<unknown>, task: TaskRuntime): Iterable<StageOutput> => {
    const own = (here ??= { ...withTables(plan, task), ...(shared ? { sink: { kind: "blocks", outputs: sink.outputs } } : {}) });
    return withPipeline((pipeline) => {
      const runner = runners.get(pipeline) ?? new StageRunner(own, pipeline);
      runners.set(pipeline, runner);
      const outputs = runParts(runner, read, parts, task);
      return shared ? lastTable(plan, outputs, partition, pipeline) : outputs;
    });
  };
  return (partition, parts, task) => {
    const outputs = run(partition, parts, task);
    return sink.kind === "records" || sink.kind === "sent" ? new RecordBatches(oneByOne(outputs)) : outputs;
  };
}

function runParts(runner: StageRunner, read: BatchReader | undefined, parts: Iterable<unknown>, task: TaskRuntime): Iterable<StageOutput> {
  const { source } = runner.plan;
  const { batchMemory } = runner.thread;
  if (source.stored !== undefined) return runner.runBatches(storedBatches(parts as Iterable<BatchRecord>, source.stored, batchMemory));
  if (source.marked !== undefined)
    return runner.runBlocks(markedParts(source.marked, runner.plan.session, parts as Iterable<RowShare>, task));
  if (read === undefined) return runner.runBlocks(parts as Iterable<BlockPart>);
  if (source.isShared !== true) return runner.runBatches(read(parts, batchMemory));
  return runner.runShares(parts as Iterable<SharedPart>, (description) => read([description], batchMemory));
}

/** Each record on its own: it refers to memory that the next one takes. */
function* oneByOne(outputs: Iterable<StageOutput>): Generator<unknown[]> {
  for (const output of outputs) yield [output];
}

/** The table of all tasks' rows, when this one is the last. */
function* lastTable(
  { sink, session, tag }: StagePlan,
  outputs: Iterable<StageOutput>,
  task: number,
  pipeline: ThreadPipeline,
): Generator<StageOutput> {
  assert(sink.kind === "table" && sink.shared !== undefined, "several tasks make a table");
  const own: Block[] = [];
  for (const output of outputs) if ("blocks" in output) own.push(...output.blocks);
  const blocks = blocksOfAll(sink.shared, task, own, pipeline, tag);
  if (blocks === undefined) return;
  pipeline.beginTask();
  yield { table: buildTable(sink.table, blocks, pipeline, new StageValues(pipeline, session)) };
}

/** The table of a block by others of its columns. */
export function runBuild(plan: TablePlan & { readonly session: SessionValues }): PartitionFunction<Block, BuiltTable> {
  return (_partition, blocks) =>
    withPipeline(function* (pipeline) {
      for (const block of blocks) {
        pipeline.beginTask();
        yield buildTable(plan, [block], pipeline, new StageValues(pipeline, plan.session));
      }
    });
}
