import { expressionKey } from "@vonk/catalyst/internal";
import { decimalType, isIntegral, longType } from "@vonk/columnar/internal";
import {
  boundReference,
  outputOf,
  transformDown,
  typeOf,
  type Aggregate,
  type AggregateCall,
  type Distinct,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { isWhole, isFlat } from "../pipeline/compilable.ts";
import type { Accumulator, Average } from "../pipeline/stage-plan.ts";
import type { Pipeline } from "./pipeline.ts";
import { bound, isKey, withReferences, type Required } from "./bound-expression.ts";

type PlanChild = (plan: LogicalPlan, required: Required) => Pipeline | undefined;

/** Groups as a pipeline of their own, which begins where all rows of the one below have come by. */
export function planGroups(plan: Aggregate | Distinct, required: Required, planChild: PlanChild): Pipeline | undefined {
  if (plan.kind === "distinct") {
    const output = outputOf(plan);
    const child = planChild(plan.child, new Set(output.map((column) => column.exprId)));
    const groups = child === undefined ? undefined : groupsOf(child, output, []);
    return groups === undefined
      ? undefined
      : withBindings(
          groups.pipeline,
          output.map((column, index) => [column.exprId, index] as const),
          output,
        );
  }
  const child = planChild(plan.child, withReferences(new Set(), [...plan.groupings, ...plan.aggregates]));
  if (child === undefined) return undefined;
  const calls = callsOf(plan.aggregates);
  const distinct = calls.filter((call) => call.distinct);
  const groups = distinct.length === 0 ? groupsOf(child, plan.groupings, calls) : groupsOfDistinct(child, plan.groupings, calls);
  return groups === undefined ? undefined : withResults(plan, groups, required);
}

interface Groups {
  readonly pipeline: Pipeline;
  /** By key of a grouping or call: its value over the groups' columns. */
  readonly values: ReadonlyMap<string, Expression>;
}

function withBindings(pipeline: Pipeline, places: readonly (readonly [number, number])[], output: readonly Expression[]): Pipeline {
  const bindings = new Map(
    places.map(([id, ordinal], index): [number, Expression] => {
      const type = output[index];
      return [id, boundReference(ordinal, type === undefined ? longType : typeOf(type))];
    }),
  );
  return { ...pipeline, bindings };
}

function callsOf(expressions: readonly Expression[]): AggregateCall[] {
  const calls = new Map<string, AggregateCall>();
  for (const expression of expressions)
    transformDown(expression, (node) => {
      if (node.kind === "aggregate") calls.set(expressionKey(node), node);
      return node;
    });
  return [...calls.values()];
}

/** The select list of an aggregate over its groups. */
function withResults(plan: Aggregate, { pipeline, values }: Groups, required: Required): Pipeline | undefined {
  const bindings = new Map<number, Expression>();
  for (const item of plan.aggregates) {
    if (item.kind !== "alias" && item.kind !== "attribute") return undefined;
    const value = transformDown(item.kind === "alias" ? item.child : item, (node) => values.get(expressionKey(node)) ?? node);
    if (!isFlat(typeOf(value)) || !isBound(value)) return undefined;
    if (required.has(item.exprId)) bindings.set(item.exprId, value);
  }
  return { ...pipeline, bindings };
}

function isBound(expression: Expression): boolean {
  let free = true;
  transformDown(expression, (node) => {
    if (node.kind === "attribute" || node.kind === "aggregate" || node.kind === "subquery") free = false;
    return node;
  });
  return free;
}

function groupsOf(child: Pipeline, groupings: readonly Expression[], calls: readonly AggregateCall[]): Groups | undefined {
  const keys = groupings.map((grouping) => bound(grouping, child));
  const known = keys.filter((key) => key !== undefined);
  if (known.length < keys.length || !known.every(isKey)) return undefined;
  const accumulators: Accumulator[] = [];
  const averages: { readonly average: Average; readonly call: AggregateCall }[] = [];
  const places: { readonly call: AggregateCall; readonly at: number }[] = [];
  for (const call of calls) {
    const made = accumulatorsOf(call, child);
    if (made === undefined) return undefined;
    const [at = 0, count = 0] = made.map((accumulator) => placeIn(accumulators, accumulator));
    if (call.name === "avg") averages.push({ average: { sum: at, count, dataType: call.dataType }, call });
    else places.push({ call, at: known.length + at });
  }
  const columns = [...known.map(typeOf), ...accumulators.map(({ dataType }) => dataType), ...averages.map(({ call }) => call.dataType)];
  const values = new Map<string, Expression>();
  const place = (source: Expression, ordinal: number): void =>
    void values.set(expressionKey(source), boundReference(ordinal, typeOf(source)));
  for (const [index, grouping] of groupings.entries()) place(grouping, index);
  for (const { call, at } of places) place(call, at);
  for (const [index, { call }] of averages.entries()) place(call, known.length + accumulators.length + index);
  const source = { kind: "groups" as const, child, groupings: known, accumulators, averages: averages.map(({ average }) => average) };
  return { pipeline: { source, columns, steps: [], bindings: new Map() }, values };
}

/** The place of an accumulator among others: what a sum and an average add up, or an average and a count count, is kept once. */
function placeIn(accumulators: Accumulator[], { result, ...accumulator }: Accumulator): number {
  const key = accumulatorKey(accumulator);
  const known = accumulators.findIndex((other) => accumulatorKey(other) === key);
  if (known < 0) return accumulators.push({ ...accumulator, ...(result === undefined ? {} : { result }) }) - 1;
  if (result !== undefined) accumulators[known] = { ...accumulator, result };
  return known;
}

function accumulatorKey({ kind, argument, dataType }: Accumulator): string {
  return JSON.stringify([kind, dataType, argument === undefined ? undefined : expressionKey(argument)]);
}

/** Counts of different values, all of the same: first each value once a group, then as many as there are. */
function groupsOfDistinct(child: Pipeline, groupings: readonly Expression[], calls: readonly AggregateCall[]): Groups | undefined {
  const [first] = calls;
  const [argument] = first?.args ?? [];
  if (first === undefined || argument === undefined || !calls.every((call) => isDistinctCount(call, argument))) return undefined;
  const inner = groupsOf(child, [...groupings, argument], []);
  if (inner === undefined) return undefined;
  const ids = [...groupings, argument].map((_, index) => -1 - index);
  const bindings = new Map(
    [...groupings, argument].flatMap((expression, index): [number, Expression][] => {
      const value = inner.values.get(expressionKey(expression));
      return value === undefined ? [] : [[ids[index] ?? 0, value]];
    }),
  );
  const column = (expression: Expression, index: number): Expression => ({
    kind: "attribute",
    name: "",
    dataType: typeOf(expression),
    nullable: true,
    exprId: ids[index] ?? 0,
    qualifier: [],
  });
  const keys = groupings.map(column);
  const counted = calls.map((call) => ({ ...call, distinct: false, args: [column(argument, groupings.length)] }));
  const outer = groupsOf({ ...inner.pipeline, bindings }, keys, counted);
  if (outer === undefined) return undefined;
  const values = new Map<string, Expression>();
  const carry = (from: Expression, to: Expression): void => {
    const value = outer.values.get(expressionKey(from));
    if (value !== undefined) values.set(expressionKey(to), value);
  };
  for (const [index, grouping] of groupings.entries()) carry(column(grouping, index), grouping);
  for (const [index, call] of calls.entries()) carry(counted[index] ?? call, call);
  return { pipeline: outer.pipeline, values };
}

function isDistinctCount(call: AggregateCall, argument: Expression): boolean {
  const [own] = call.args;
  return (
    call.distinct &&
    call.name === "count" &&
    call.args.length === 1 &&
    call.filter === undefined &&
    own !== undefined &&
    expressionKey(own) === expressionKey(argument)
  );
}

/** What has to be kept for a call; undefined when it goes row by row. */
function accumulatorsOf(call: AggregateCall, child: Pipeline): Accumulator[] | undefined {
  const [given] = call.args;
  if (given === undefined || call.args.length !== 1 || call.distinct || call.filter !== undefined || call.mode !== "ansi") return undefined;
  const argument = bound(given, child);
  if (argument === undefined || !isFlat(typeOf(argument))) return undefined;
  const type = typeOf(argument);
  switch (call.name) {
    case "count":
      return [
        argument.kind === "literal" && argument.value !== null
          ? { kind: "count", dataType: longType }
          : { kind: "count", argument, dataType: longType },
      ];
    case "sum":
      if (type.kind === "decimal") return [{ kind: "sum", argument, dataType: decimalType(38, type.scale), result: call.dataType }];
      if (isIntegral(type)) return [{ kind: "sum", argument, dataType: decimalType(38, 0), result: call.dataType }];
      return type.kind === "double" ? [{ kind: "sum", argument, dataType: type }] : undefined;
    case "avg": {
      const count: Accumulator = { kind: "count", argument, dataType: longType };
      if (type.kind === "double") return [{ kind: "sum", argument, dataType: type }, count];
      return type.kind === "decimal" && type.precision <= 28
        ? [{ kind: "sum", argument, dataType: decimalType(38, type.scale) }, count]
        : undefined;
    }
    case "min":
    case "max":
      return isWhole(type) ? [{ kind: call.name, argument, dataType: type }] : undefined;
    default:
      return undefined;
  }
}
