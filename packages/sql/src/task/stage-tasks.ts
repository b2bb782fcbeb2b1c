import type { BatchRecord } from "@vonk/columnar/internal";
import { RecordBatches, type TaskRuntime } from "@vonk/core/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { buildTable } from "../pipeline/build-table.ts";
import { StageRunner, type StageOutput } from "../pipeline/run-stage.ts";
import type { Block, BlockPart, BuiltTable, RowShare, SharedPart, StagePlan, TablePlan } from "../pipeline/stage-plan.ts";
import { StageValues } from "../pipeline/stage-values.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";
import type { BatchReader } from "../source/table.ts";
import { loadExport } from "./load-export.ts";
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
  const run = (parts: Iterable<unknown>, task: TaskRuntime): Iterable<StageOutput> => {
    const own = (here ??= withTables(plan, task));
    return withPipeline((pipeline) => {
      const runner = runners.get(pipeline) ?? new StageRunner(own, pipeline);
      runners.set(pipeline, runner);
      return runParts(runner, read, parts, task);
    });
  };
  return (_partition, parts, task) => {
    const outputs = run(parts, task);
    return plan.sink.kind === "records" || plan.sink.kind === "sent" ? new RecordBatches(oneByOne(outputs)) : outputs;
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

/** The table of blocks. */
export function runBuild(plan: TablePlan & { readonly session: SessionValues }): PartitionFunction<readonly Block[], BuiltTable> {
  return (_partition, parts) =>
    withPipeline(function* (pipeline) {
      for (const blocks of parts) {
        pipeline.beginTask();
        yield buildTable(plan, blocks, pipeline, new StageValues(pipeline, plan.session));
      }
    });
}
