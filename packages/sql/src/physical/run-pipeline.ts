import type { SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { broadcastTag, moduleStep } from "@vonk/core/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";
import type { TablePlan } from "../pipeline/build-table.ts";
import type { StageOutput } from "../pipeline/run-stage.ts";
import type {
  Accumulator,
  Block,
  BlockPart,
  BuiltTable,
  GroupsSink,
  StagePlan,
  StageSink,
  StageSource,
  StageStep,
} from "../pipeline/stage-plan.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { withEarlyTests } from "./early-tests.ts";
import type { BuildSide, Pipeline, PipelineStep } from "./pipeline.ts";

const tasks = new URL("../task/stage-tasks.ts", import.meta.url).href;

/** Tasks a core: enough that all cores end at about the same time, few enough that groups of one key meet early. */
const tasksPerCore = 4;
/** Groups of fewer rows than that are merged by one task. */
const mergeRowsMin = 16_384;

/** What a stage begins with: its source, and what its tasks get. */
interface Input {
  readonly source: StageSource;
  readonly parts: readonly unknown[];
}

/** Runs the stages of pipelines, one job each. What they leave in the segment has one owner and goes when the query ends. */
export class PipelineRun {
  readonly #context: ExecutionContext;
  readonly #tag: number;

  constructor(context: ExecutionContext) {
    this.#context = context;
    // A broadcast without content: it owns what tasks put into the segment, and is freed with it.
    const owner = context.sparkContext.broadcast(0);
    this.#tag = broadcastTag(owner.id);
    context.atEnd?.(() => owner.destroy());
  }

  /** The rows of expressions over a pipeline's columns. The stages below it run now. */
  async rows(pipeline: Pipeline, outputs: readonly Expression[]): Promise<RDD<SQLRow>> {
    const { rdd } = await this.#stage(pipeline, { kind: "rows", outputs });
    return rdd as unknown as RDD<SQLRow>;
  }

  async #stage(pipeline: Pipeline, sink: StageSink): Promise<{ readonly rdd: RDD<StageOutput>; readonly tasks: number }> {
    const steps = withEarlyTests(await this.#steps(pipeline.steps), sourceWidth(pipeline));
    const input = await this.#input(pipeline);
    return this.#launch(input, steps, sink);
  }

  #launch(
    { source, parts }: Input,
    steps: readonly StageStep[],
    sink: StageSink,
  ): { readonly rdd: RDD<StageOutput>; readonly tasks: number } {
    const { sparkContext, session } = this.#context;
    const plan: StagePlan = { source, steps, sink, session, tag: this.#tag };
    const count = Math.max(1, Math.min(parts.length, tasksPerCore * sparkContext.defaultParallelism));
    const rdd = moduleStep<StageOutput>(sparkContext.parallelize([...parts], count), "Pipeline", {
      module: tasks,
      export: "runStage",
      args: plan,
    });
    return { rdd, tasks: count };
  }

  async #blocks(pipeline: Pipeline, sink: StageSink): Promise<Block[]> {
    return collectBlocks((await this.#stage(pipeline, sink)).rdd);
  }

  async #steps(steps: readonly PipelineStep[]): Promise<StageStep[]> {
    const made: StageStep[] = [];
    for (const step of steps) {
      if (step.kind === "filter") made.push(step);
      else {
        const { build, keys, joinType, nullAware, condition } = step;
        const table = await this.#table(build, false);
        made.push({ kind: "probe", table, keys, joinType, nullAware, ...(condition === undefined ? {} : { condition }) });
      }
    }
    return made;
  }

  async #table(build: BuildSide, hasMarks: boolean): Promise<BuiltTable> {
    const { sparkContext, session } = this.#context;
    const { outputs, keys, hasNullRow, isExistence } = build;
    const blocks = await this.#blocks(build.pipeline, { kind: "blocks", outputs });
    const plan: TablePlan = { types: outputs.map(typeOf), keys, hasNullRow, isExistence, hasMarks, tag: this.#tag };
    const args = { ...plan, session };
    const [table] = await moduleStep<BuiltTable>(sparkContext.parallelize([blocks], 1), "BuildTable", {
      module: tasks,
      export: "runBuild",
      args,
    }).collect();
    assert(table !== undefined, "a build has one table");
    return table;
  }

  async #input(pipeline: Pipeline): Promise<Input> {
    const { source } = pipeline;
    const columns = pipeline.columns.slice(0, sourceWidth(pipeline));
    switch (source.kind) {
      case "table": {
        const scan = source.scan();
        assert(scan.batchReader !== undefined, "the table gives batches");
        return { source: { columns, reader: scan.batchReader }, parts: scan.partitions };
      }
      case "groups":
        return { source: { columns }, parts: await this.#groups(source) };
      case "marked": {
        const table = await this.#table(source.build, true);
        const { keys, condition, wantsMatched } = source;
        const steps = await this.#steps(source.probe.steps);
        const probe = {
          kind: "probe" as const,
          table,
          keys,
          joinType: "mark" as const,
          nullAware: false,
          ...(condition === undefined ? {} : { condition }),
        };
        await this.#launch(await this.#input(source.probe), [...steps, probe], { kind: "none" }).rdd.collect();
        const part: BlockPart = { blocks: [table.block], marks: { at: table.marks, value: wantsMatched ? 1 : 0 } };
        return { source: { columns }, parts: [part] };
      }
    }
  }

  /** Groups of each task, then those of all tasks by their keys. */
  async #groups({ child, groupings, accumulators, averages }: Extract<Pipeline["source"], { kind: "groups" }>): Promise<BlockPart[]> {
    const sink: GroupsSink = { kind: "groups", groupings, accumulators, averages: [] };
    const blocks = await this.#blocks(child, sink);
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const types = [...groupings.map(typeOf), ...accumulators.map(({ dataType }) => dataType)];
    const merge: GroupsSink = {
      kind: "groups",
      groupings: groupings.map((grouping, ordinal) => ({ kind: "boundReference", ordinal, dataType: typeOf(grouping), nullable: true })),
      accumulators: accumulators.map((accumulator, index) => merged(accumulator, groupings.length + index)),
      averages,
    };
    const count =
      groupings.length > 0 && rows >= mergeRowsMin ? 2 ** Math.ceil(Math.log2(2 * this.#context.sparkContext.defaultParallelism)) : 1;
    const parts = Array.from({ length: count }, (_, index): BlockPart => ({ blocks, ...(count === 1 ? {} : { part: { index, count } }) }));
    const done = await collectBlocks(this.#launch({ source: { columns: types }, parts }, [], merge).rdd);
    return done.map((block) => ({ blocks: [block] }));
  }
}

/** How many columns a pipeline has before its first join. */
function sourceWidth({ steps, columns }: Pipeline): number {
  return steps.reduce(
    (width, step) =>
      step.kind === "join" && (step.joinType === "inner" || step.joinType === "left") ? width - step.build.outputs.length : width,
    columns.length,
  );
}

/** How the parts of an accumulator are put together: counts are summed. */
function merged(accumulator: Accumulator, ordinal: number): Accumulator {
  const argument: Expression = { kind: "boundReference", ordinal, dataType: accumulator.dataType, nullable: true };
  return { ...accumulator, kind: accumulator.kind === "count" ? "sum" : accumulator.kind, argument };
}

async function collectBlocks(rdd: RDD<StageOutput>): Promise<Block[]> {
  const found: Block[] = [];
  for (const output of await rdd.collect()) if ("blocks" in output) found.push(...output.blocks);
  return found;
}
