import { outputIds, readsOnly, references, hasSubquery } from "@vonk/catalyst/internal";
import { assert } from "@vonk/common/internal";
import {
  boundReference,
  conjunction,
  conjuncts,
  outputOf,
  typeOf,
  type Attribute,
  type Expression,
  type Filter,
  type Join,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { isCompilable, isFlat } from "../pipeline/compilable.ts";
import type { ProbeType } from "../pipeline/stage-plan.ts";
import { isCachedTable, storedColumns, type CachedTable } from "../source/cached-table.ts";
import { isTable, type Table } from "../source/table.ts";
import { joinSize } from "./join-size.ts";
import type { BuildSide, Pipeline } from "./pipeline.ts";
import { bound, isKey, placeOf, withReferences, type Required } from "./bound-expression.ts";
import { planGroups } from "./plan-groups.ts";

/**
 * A plan as pipelines; undefined when an operator, a type or a source does not suit: then it goes row by row. Expressions always suit: those without
 * generated code are interpreted inside.
 */
export function planPipeline(plan: LogicalPlan, required: Required): Pipeline | undefined {
  switch (plan.kind) {
    case "table":
      if (isCachedTable(plan.table)) return planKept(plan, plan.table);
      return isTable(plan.table) ? planScan(plan, plan.table) : undefined;
    case "project":
      return planProject(plan, required);
    case "filter":
      return planFilter(plan, required);
    case "join":
      return planJoin(plan, required);
    case "aggregate":
    case "distinct":
      return planGroups(plan, required, planPipeline);
    case "subqueryAlias":
      return planPipeline(plan.child, required);
    default:
      return undefined;
  }
}

function planScan({ output, filters }: Extract<LogicalPlan, { kind: "table" }>, table: Table): Pipeline | undefined {
  if (!table.hasBatches || !output.every((column) => isFlat(column.dataType))) return undefined;
  const names = output.map((column) => column.name);
  return {
    source: {
      kind: "table",
      name: table.name,
      rows: table.statistics.rowCount ?? 0,
      columns: names,
      scan: () => table.scan(names, filters),
    },
    columns: output.map((column) => column.dataType),
    steps: [],
    bindings: new Map(output.map((column, ordinal) => [column.exprId, boundReference(ordinal, column.dataType, column.nullable)])),
  };
}

function planKept({ output }: Extract<LogicalPlan, { kind: "table" }>, table: CachedTable): Pipeline | undefined {
  const { content } = table;
  if (content.kind !== "records") return undefined;
  return {
    source: {
      kind: "kept",
      id: content.records.id,
      rows: table.statistics.rowCount ?? 0,
      columns: storedColumns(table, output),
      records: () => content.records,
    },
    columns: output.map((column) => column.dataType),
    steps: [],
    bindings: new Map(output.map((column, ordinal) => [column.exprId, boundReference(ordinal, column.dataType, column.nullable)])),
  };
}

function planProject(plan: Extract<LogicalPlan, { kind: "project" }>, required: Required): Pipeline | undefined {
  const child = planPipeline(plan.child, withReferences(new Set(), plan.projections));
  if (child === undefined) return undefined;
  const bindings = new Map<number, Expression>();
  for (const item of plan.projections) {
    const value = bound(item.kind === "alias" ? item.child : item, child);
    if (value === undefined || (item.kind !== "alias" && item.kind !== "attribute")) return undefined;
    if (!isFlat(typeOf(value))) return undefined;
    if (required.has(item.exprId)) bindings.set(item.exprId, value);
  }
  return { ...child, bindings };
}

/** Conditions that are cheap come first, then those on text, then what is interpreted, in the order in which they are written. */
function planFilter({ condition, child }: Filter, required: Required): Pipeline | undefined {
  const parts = conjuncts(condition);
  const input = child.kind === "table" ? { ...child, filters: [...child.filters, ...parts.filter((part) => !hasSubquery(part))] } : child;
  const pipeline = planPipeline(input, withReferences(required, [condition]));
  if (pipeline === undefined) return undefined;
  const conditions = parts.map((part) => bound(part, pipeline));
  const known = conditions.filter((part) => part !== undefined);
  if (known.length < conditions.length) return undefined;
  const compiled = known.filter(isCompilable);
  const cheap = compiled.filter((part) => !readsText(part));
  const texts = compiled.filter(readsText);
  const rest = known.filter((part) => !isCompilable(part));
  const steps = [...(cheap.length === 0 ? [] : [conjunction(cheap)]), ...texts, ...rest];
  return { ...pipeline, steps: [...pipeline.steps, ...steps.map((part) => ({ kind: "filter" as const, condition: part }))] };
}

function readsText(expression: Expression): boolean {
  return references(expression).some((column) => column.dataType.kind === "string") || textColumns(expression);
}

function textColumns(expression: Expression): boolean {
  if (expression.kind === "boundReference") return expression.dataType.kind === "string";
  return expression.kind === "call" && expression.args.some(textColumns);
}

interface Sides {
  readonly streamKeys: readonly Expression[];
  readonly buildKeys: readonly Expression[];
  readonly rest: readonly Expression[];
}

/** Equalities between the sides are keys, everything else is tested for each pair. */
function splitCondition(condition: Expression | undefined, stream: LogicalPlan, build: LogicalPlan): Sides {
  const streamIds = outputIds(stream);
  const buildIds = outputIds(build);
  const streamKeys: Expression[] = [];
  const buildKeys: Expression[] = [];
  const rest: Expression[] = [];
  for (const part of condition === undefined ? [] : conjuncts(condition)) {
    const [a, b] = part.kind === "call" && part.name === "=" ? part.args : [];
    if (a !== undefined && b !== undefined && readsOnly(a, streamIds) && readsOnly(b, buildIds)) {
      streamKeys.push(a);
      buildKeys.push(b);
    } else if (a !== undefined && b !== undefined && readsOnly(b, streamIds) && readsOnly(a, buildIds)) {
      streamKeys.push(b);
      buildKeys.push(a);
    } else rest.push(part);
  }
  return { streamKeys, buildKeys, rest };
}

/** The smaller side of an inner join is built, and that of a semi or anti join. */
function planJoin(plan: Join, required: Required): Pipeline | undefined {
  const { left, right } = plan;
  const isLeftSmaller = (): boolean => joinSize(left).rows < joinSize(right).rows;
  switch (plan.joinType) {
    case "inner":
      return isLeftBuilt(left, right) ? planProbe(plan, right, left, "inner", required) : planProbe(plan, left, right, "inner", required);
    case "left":
      return planProbe(plan, left, right, "left", required);
    case "right":
      return planProbe(plan, right, left, "left", required);
    case "semi":
    case "anti":
      return plan.nullAware !== true && isLeftSmaller()
        ? planMarked(plan, required)
        : planProbe(plan, left, right, plan.joinType, required);
    default:
      return undefined;
  }
}

/** Rows that are entered into a table in about the time in which a stage starts. */
const rowsAStage = 50_000;

/**
 * Whether the left side of an inner join is built: when it is smaller. A side that comes out of a join of its own goes on as it is where that costs little:
 * its table would have to wait for all others, while that of the right side is made beside them.
 */
function isLeftBuilt(left: LogicalPlan, right: LogicalPlan): boolean {
  return joinSize(left).rows + (isJoined(left) && !isJoined(right) ? rowsAStage : 0) < joinSize(right).rows;
}

function isJoined(plan: LogicalPlan): boolean {
  if (plan.kind === "project" || plan.kind === "filter") return isJoined(plan.child);
  return plan.kind === "join" && plan.joinType === "inner";
}

function planProbe(
  plan: Join,
  stream: LogicalPlan,
  build: LogicalPlan,
  joinType: Exclude<ProbeType, "mark">,
  required: Required,
): Pipeline | undefined {
  const sides = splitCondition(plan.condition, stream, build);
  const needed = withReferences(required, [...sides.streamKeys, ...sides.rest]);
  const child = planPipeline(stream, needed);
  const pairs = joinType === "inner" || joinType === "left";
  const buildColumns = withReferences(pairs ? required : new Set(), sides.rest);
  const built = child === undefined ? undefined : planBuild(build, sides.buildKeys, buildColumns, joinType, sides.rest.length === 0);
  if (child === undefined || built === undefined) return undefined;
  const keys = sides.streamKeys.map((key) => bound(key, child));
  if (!areKeys(keys) || (plan.nullAware === true && (keys.length !== 1 || sides.rest.length > 0))) return undefined;
  const first = child.columns.length;
  const bindings = new Map([...child.bindings, ...built.bindings(first)]);
  const joined: Pipeline = { ...child, columns: [...child.columns, ...built.side.outputs.map(typeOf)], bindings };
  const conditions = sides.rest.map((part) => bound(part, joined));
  const known = conditions.filter((part) => part !== undefined);
  if (known.length < conditions.length) return undefined;
  // Inside a probe only generated code is at hand; behind an inner join anything goes.
  const inside = joinType === "inner" ? [] : known;
  if (!inside.every((part) => isCompilable(part) && isFree(part))) return undefined;
  const step = {
    kind: "join" as const,
    build: built.side,
    keys,
    joinType,
    nullAware: plan.nullAware === true,
    ...(inside.length === 0 ? {} : { condition: conjunction(inside) }),
  };
  const behind = joinType === "inner" ? known.map((part) => ({ kind: "filter" as const, condition: part })) : [];
  const result = pairs ? joined : { ...joined, columns: child.columns, bindings: child.bindings };
  return { ...result, steps: [...child.steps, step, ...behind] };
}

/** Conditions whose integers need no proof. */
function isFree(expression: Expression): boolean {
  if (expression.kind !== "call") return (expression.kind === "boundReference" || expression.kind === "literal") && !isWide(expression);
  return !["+", "-", "*"].includes(expression.name) && expression.args.every(isFree);
}

function isWide(expression: Expression): boolean {
  const type = typeOf(expression);
  return type.kind === "decimal" && type.precision > 18;
}

/** Keys are integers, truth values or text: doubles are equal in other ways than by their bits. */
function areKeys(keys: readonly (Expression | undefined)[]): keys is readonly Expression[] {
  return keys.length > 0 && keys.every((key) => key !== undefined && isKey(key));
}

interface Built {
  readonly side: BuildSide;
  /** What the columns of the side are when the first of them has a position. */
  readonly bindings: (first: number) => [number, Expression][];
}

function planBuild(
  plan: LogicalPlan,
  keys: readonly Expression[],
  required: Required,
  joinType: ProbeType,
  isUnconditional: boolean,
): Built | undefined {
  const pipeline = planPipeline(plan, withReferences(required, keys));
  if (pipeline === undefined) return undefined;
  const boundKeys = keys.map((key) => bound(key, pipeline));
  if (!areKeys(boundKeys)) return undefined;
  const outputs: Expression[] = [];
  const place = (value: Expression): number => placeOf(value, outputs);
  const keyPlaces = boundKeys.map(place);
  const columns = outputOf(plan).filter((column) => required.has(column.exprId));
  const places = columns.map((column): readonly [Attribute, number] => {
    const value = pipeline.bindings.get(column.exprId);
    assert(value !== undefined, "a pipeline has the columns of its plan");
    return [column, place(value)];
  });
  return {
    side: {
      pipeline,
      outputs,
      keys: keyPlaces,
      ...joinSize(plan),
      hasNullRow: joinType === "left",
      isExistence: (joinType === "semi" || joinType === "anti") && isUnconditional,
    },
    bindings: (first) => places.map(([column, at]) => [column.exprId, boundReference(first + at, column.dataType)]),
  };
}

/** A semi or anti join whose left side is the table: the right side goes by and marks what it meets. */
function planMarked(plan: Join, required: Required): Pipeline | undefined {
  const sides = splitCondition(plan.condition, plan.right, plan.left);
  const probe = planPipeline(plan.right, withReferences(new Set(), [...sides.streamKeys, ...sides.rest]));
  const built = planBuild(plan.left, sides.buildKeys, withReferences(required, sides.rest), "mark", false);
  if (probe === undefined || built === undefined) return undefined;
  const keys = sides.streamKeys.map((key) => bound(key, probe));
  if (!areKeys(keys)) return undefined;
  const joined: Pipeline = { ...probe, bindings: new Map([...probe.bindings, ...built.bindings(probe.columns.length)]) };
  const conditions = sides.rest.map((part) => bound(part, joined));
  const known = conditions.filter((part) => part !== undefined);
  if (known.length < conditions.length || !known.every((part) => isCompilable(part) && isFree(part))) return undefined;
  const wantsMatched = plan.joinType === "semi";
  return {
    source: {
      kind: "marked",
      build: built.side,
      probe,
      keys,
      wantsMatched,
      ...(known.length === 0 ? {} : { condition: conjunction(known) }),
    },
    columns: built.side.outputs.map(typeOf),
    steps: [],
    bindings: new Map(built.bindings(0)),
  };
}
