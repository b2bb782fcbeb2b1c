import type { BatchRecord, SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { segmentOwner } from "@vonk/core/internal";
import { boundReferences, typeOf, type Expression } from "@vonk/dataframe/internal";
import type { RowOrder, StageSink, StageStep, StageTable, TablePlan } from "../pipeline/stage-plan.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { withEarlyTests } from "./early-tests.ts";
import type { BuildSide, Pipeline, PipelineStep } from "./pipeline.ts";
import { SegmentExchange } from "./segment-exchange.ts";
import {
  inWaves,
  joinsOf,
  reduced,
  sourceTests,
  sourceWidth,
  testsOf,
  withSourceTests,
  type PlacedJoin,
  type Test,
} from "./semi-join-reduction.ts";
import { SentExchange } from "./sent-exchange.ts";
import type { StageExchange } from "./stage-exchange.ts";
import { divided, shared, readMs, StageLauncher, type ReadyStage, type StageInput } from "./stage-input.ts";
import { maySendTables } from "./table-bytes.ts";

/** Whether a pipeline is to run: between processes its tables have to be small enough that each has a copy. */
export function mayRunPipeline(pipeline: Pipeline, context: ExecutionContext): boolean {
  return context.compiled && (context.sparkContext.isLocal || maySendTables(pipeline, context));
}

const runs = new WeakMap<ExecutionContext, PipelineRun>();

/** Runs the stages of pipelines, one job each. What they leave in the segment has one owner and goes when the query ends. */
export class PipelineRun {
  readonly #context: ExecutionContext;
  readonly #stages: StageLauncher;
  readonly #exchange: StageExchange;
  readonly #tables = new Map<string, Promise<StageTable>>();
  readonly #grouped = new Map<string, Promise<StageInput>>();

  /** The run of a query: its subqueries are part of it, so that what several need is made once. */
  static of(context: ExecutionContext): PipelineRun {
    let run = runs.get(context);
    if (run === undefined) runs.set(context, (run = new PipelineRun(context)));
    return run;
  }

  constructor(context: ExecutionContext) {
    this.#context = context;
    const owner = segmentOwner(context.sparkContext);
    const ended = new AbortController();
    context.atEnd?.(() => {
      // A query that fails may have stages that go on: what they left later would stay.
      ended.abort("the query has ended");
      // Nobody waits for it: later jobs come behind it. An application that is gone has nothing to free.
      owner.destroy().catch(() => undefined);
      return Promise.resolve();
    });
    this.#stages = new StageLauncher(context, owner, { signal: ended.signal });
    this.#exchange = context.sparkContext.isLocal ? new SegmentExchange(context, this.#stages) : new SentExchange(context, this.#stages);
  }

  /** Begins with what depends on none of these expressions; whoever needs it waits for it, and gets its error. */
  begin(pipeline: Pipeline, unknown: ReadonlySet<Expression>): void {
    const { source } = pipeline;
    const joins = joinsOf(pipeline);
    if (!joins.some(({ step }) => mentions(step.build, unknown))) void this.#steps(pipeline).catch(() => undefined);
    if (source.kind !== "groups") return;
    // Groups that joins follow may be fewer when the tables of these are there.
    if (joins.length > 0 || mentions(source, unknown)) this.begin(source.child, unknown);
    else void this.#input(pipeline).catch(() => undefined);
  }

  /** The rows of expressions over a pipeline's columns. The stages below it run now. */
  async rows(pipeline: Pipeline, outputs: readonly Expression[]): Promise<RDD<SQLRow>> {
    return this.#stages.launch(await this.#ready(pipeline), { kind: "rows", outputs }) as unknown as RDD<SQLRow>;
  }

  /** The first `width` columns of what is put in order, in one partition. */
  async sorted(pipeline: Pipeline, order: RowOrder, width: number): Promise<RDD<SQLRow>> {
    const ready = await this.#ready(pipeline);
    const columns = boundReferences(order.outputs.map(typeOf));
    const sink: StageSink = { kind: "rows", outputs: columns.slice(0, width) };
    if (ready.parts.length === 1) return this.#stages.launch({ ...ready, order }, sink) as unknown as RDD<SQLRow>;
    // Each task gives the first rows of its own, when that is all that is wanted.
    const all = await (order.limit === undefined
      ? this.#exchange.gathered(ready, order.outputs)
      : this.#exchange.gathered({ ...ready, order }, columns));
    return this.#stages.launch({ ...all, steps: [], order: { ...order, outputs: columns } }, sink) as unknown as RDD<SQLRow>;
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
    return this.#stages.launch(even, { kind: "records", outputs }) as unknown as RDD<BatchRecord>;
  }

  /** What a pipeline begins with and goes through; all that is below it runs now. */
  async #ready(pipeline: Pipeline): Promise<ReadyStage> {
    const ready = await this.#withSteps(pipeline, await this.#steps(pipeline));
    return pipeline.source.kind === "table" ? shared(ready, pipeline.source.rows, this.#context.sparkContext.defaultParallelism) : ready;
  }

  /** What a pipeline begins with, as far as steps behind it need that. */
  async #withSteps(pipeline: Pipeline, steps: readonly StageStep[]): Promise<ReadyStage> {
    const input = await this.#input(withSourceTests(pipeline, await this.#tests(sourceTests(pipeline, steps))));
    return { ...input, steps: withEarlyTests(steps, sourceWidth(pipeline)) };
  }

  /** The steps with their tables. */
  async #steps(pipeline: Pipeline): Promise<StageStep[]> {
    const joins = joinsOf(pipeline);
    for (const { step } of joins) this.#begin(step.build.pipeline);
    const tables = new Map<PipelineStep, StageTable>();
    const build = async (join: PlacedJoin): Promise<void> => {
      const side = reduced(join.step.build, await this.#tests(testsOf(join, joins, tables)));
      tables.set(join.step, await this.#table(side, false));
    };
    for (const together of inWaves(joins)) await Promise.all(together.map(build));
    return pipeline.steps.map((step): StageStep => {
      if (step.kind !== "join") return step;
      const { keys, joinType, nullAware, condition } = step;
      const table = tables.get(step);
      assert(table !== undefined, "each join has its table");
      return { kind: "probe", table, keys, joinType, nullAware, ...(condition === undefined ? {} : { condition }) };
    });
  }

  /** Begins with the tables that a pipeline needs whatever is known of others by then: those for which it waits have not to wait for it. */
  #begin(pipeline: Pipeline): void {
    const { source } = pipeline;
    // Whoever needs them waits for them again, and gets the error.
    if (joinsOf(pipeline).length > 0) void this.#steps(pipeline).catch(() => undefined);
    if (source.kind === "groups") this.#begin(source.child);
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
          tag: this.#stages.tag,
        };
        const key = `values ${column} of ${this.#exchange.rowsName(table)}`;
        const values = await once(this.#tables, key, () => this.#exchange.tableBy(table, plan));
        if (values.direct !== undefined) made.push({ table: values, output });
      }
    }
    return made;
  }

  /** A table that is marked is its join's own. */
  #table(build: BuildSide, hasMarks: boolean): Promise<StageTable> {
    return hasMarks ? this.#buildTable(build, true) : once(this.#tables, pipelineKey(build), () => this.#buildTable(build, false));
  }

  async #buildTable(build: BuildSide, hasMarks: boolean): Promise<StageTable> {
    const { outputs, keys, hasNullRow, isExistence } = build;
    const plan: TablePlan = { types: outputs.map(typeOf), keys, hasNullRow, isExistence, hasMarks, tag: this.#stages.tag };
    const ready = await this.#ready(build.pipeline);
    return { ...(await this.#exchange.table(ready, outputs, plan)), base: build.base };
  }

  async #input(pipeline: Pipeline): Promise<StageInput> {
    const { source } = pipeline;
    const columns = pipeline.columns.slice(0, sourceWidth(pipeline));
    switch (source.kind) {
      case "table": {
        const scan = source.scan();
        assert(scan.batchReader !== undefined, "the table gives batches");
        return { source: { columns, reader: scan.batchReader }, parts: scan.partitions, workMs: readMs(source.rows, "file") };
      }
      case "kept": {
        const kept = source.records();
        const partitions = await kept.getNumPartitions();
        const parts = Array.from({ length: partitions }, (_, index) => index);
        return { source: { columns, stored: source.columns }, parts, given: kept, workMs: readMs(source.rows, "memory") };
      }
      case "groups":
        return once(this.#grouped, pipelineKey(source), async () =>
          this.#exchange.groups(await this.#ready(source.child), source, columns),
        );
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
        return this.#exchange.marked(await this.#withSteps(source.probe, [...steps, probe]), table, wantsMatched);
      }
    }
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let made = known.get(key);
  if (made === undefined) known.set(key, (made = make()));
  return made;
}

/** Whether any of these expressions is part of a plan. */
function mentions(of: BuildSide | Pipeline["source"], expressions: ReadonlySet<Expression>): boolean {
  let found = false;
  JSON.stringify(of, (name, value: unknown) => {
    if (expressions.has(value as Expression)) found = true;
    return found || name === "bindings" || name === "origin" || typeof value === "bigint" ? undefined : value;
  });
  return found;
}

/** A text that is the same for what gives the same rows: expressions are over positions, and filters of a scan are steps as well. */
function pipelineKey(of: BuildSide | Pipeline["source"]): string {
  return JSON.stringify(of, (name, value: unknown) => {
    if (name === "bindings" || name === "origin") return undefined;
    if (value instanceof Map || value instanceof Set) return [...value];
    return typeof value === "bigint" ? `${value}n` : value;
  });
}
