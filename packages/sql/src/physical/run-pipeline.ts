import type { BatchRecord, SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { broadcastTag, moduleStep } from "@vonk/core/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";
import { morselRows } from "../pipeline/frame.ts";
import type { StageOutput } from "../pipeline/run-stage.ts";
import type {
  Accumulator,
  Block,
  BlockPart,
  BuiltTable,
  GroupsSink,
  SharedPart,
  StagePlan,
  StageSink,
  StageSource,
  StageStep,
  TablePlan,
} from "../pipeline/stage-plan.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { withEarlyTests } from "./early-tests.ts";
import type { BuildSide, Pipeline, PipelineStep } from "./pipeline.ts";
import { joinsOf, reduced, sourceWidth, testsOf, type Test } from "./semi-join-reduction.ts";

const tasks = new URL("../task/stage-tasks.ts", import.meta.url).href;

/** Tasks a core: enough that all cores end at about the same time, few enough that groups of one key meet early. */
const tasksPerCore = 4;
/** Partitions of kept tables a core: they are alike, and are scanned so fast that each task more is felt. */
const keptPartitionsPerCore = 2;
/** Groups of fewer rows than that are merged by one task. */
const mergeRowsMin = 16_384;

/** What a stage begins with: its source, and what its tasks get: parts, or the partitions of records that are kept. */
interface Input {
  readonly source: StageSource;
  readonly parts: readonly unknown[];
  readonly kept?: RDD<BatchRecord>;
}

interface Ready extends Input {
  readonly steps: readonly StageStep[];
}

/** Whether pipelines can run: their tasks have to share memory. */
export function mayRunPipelines({ compiled, sparkContext }: ExecutionContext): boolean {
  return compiled && sparkContext.isLocal;
}

const runs = new WeakMap<ExecutionContext, PipelineRun>();

/** Runs the stages of pipelines, one job each. What they leave in the segment has one owner and goes when the query ends. */
export class PipelineRun {
  readonly #context: ExecutionContext;
  readonly #tag: number;
  readonly #tables = new Map<string, Promise<BuiltTable>>();
  readonly #grouped = new Map<string, Promise<BlockPart[]>>();

  /** The run of a query: its subqueries are part of it, so that what several need is made once. */
  static of(context: ExecutionContext): PipelineRun {
    let run = runs.get(context);
    if (run === undefined) runs.set(context, (run = new PipelineRun(context)));
    return run;
  }

  constructor(context: ExecutionContext) {
    this.#context = context;
    // A broadcast without content: it owns what tasks put into the segment, and is freed with it.
    const owner = context.sparkContext.broadcast(0);
    this.#tag = broadcastTag(owner.id);
    context.atEnd?.(() => owner.destroy());
  }

  /** The rows of expressions over a pipeline's columns. The stages below it run now. */
  async rows(pipeline: Pipeline, outputs: readonly Expression[]): Promise<RDD<SQLRow>> {
    return this.#launch(await this.#ready(pipeline), { kind: "rows", outputs }) as unknown as RDD<SQLRow>;
  }

  /** The same as records of batches, made when they are read. */
  async records(pipeline: Pipeline, outputs: readonly Expression[]): Promise<RDD<BatchRecord>> {
    const ready = await this.#ready(pipeline);
    const { source } = pipeline;
    // The partitions of what is kept are those of every later scan: they should be alike.
    const even =
      source.kind === "table" && ready.source.isShared !== true
        ? divided(ready, source.rows, this.#context.sparkContext.defaultParallelism)
        : ready;
    return this.#launch(even, { kind: "records", outputs }) as unknown as RDD<BatchRecord>;
  }

  /** What a pipeline begins with and goes through; all that is below it runs now. */
  async #ready(pipeline: Pipeline): Promise<Ready> {
    const steps = withEarlyTests(await this.#steps(pipeline), sourceWidth(pipeline));
    const ready = { ...(await this.#input(pipeline)), steps };
    return pipeline.source.kind === "table" ? shared(ready, pipeline.source.rows, this.#context.sparkContext.defaultParallelism) : ready;
  }

  #launch({ source, parts, kept, steps }: Ready, sink: StageSink): RDD<StageOutput> {
    const { sparkContext, session } = this.#context;
    const plan: StagePlan = { source, steps, sink, session, tag: this.#tag };
    const perCore = sink.kind === "records" ? keptPartitionsPerCore : tasksPerCore;
    const count = Math.max(1, Math.min(parts.length, perCore * sparkContext.defaultParallelism));
    const given: RDD<unknown> = kept ?? sparkContext.parallelize([...parts], count);
    return moduleStep<StageOutput>(given, "Pipeline", { module: tasks, export: "runStage", args: plan });
  }

  /** The steps with their tables, which are built from the smallest on: what is known of those that are there leaves rows of others out. */
  async #steps(pipeline: Pipeline): Promise<StageStep[]> {
    const joins = joinsOf(pipeline);
    const tables = new Map<PipelineStep, BuiltTable>();
    for (const join of joins.toSorted((a, b) => a.step.build.rows - b.step.build.rows))
      tables.set(join.step, await this.#table(reduced(join.step.build, await this.#tests(testsOf(join, joins, tables))), false));
    return pipeline.steps.map((step): StageStep => {
      if (step.kind !== "join") return step;
      const { keys, joinType, nullAware, condition } = step;
      const table = tables.get(step);
      assert(table !== undefined, "each join has its table");
      return { kind: "probe", table, keys, joinType, nullAware, ...(condition === undefined ? {} : { condition }) };
    });
  }

  /** The tests with those tables that have to be made. */
  async #tests(tests: readonly Test[]): Promise<Test[]> {
    const made: Test[] = [];
    for (const test of tests) {
      const { column, table, output } = test;
      if (column === undefined) made.push(test);
      else {
        const plan: TablePlan = {
          types: table.types,
          keys: [column],
          hasNullRow: false,
          isExistence: true,
          hasMarks: false,
          tag: this.#tag,
        };
        const key = `values ${table.block.columns[column]?.data} ${table.rows}`;
        const values = await once(this.#tables, key, () => this.#build([table.block], plan));
        if (values.direct !== undefined) made.push({ table: values, output });
      }
    }
    return made;
  }

  /** A table that is marked is its join's own. */
  #table(build: BuildSide, hasMarks: boolean): Promise<BuiltTable> {
    return hasMarks ? this.#buildTable(build, true) : once(this.#tables, pipelineKey(build), () => this.#buildTable(build, false));
  }

  async #buildTable(build: BuildSide, hasMarks: boolean): Promise<BuiltTable> {
    const { outputs, keys, hasNullRow, isExistence } = build;
    const plan: TablePlan = { types: outputs.map(typeOf), keys, hasNullRow, isExistence, hasMarks, tag: this.#tag };
    const ready = await this.#ready(build.pipeline);
    // The only task makes the table itself.
    if (ready.parts.length === 1) return tableOf(await this.#launch(ready, { kind: "table", outputs, table: plan }).collect());
    const blocks = await collectBlocks(this.#launch(ready, { kind: "blocks", outputs }));
    return this.#build(blocks, plan);
  }

  async #build(blocks: readonly Block[], plan: TablePlan): Promise<BuiltTable> {
    const { sparkContext, session } = this.#context;
    const task = { module: tasks, export: "runBuild", args: { ...plan, session } };
    const built = await moduleStep<BuiltTable>(sparkContext.parallelize([blocks], 1), "BuildTable", task).collect();
    return tableOf(built.map((table) => ({ table })));
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
      case "kept": {
        const kept = source.records();
        const partitions = await kept.getNumPartitions();
        return { source: { columns, stored: source.columns }, parts: Array.from({ length: partitions }, (_, index) => index), kept };
      }
      case "groups":
        return { source: { columns }, parts: await once(this.#grouped, pipelineKey(source), () => this.#groups(source)) };
      case "marked": {
        const table = await this.#table(source.build, true);
        const { keys, condition, wantsMatched } = source;
        const steps = await this.#steps(source.probe);
        const probe = {
          kind: "probe" as const,
          table,
          keys,
          joinType: "mark" as const,
          nullAware: false,
          ...(condition === undefined ? {} : { condition }),
        };
        const all = withEarlyTests([...steps, probe], sourceWidth(source.probe));
        await this.#launch({ ...(await this.#input(source.probe)), steps: all }, { kind: "none" }).collect();
        const part: BlockPart = { blocks: [table.block], marks: { at: table.marks, value: wantsMatched ? 1 : 0 } };
        return { source: { columns }, parts: [part] };
      }
    }
  }

  /** Groups of each task, then those of all tasks by their keys. */
  async #groups({ child, groupings, accumulators, averages }: Extract<Pipeline["source"], { kind: "groups" }>): Promise<BlockPart[]> {
    const ready = await this.#ready(child);
    const isOne = ready.parts.length === 1;
    const parts = isOne || groupings.length === 0 ? 1 : 2 ** Math.ceil(Math.log2(2 * this.#context.sparkContext.defaultParallelism));
    const sink: GroupsSink = { kind: "groups", groupings, accumulators, averages: isOne ? averages : [], parts };
    const blocks = await collectBlocks(this.#launch(ready, sink));
    if (isOne) return blocks.map((block) => ({ blocks: [block] }));
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const types = [...groupings.map(typeOf), ...accumulators.map(({ dataType }) => dataType)];
    const merge: GroupsSink = {
      kind: "groups",
      groupings: groupings.map((grouping, ordinal) => ({ kind: "boundReference", ordinal, dataType: typeOf(grouping), nullable: true })),
      accumulators: accumulators.map((accumulator, index) => merged(accumulator, groupings.length + index)),
      averages,
      parts: 1,
    };
    const merging: BlockPart[] =
      rows < mergeRowsMin
        ? [{ blocks }]
        : Array.from({ length: parts }, (_, part) => ({ blocks: blocks.filter((block) => block.part === part) }));
    const done = await collectBlocks(this.#launch({ source: { columns: types }, parts: merging, steps: [] }, merge));
    return done.map((block) => ({ blocks: [block] }));
  }
}

/** How the parts of an accumulator are put together: counts are summed. */
function merged(accumulator: Accumulator, ordinal: number): Accumulator {
  const argument: Expression = { kind: "boundReference", ordinal, dataType: accumulator.dataType, nullable: true };
  return { ...accumulator, kind: accumulator.kind === "count" ? "sum" : accumulator.kind, argument };
}

/** Few parts of many rows, of which joins make work, go to several tasks each: reading them twice costs less than idle cores. */
function shared(ready: Ready, rows: number, cores: number): Ready {
  const hasWork = ready.steps.some((step) => step.kind === "probe" && (step.joinType === "inner" || step.joinType === "left"));
  return hasWork ? divided(ready, rows, cores) : ready;
}

/** The parts, each for several tasks where there are few of many rows. */
function divided(ready: Ready, rows: number, cores: number): Ready {
  const { parts, steps, source } = ready;
  const count = Math.min(Math.ceil((2 * cores) / Math.max(1, parts.length)), Math.floor(rows / Math.max(1, parts.length) / morselRows));
  if (count <= 1) return ready;
  const shares = parts.flatMap((description) => Array.from({ length: count }, (_, index): SharedPart => ({ description, index, count })));
  return { source: { ...source, isShared: true }, parts: shares, steps };
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let made = known.get(key);
  if (made === undefined) known.set(key, (made = make()));
  return made;
}

/** A text that is the same for what gives the same rows: expressions are over positions, and filters of a scan are steps as well. */
function pipelineKey(of: BuildSide | Pipeline["source"]): string {
  return JSON.stringify(of, (name, value: unknown) => {
    if (name === "bindings" || name === "origin") return undefined;
    if (value instanceof Map || value instanceof Set) return [...value];
    return typeof value === "bigint" ? `${value}n` : value;
  });
}

function tableOf(outputs: readonly StageOutput[]): BuiltTable {
  const [output] = outputs;
  assert(output !== undefined && "table" in output, "a build has one table");
  return output.table;
}

async function collectBlocks(rdd: RDD<StageOutput>): Promise<Block[]> {
  const found: Block[] = [];
  for (const output of await rdd.collect()) if ("blocks" in output) found.push(...output.blocks);
  return found;
}
