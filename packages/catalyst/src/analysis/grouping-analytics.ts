import { byteType, integerType, longType } from "@vonk/columnar/internal";
import {
  alias,
  attribute,
  call,
  cast,
  childrenOf,
  literal,
  longLiteral,
  mapChildren,
  outputOf,
  toAttribute,
  type Aggregate,
  type Attribute,
  type Expand,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { expressionKey } from "../tree/expression-key.ts";
import { mapOuterReferences } from "../tree/outer-references.ts";

/*
 * ROLLUP, CUBE and GROUPING SETS: each row goes into the aggregate once for each set, with nulls in place of the columns that are not in the
 * set, and a number that says which those are. So a column that is null in the data stays apart from one that was left out.
 */

/** GROUP BY as sets of positions in a list of different expressions, which are as they were written. */
export interface GroupingSets {
  readonly expressions: readonly Expression[];
  /** Ascending positions; in the order in which they were written. */
  readonly sets: readonly (readonly number[])[];
}

const analytics: ReadonlySet<string> = new Set(["rollup", "cube", "grouping sets"]);

function isAnalytic(expression: Expression): expression is Extract<Expression, { kind: "unresolvedFunction" }> {
  return expression.kind === "unresolvedFunction" && analytics.has(expression.nameParts[0] ?? "");
}

/** True when GROUP BY has ROLLUP, CUBE or GROUPING SETS. */
export function hasGroupingSets(groupings: readonly Expression[]): boolean {
  return groupings.some(isAnalytic);
}

/** The sets that GROUP BY asks for, of unresolved expressions; several elements are combined with one another. */
export function groupingSets(groupings: readonly Expression[], resolve: (expression: Expression) => Expression): GroupingSets {
  const expressions: Expression[] = [];
  const positions = new Map<string, number>();
  const positionOf = (written: Expression): number => {
    const resolved = resolve(written);
    const key = expressionKey(resolved);
    let position = positions.get(key);
    if (position === undefined) {
      positions.set(key, (position = expressions.length));
      expressions.push(resolved);
    }
    return position;
  };
  // `a, b GROUPING SETS (…)`: the list numbers the columns, also those that are in no set.
  for (const item of groupings) if (isListed(item)) membersOf(item.args[0] ?? item).forEach(positionOf);
  const lists = groupings.map((item) => (isAnalytic(item) ? setsOf(item) : [[item]]));
  // The plain expressions and those of each element are numbered in the order in which they stand.
  const numbered = lists.map((sets) => numberedSets(sets, positionOf));
  const sets = numbered.reduce<number[][]>((left, right) => left.flatMap((a) => right.map((b) => [...a, ...b])), [[]]);
  return { expressions, sets: sets.map((set) => [...new Set(set)].toSorted((a, b) => a - b)) };
}

function numberedSets(sets: readonly (readonly Expression[])[], positionOf: (expression: Expression) => number): number[][] {
  return sets.map((set) => set.map(positionOf));
}

/** The sets of one ROLLUP, CUBE or GROUPING SETS, the largest first. */
function setsOf(element: Extract<Expression, { kind: "unresolvedFunction" }>): Expression[][] {
  const parts = element.args.map(membersOf);
  switch (element.nameParts[0]) {
    case "rollup":
      return Array.from({ length: parts.length + 1 }, (_, left) => parts.slice(0, parts.length - left).flat());
    case "cube":
      return parts.reduce<Expression[][]>((sets, part) => sets.flatMap((set) => [[...set, ...part], set]), [[]]);
    default:
      return element.args.slice(isListed(element) ? 1 : 0).flatMap((part) => (isAnalytic(part) ? setsOf(part) : [membersOf(part)]));
  }
}

function isListed(item: Expression): item is Extract<Expression, { kind: "unresolvedFunction" }> {
  return item.kind === "unresolvedFunction" && item.nameParts[1] === "listed";
}

/** The expressions of a set in parentheses, or the one that stands without. */
function membersOf(part: Expression): Expression[] {
  return part.kind === "unresolvedFunction" && part.nameParts[0] === "grouping set" ? [...part.args] : [part];
}

/** What an aggregate over {@link expandedInput} groups by, and where its grouping expressions are found. */
export interface ExpandedInput {
  readonly child: Expand;
  readonly groupings: readonly Attribute[];
}

/** The input of an aggregate, a row a set. */
export function expandedInput({ expressions, sets }: GroupingSets, child: LogicalPlan): ExpandedInput {
  const input = outputOf(child);
  const items = expressions.map((expression) =>
    alias(expression, expression.kind === "attribute" ? expression.name : prettyText(expression)),
  );
  const below: LogicalPlan = { kind: "project", projections: [...input, ...items], child };
  const columns = items.map((item) => toAttribute(item));
  const keys = columns.map((column) => attribute(column.name, column.dataType, true));
  const id = attribute("spark_grouping_id", longType, false);
  const position = attribute("_gen_grouping_pos", integerType, false);
  // Sets that are written twice give their groups twice: what tells them apart is their place.
  const repeated = new Set(sets.map(String)).size < sets.length;
  const projections = sets.map((set, index) => [
    ...input,
    ...columns.map((column, at) => (set.includes(at) ? column : literal(null, column.dataType))),
    longLiteral(groupingId(set, columns.length)),
    ...(repeated ? [literal(index, integerType)] : []),
  ]);
  const extra = repeated ? [id, position] : [id];
  return {
    child: { kind: "expand", projections, output: [...input, ...keys, ...extra], child: below },
    groupings: [...keys, ...extra],
  };
}

/** A bit for each expression, the first the highest: 1 when the set does not have it. */
function groupingId(set: readonly number[], count: number): bigint {
  let id = 0n;
  for (let at = 0; at < count; at++) id = (id << 1n) | (set.includes(at) ? 0n : 1n);
  return id;
}

/** How expressions above an aggregate over grouping sets see its grouping expressions. */
export interface GroupingColumns {
  /** Columns of the aggregate's input that expressions may name. */
  readonly input: LogicalPlan;
  /** The expression with grouping expressions, `grouping` and `grouping_id` as columns of the aggregate's input. Aggregate functions stay. */
  readonly rewrite: (expression: Expression) => Expression;
}

/** What an aggregate over grouping sets groups by, as expressions of its input. */
export function expandedGroupings({ child }: Aggregate): readonly Expression[] {
  if (child.kind !== "expand" || child.child.kind !== "project") return [];
  const width = outputOf(child.child.child).length;
  return child.child.projections.slice(width).map((item) => (item.kind === "alias" ? item.child : item));
}

/** Undefined when the aggregate has no grouping sets. */
export function groupingColumns(aggregate: Aggregate, insideFunctions = false): GroupingColumns | undefined {
  const { child } = aggregate;
  const id = aggregate.groupings.find((grouping) => grouping.kind === "attribute" && grouping.name === "spark_grouping_id");
  if (child.kind !== "expand" || child.child.kind !== "project" || id === undefined) return undefined;
  const input = child.child.child;
  const width = outputOf(input).length;
  const items = expandedGroupings(aggregate);
  const byKey = new Map(items.map((item, index) => [expressionKey(item), index]));
  const rewrite = (node: Expression): Expression => {
    if (node.kind === "aggregate" && !insideFunctions) return node;
    if (node.kind === "call" && node.name === "grouping") return groupingBit(node, items, byKey, id);
    if (node.kind === "call" && node.name === "grouping_id") return groupingNumber(node, items, byKey, id);
    const position = node.kind === "alias" || node.kind === "literal" ? undefined : byKey.get(expressionKey(node));
    const column = position === undefined ? undefined : child.output[width + position];
    if (column !== undefined || node.kind !== "subquery") return column ?? mapChildren(node, rewrite);
    const inside = mapOuterReferences(node.plan, rewrite);
    return { ...node, plan: inside, values: node.values.map(rewrite), outer: node.outer.map(rewrite) };
  };
  return { input, rewrite };
}

/** `grouping(column)`: 1 when the row's set does not have the column. @throws AnalysisError GROUPING_COLUMN_MISMATCH */
function groupingBit(
  node: Extract<Expression, { kind: "call" }>,
  items: readonly Expression[],
  byKey: ReadonlyMap<string, number>,
  id: Expression,
): Expression {
  const [column] = node.args;
  const position = column === undefined ? undefined : byKey.get(expressionKey(column));
  if (position !== undefined) return cast(bit(id, items.length - 1 - position), byteType);
  throw analysisError("GROUPING_COLUMN_MISMATCH", {
    grouping: column === undefined ? "" : idText(column),
    groupingColumns: items.map(idText).join(","),
  });
}

function bit(id: Expression, place: number): Expression {
  const shifted = call("shiftright", [id, literal(place, integerType)], longType);
  return call("&", [shifted, longLiteral(1n)], longType);
}

/** `grouping_id(…)`: the whole number; columns, when given, must be all of them. @throws AnalysisError GROUPING_ID_COLUMN_MISMATCH */
function groupingNumber(
  node: Extract<Expression, { kind: "call" }>,
  items: readonly Expression[],
  byKey: ReadonlyMap<string, number>,
  id: Expression,
): Expression {
  const same = node.args.length === items.length && node.args.every((argument, index) => byKey.get(expressionKey(argument)) === index);
  if (node.args.length === 0 || same) return id;
  throw analysisError("GROUPING_ID_COLUMN_MISMATCH", {
    groupingIdColumn: node.args.map(idText).join(","),
    groupByColumns: items.map(idText).join(","),
  });
}

function idText(expression: Expression): string {
  return expression.kind === "attribute" ? `${expression.name}#${expression.exprId}` : prettyText(expression);
}

/** @throws AnalysisError UNSUPPORTED_GROUPING_EXPRESSION for `grouping` where there are no grouping sets */
export function refuseGrouping(expression: Expression, withOrigin = true): void {
  if (isGroupingCall(expression)) {
    throw analysisError("UNSUPPORTED_GROUPING_EXPRESSION", {}, withOrigin ? expression.origin : undefined);
  }
  for (const child of childrenOf(expression)) refuseGrouping(child, withOrigin);
}

function isGroupingCall(expression: Expression): boolean {
  return expression.kind === "call" && (expression.name === "grouping" || expression.name === "grouping_id");
}

/** Resolved calls of `grouping` and `grouping_id`, before it is known which column they become. */
export function groupingCall(name: "grouping" | "grouping_id", args: readonly Expression[], origin: Expression["origin"]): Expression {
  const place = origin === undefined ? {} : { origin };
  return call(name, args, name === "grouping" ? byteType : longType, { nullable: false, ...place });
}
