import type { SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { moduleStep } from "@vonk/core/internal";
import { sqlText } from "@vonk/catalyst/internal";
import { type AggregateCall, type Attribute, type Call, type Expression, type SortOrder } from "@vonk/dataframe/internal";
import type { AggregatePlan } from "../task/aggregate-rows.ts";
import type { GeneratePlan } from "../task/generate-rows.ts";
import type { KeyedRow } from "../task/partition-function.ts";
import type { WindowPlan } from "../task/window-rows.ts";
import type { ProjectPlan, SortPlan } from "../task/row-tasks.ts";
import type { Scan } from "../source/table.ts";
import { bind, bindAll } from "./bind.ts";
import { exchange, exchangePartitions, gathered, step } from "./exchange.ts";
import { list } from "./expression-text.ts";
import type { RowOrder } from "../pipeline/stage-plan.ts";
import type { ExecutionContext, PhysicalPlan } from "./physical-plan.ts";
import { outputsOf, type Pipeline } from "./pipeline.ts";
import { mayRunPipeline, PipelineRun } from "./run-pipeline.ts";

/** Rows that the plan holds. */
export function localTableScan(output: readonly Attribute[], rows: readonly SQLRow[]): PhysicalPlan {
  return {
    name: "LocalTableScan",
    detail: list(output),
    output,
    children: [],
    execute: ({ sparkContext }) =>
      Promise.resolve(sparkContext.parallelize([...rows], Math.max(1, Math.min(rows.length, sparkContext.defaultParallelism)))),
  };
}

/** A table's partitions, read by its source. */
export function batchScan(name: string, scan: Scan, output: readonly Attribute[]): PhysicalPlan {
  return {
    name: "BatchScan",
    detail: `${name}${list(output)} ${scan.description}`,
    output,
    children: [],
    execute: ({ sparkContext }) => {
      const partitions = sparkContext.parallelize([...scan.partitions], Math.max(1, scan.partitions.length));
      return Promise.resolve(moduleStep<SQLRow>(partitions, "BatchScan", scan.reader));
    },
  };
}

/** Numbers from a start to an end. */
export function rangeScan(
  output: readonly Attribute[],
  start: bigint,
  end: bigint,
  stride: bigint,
  slices: number | undefined,
): PhysicalPlan {
  return {
    name: "Range",
    detail: `(${start}, ${end}, step=${stride})`,
    output,
    children: [],
    execute: ({ sparkContext }) => {
      const count = slices ?? sparkContext.defaultParallelism;
      const total = stride > 0n ? (end - start + stride - 1n) / stride : (start - end - stride - 1n) / -stride;
      const parts = Array.from({ length: count }, (_, index) => ({
        from: start + stride * ((total * BigInt(index)) / BigInt(count)),
        count: Number((total * BigInt(index + 1)) / BigInt(count) - (total * BigInt(index)) / BigInt(count)),
      }));
      return Promise.resolve(step(sparkContext.parallelize(parts, count), "Range", "rangeRows", { step: stride }));
    },
  };
}

/** Filter and projection in one. */
export function project(
  child: PhysicalPlan,
  condition: Expression | undefined,
  projections: readonly Expression[] | undefined,
  output: readonly Attribute[],
): PhysicalPlan {
  const name = projections === undefined ? "Filter" : "Project";
  const shown = [
    ...(projections === undefined ? [] : [list(projections)]),
    ...(condition === undefined ? [] : [`(${sqlText(condition)})`]),
  ];
  return {
    name,
    detail: shown.join(" "),
    output,
    children: [child],
    execute: async (context) => {
      const plan: ProjectPlan = {
        session: context.session,
        ...(condition === undefined ? {} : { condition: bind(condition, child.output) }),
        ...(projections === undefined ? {} : { projections: bindAll(projections, child.output) }),
      };
      return step(await child.execute(context), name, "projectRows", plan);
    },
  };
}

/** Groups: states by partition, brought together by key, and finished. */
export function hashAggregate(
  child: PhysicalPlan,
  groupings: readonly Expression[],
  calls: readonly AggregateCall[],
  output: readonly Attribute[],
): PhysicalPlan {
  return {
    name: "HashAggregate",
    exchanged: () => "HashAggregate",
    detail: `(keys=${list(groupings)}, functions=${list(calls)})`,
    output,
    children: [child],
    execute: async (context) => {
      const plan: AggregatePlan = {
        groupings: bindAll(groupings, child.output),
        calls: bindAll(calls, child.output).filter((call) => call.kind === "aggregate"),
        session: context.session,
      };
      const parts = await partialGroups(await child.execute(context), plan, context);
      const together = await exchange(context, parts, groupings.length === 0 ? 1 : exchangePartitions(context));
      return step(together, "HashAggregate", "finalAggregate", plan);
    },
  };
}

/** States of groups by partition; the arguments of DISTINCT calls go through an exchange of their own. */
async function partialGroups(rows: RDD<SQLRow>, plan: AggregatePlan, context: ExecutionContext): Promise<RDD<KeyedRow>> {
  if (!plan.calls.some((call) => call.distinct)) return step<KeyedRow>(rows, "HashAggregate", "partialAggregate", plan);
  const entries = step<KeyedRow>(rows, "HashAggregate", "partialDistinct", plan);
  return step<KeyedRow>(await exchange(context, entries, exchangePartitions(context)), "HashAggregate", "mergeDistinct", plan);
}

/** A plan whose rows come from pipelines of generated code where these may run, and elsewhere from `rows`, a plan that is only made when it is asked for. */
export function compiled(output: readonly Attribute[], pipeline: Pipeline, rows: () => PhysicalPlan): PhysicalPlan {
  const outputs = outputsOf(pipeline, output);
  return byPipeline(output, pipeline, rows, (context, others) =>
    mayRunPipeline(pipeline, context) ? PipelineRun.of(context).rows(pipeline, outputs) : others().execute(context),
  );
}

/** An order by pipelines where these may run. `order` has the output's columns and then those that only the order needs. */
export function compiledSort(output: readonly Attribute[], pipeline: Pipeline, order: RowOrder, rows: () => PhysicalPlan): PhysicalPlan {
  return byPipeline(output, pipeline, rows, (context, others) =>
    mayRunPipeline(pipeline, context) ? PipelineRun.of(context).sorted(pipeline, order, output.length) : others().execute(context),
  );
}

function byPipeline(
  output: readonly Attribute[],
  pipeline: Pipeline,
  rows: () => PhysicalPlan,
  execute: (context: ExecutionContext, rows: () => PhysicalPlan) => Promise<RDD<SQLRow>>,
): PhysicalPlan {
  let made: PhysicalPlan | undefined;
  const plan = (): PhysicalPlan => (made ??= rows());
  return {
    get name() {
      return `*${plan().name}`;
    },
    get detail() {
      return plan().detail;
    },
    get children() {
      return plan().children.map(starred);
    },
    output,
    begin: (context, unknown) => {
      if (mayRunPipeline(pipeline, context)) PipelineRun.of(context).begin(pipeline, unknown);
    },
    execute: (context) => execute(context, plan),
  };
}

/** As EXPLAIN shows operators that are compiled. */
function starred(plan: PhysicalPlan): PhysicalPlan {
  return { ...plan, name: `*${plan.name}`, children: plan.children.map(starred) };
}

/** All rows in order; with a limit only the first, of which each partition keeps as many. */
export function sort(child: PhysicalPlan, order: readonly SortOrder[], limit: number | undefined, global: boolean): PhysicalPlan {
  const name = limit === undefined ? "Sort" : "TakeOrderedAndProject";
  return {
    name,
    exchanged: () => (global && limit === undefined ? name : undefined),
    detail: `${limit === undefined ? "" : `(limit=${limit}) `}${list(order)}, ${global}`,
    output: child.output,
    children: [child],
    execute: async (context) => {
      const bound = order.map((item) => ({ ...item, child: bind(item.child, child.output) }));
      const plan: SortPlan = { order: bound, session: context.session, ...(limit === undefined ? {} : { limit }) };
      const rows = await child.execute(context);
      if (!global) return step(rows, name, "sortPartition", plan);
      const fewer = limit === undefined ? rows : step<SQLRow>(rows, name, "sortPartition", plan);
      return step(await gathered(context, fewer), name, "sortPartition", plan);
    },
  };
}

/** The rows from a position on, at most so many. Partitions count in their order. */
export function limit(child: PhysicalPlan, count: number | undefined, offset: number): PhysicalPlan {
  return {
    name: "GlobalLimit",
    detail: `${count ?? "all"}, ${offset}`,
    output: child.output,
    children: [child],
    execute: async (context) => {
      const rows = await child.execute(context);
      const few = count === undefined ? rows : step<SQLRow>(rows, "LocalLimit", "sliceRows", { offset: 0, limit: count + offset });
      return step(few.coalesce(1), "GlobalLimit", "sliceRows", { offset, ...(count === undefined ? {} : { limit: count }) });
    },
  };
}

/** The rows of all inputs. */
export function union(children: readonly PhysicalPlan[], output: readonly Attribute[]): PhysicalPlan {
  return {
    name: "Union",
    detail: "",
    output,
    children,
    execute: async (context) => {
      const inputs = await Promise.all(children.map((child) => child.execute(context)));
      const [first] = inputs;
      assert(first !== undefined, "a union has inputs");
      return context.sparkContext.union(...inputs);
    },
  };
}

/** INTERSECT and EXCEPT: rows are counted by side. */
export function setOperation(left: PhysicalPlan, right: PhysicalPlan, operation: "intersect" | "except", all: boolean): PhysicalPlan {
  return {
    name: operation === "intersect" ? "Intersect" : "Except",
    exchanged: () => (operation === "intersect" ? "Intersect" : "Except"),
    detail: `${all}`,
    output: left.output,
    children: [left, right],
    execute: async (context) => {
      const tagged = async (side: PhysicalPlan, tag: number): Promise<RDD<KeyedRow>> => {
        const keys = side.output.map((column) => bind(column, side.output));
        return step(await side.execute(context), "Exchange", "taggedRows", { keys, tag, session: context.session });
      };
      const both = context.sparkContext.union(await tagged(left, 0), await tagged(right, 1));
      return step(await exchange(context, both, exchangePartitions(context)), "SetOperation", "setOperationRows", { operation, all });
    },
  };
}

/** Each row once per list of projections. */
export function expand(child: PhysicalPlan, projections: readonly (readonly Expression[])[], output: readonly Attribute[]): PhysicalPlan {
  return {
    name: "Expand",
    detail: `[${projections.map(list).join(", ")}]`,
    output,
    children: [child],
    execute: async (context) => {
      const bound = projections.map((items) => bindAll(items, child.output));
      return step(await child.execute(context), "Expand", "expandRows", { projections: bound, session: context.session });
    },
  };
}

/** The rows of a generator beside each row; `outer` keeps rows for which it makes none. */
export function generate(
  child: PhysicalPlan,
  generator: Call,
  parts: { readonly outer: boolean; readonly width: number },
  output: readonly Attribute[],
): PhysicalPlan {
  return {
    name: "Generate",
    detail: `${sqlText(generator)}, ${parts.outer}`,
    output,
    children: [child],
    execute: async (context) => {
      const args = bindAll(generator.args, child.output);
      const plan: GeneratePlan = { generator: { ...generator, args }, ...parts, session: context.session };
      return step(await child.execute(context), "Generate", "generateRows", plan);
    },
  };
}

/** Window functions of one partitioning and order, behind the columns of each row. */
export function window(
  child: PhysicalPlan,
  items: readonly Expression[],
  { partitionBy, orderBy }: { readonly partitionBy: readonly Expression[]; readonly orderBy: readonly Expression[] },
  output: readonly Attribute[],
): PhysicalPlan {
  return {
    name: "Window",
    exchanged: () => "Window",
    detail: `${list(items)}, ${list(partitionBy)}, ${list(orderBy)}`,
    output,
    children: [child],
    execute: async (context) => {
      const { session } = context;
      const keys = bindAll(partitionBy, child.output);
      const windows = bindAll(items, child.output).map((item) => (item.kind === "alias" ? item.child : item));
      const plan: WindowPlan = {
        order: bindAll(orderBy, child.output).filter((item) => item.kind === "sortOrder"),
        windows: windows.filter((item) => item.kind === "window"),
        session,
      };
      const keyed = step<KeyedRow>(await child.execute(context), "Exchange", "keyedRows", { keys, session });
      const partitions = keys.length === 0 ? 1 : exchangePartitions(context);
      return step(await exchange(context, keyed, partitions), "Window", "windowRows", plan);
    },
  };
}
