import type { BatchRecord } from "@vonk/columnar/internal";
import { RecordBatches, type TaskRuntime } from "@vonk/core/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { buildTable } from "../pipeline/build-table.ts";
import { groupTypes, StageRunner, type StageOutput } from "../pipeline/run-stage.ts";
import type {
  Block,
  BlockPart,
  BuiltTable,
  MeetingPlace,
  RowShare,
  SharedPart,
  StagePlan,
  StageSink,
  TablePlan,
} from "../pipeline/stage-plan.ts";
import { planOf } from "../pipeline/plan-text.ts";
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
  given: StagePlan | string,
): (partition: number, parts: Iterable<unknown>, task: TaskRuntime) => Iterable<StageOutput> | RecordBatches {
  const plan = planOf(given);
  const runners = new Map<ThreadPipeline, StageRunner>();
  const read = plan.source.reader === undefined ? undefined : loadExport<BatchReader>(plan.source.reader);
  let here: StagePlan<BuiltTable> | undefined;
  const { sink } = plan;
  const last = lastTask(plan);
  const run = (partition: number, parts: Iterable<unknown>, task: TaskRuntime): Iterable<StageOutput> => {
    here ??= withTables(last === undefined ? plan : { ...plan, sink: last.own }, task);
    const own = here;
    return withPipeline((pipeline) => {
      const runner = runners.get(pipeline) ?? new StageRunner(own, pipeline);
      runners.set(pipeline, runner);
      const outputs = runParts(runner, read, parts, task);
      return last === undefined ? outputs : ofLast(plan, last, outputs, partition, pipeline);
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

/** What the tasks of a stage leave for the last of them, and what it makes of the blocks of all. */
interface LastTask {
  readonly own: StageSink;
  readonly place: MeetingPlace;
  readonly make: (blocks: readonly Block[], pipeline: ThreadPipeline) => Iterable<StageOutput>;
}

function lastTask({ sink, session, tag }: StagePlan): LastTask | undefined {
  if (sink.kind === "table" && sink.shared !== undefined) {
    const make: LastTask["make"] = (blocks, pipeline) => {
      pipeline.beginTask();
      return [{ table: buildTable(sink.table, blocks, pipeline, new StageValues(pipeline, session)) }];
    };
    return { own: { kind: "blocks", outputs: sink.outputs }, place: sink.shared, make };
  }
  if (sink.kind !== "groups" || sink.last === undefined) return undefined;
  const { last, ...own } = sink;
  const merge: StagePlan<BuiltTable> = { source: { columns: groupTypes(sink) }, steps: [], sink: last.sink, session, tag };
  return { own, place: last.place, make: (blocks, pipeline) => new StageRunner(merge, pipeline).runBlocks([{ blocks }]) };
}

/** What the last task makes of all, in its own place. */
function* ofLast(
  { tag }: StagePlan,
  { place, make }: LastTask,
  outputs: Iterable<StageOutput>,
  task: number,
  pipeline: ThreadPipeline,
): Generator<StageOutput> {
  const own: Block[] = [];
  for (const output of outputs) if ("blocks" in output) own.push(...output.blocks);
  const blocks = blocksOfAll(place, task, own, pipeline, tag);
  if (blocks !== undefined) yield* make(blocks, pipeline);
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
