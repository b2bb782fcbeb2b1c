import {
  alias,
  childrenOf,
  collect,
  exists,
  longLiteral,
  mapChildren,
  outputOf,
  toAttribute,
  transformDown,
  type Aggregate,
  type Alias,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type NamedExpression,
  type Origin,
  type Project,
  type WindowExpression,
} from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText, sqlText } from "../naming/expression-text.ts";
import { expressionKey } from "../tree/expression-key.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { fieldsOf } from "./resolve-field.ts";
import { hasAggregate, hasWindow, named } from "./select-item.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { isLateral, lateralReference, projectLaterals, withoutLaterals } from "./lateral-alias.ts";
import { asShown } from "./hidden-column.ts";
import { generatorOf } from "./resolve-generator.ts";
import { checkGenerators, computeGenerators, generatorOverGroups, type GeneratedList } from "./select-generator.ts";
import { expandedInput, groupingColumns, groupingSets, hasGroupingSets, refuseGrouping } from "./grouping-analytics.ts";

/** SELECT without groups: stars spread out, names given, windows computed below. */
export function resolveProject(plan: Project, scope: PlanScope): LogicalPlan {
  checkGenerators(plan.projections);
  const input = scope.resolve(plan.child, scope);
  const generated = computeGenerators(plan, input, scope);
  const { child } = generated;
  const list = resolveSelectList(generated.projections, expressionScope([input], scope), generated).map(asShown);
  if (!list.some(hasWindow) && list.some((item) => exists(item, isLateral))) return projectLaterals(list, child);
  const projections = withoutLaterals(list);
  for (const item of projections) refuseGrouping(item);
  return projections.some(hasWindow) ? computeWindows(projections, child) : { ...plan, projections, child };
}

/** The named, resolved expressions of a select list. Later ones may use the aliases of earlier ones. */
function resolveSelectList(list: readonly Expression[], scope: ExpressionScope, generated?: GeneratedList): Expression[] {
  const result: Expression[] = [];
  const aliases = (nameParts: readonly string[], origin: Origin | undefined): Expression | undefined => {
    const [name = ""] = nameParts;
    if (nameParts.length !== 1) return undefined;
    const all = result.filter((item) => isWrittenAlias(item, generated) && item.name.toLowerCase() === name.toLowerCase());
    if (all.length > 1) throw analysisError("AMBIGUOUS_LATERAL_COLUMN_ALIAS", { name: quoteIdentifier(name), n: all.length }, origin);
    const [found] = all;
    if (found?.kind !== "alias" || generatorOf(found) !== undefined) return generated?.column(nameParts);
    return lateralReference(found);
  };
  for (const item of list.flatMap((expression) => expandStar(expression, scope))) {
    const resolved = resolveExpression(item, { ...scope, aliases });
    if (resolved.kind === "multiAlias" || generatorOf(resolved) !== undefined) result.push(resolved);
    else result.push(isLateral(resolved) ? alias(resolved, resolved.name) : named(resolved, nameOf(item, resolved)));
  }
  return result;
}

function isWrittenAlias(item: Expression, generated: GeneratedList | undefined): item is NamedExpression {
  return item.kind === "alias" ? item.generated !== true : item.kind === "attribute" && generated?.aliased.has(item.exprId) === true;
}

/** A variable alone is named as it was written; everything else by its text. */
function nameOf(written: Expression, resolved: Expression): string {
  // A field of a column is named as it is: `s.a` is a, `s.a + 1` is (s.a + 1).
  const isField = written.kind === "unresolvedAttribute" && resolved.kind === "call" && resolved.name === "getfield";
  if (isField && resolved.alias !== undefined) return resolved.alias;
  // A column that is cast keeps its name.
  if (resolved.kind === "cast" && resolved.child.kind === "attribute") return resolved.child.name;
  const isVariable = written.kind === "unresolvedAttribute" && resolved.kind === "call" && resolved.name === "routine_result";
  return isVariable ? (written.nameParts.at(-1) ?? "") : prettyText(resolved);
}

/** `*` as the columns that it stands for. @throws AnalysisError UNRESOLVED_COLUMN… */
function expandStar(expression: Expression, scope: ExpressionScope): readonly Expression[] {
  if (expression.kind !== "unresolvedStar") return [expression];
  const found = scope.scopes[0]?.star(expression.target) ?? fieldsOf(expression.target, scope);
  if (found === undefined) {
    throw analysisError(
      "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
      { objectName: [...expression.target, "*"].map(quoteIdentifier).join(".") },
      expression.origin,
    );
  }
  const left = new Set(expression.except.map((name) => scope.scopes[0]?.find(name, expression.origin)?.attribute.exprId));
  return found.filter((column) => column.kind !== "attribute" || !left.has(column.exprId));
}

/** GROUP BY, and SELECT with aggregate functions. @throws AnalysisError MISSING_AGGREGATION, GROUP_BY_AGGREGATE, GROUP_BY_POS_OUT_OF_RANGE */
export function resolveAggregate(plan: Aggregate, scope: PlanScope): LogicalPlan {
  const child = scope.resolve(plan.child, scope);
  const inner = expressionScope([child], scope);
  checkGenerators(plan.aggregates);
  const list = withoutLaterals(resolveSelectList(plan.aggregates, inner).map(asShown));
  const generator = generatorOverGroups(list);
  const aggregates = generator?.list ?? list;
  if (hasGroupingSets(plan.groupings)) return overGroupingSets(plan, aggregates, child, inner);
  const groupings =
    plan.groupByAll === true
      ? aggregates.filter((item) => !hasAggregate(item)).map(unnamed)
      : plan.groupings.map((grouping) => resolveGrouping(grouping, aggregates, inner));
  for (const item of aggregates) refuseGrouping(item);
  const bad = groupings.find(hasAggregate);
  if (bad !== undefined) throw analysisError("GROUP_BY_AGGREGATE", { sqlExpr: sqlText(bad) }, bad.origin);
  const { groupByAll: _, ...rest } = plan;
  const grouped = groupedSelect({ ...rest, groupings, aggregates, child });
  return generator === undefined ? grouped : generator.above(grouped);
}

/** A resolved aggregate whose select list is in order, with its windows above it. */
function groupedSelect(aggregate: Aggregate): LogicalPlan {
  const keys = new Set(aggregate.groupings.map(expressionKey));
  for (const item of aggregate.aggregates) {
    if (keys.size === 0 && item.kind !== "literal" && hasUngrouped(item)) throw analysisError("MISSING_GROUP_BY", {}, aggregate.origin);
    checkGrouped(item, keys);
  }
  if (!aggregate.aggregates.some(hasWindow)) return aggregate;
  const below = belowWindows(aggregate.aggregates, keys);
  return computeWindows(below.above, { ...aggregate, aggregates: below.computed });
}

/** GROUP BY with ROLLUP, CUBE or GROUPING SETS. */
function overGroupingSets(plan: Aggregate, list: readonly Expression[], child: LogicalPlan, scope: ExpressionScope): LogicalPlan {
  const sets = groupingSets(plan.groupings, (grouping) => resolveGrouping(grouping, list, scope));
  const bad = sets.expressions.find(hasAggregate);
  if (bad !== undefined) throw analysisError("GROUP_BY_AGGREGATE", { sqlExpr: sqlText(bad) }, bad.origin);
  if (sets.expressions.length === 0 && sets.sets.length === 1) return grandTotal(plan, list, child);
  const input = expandedInput(sets, child);
  const aggregate: Aggregate = { ...plan, groupings: input.groupings, aggregates: [], child: input.child };
  const columns = groupingColumns(aggregate);
  const aggregates = list.map((item) => {
    const rewritten = columns?.rewrite(item) ?? item;
    // A grouping column keeps the qualifier by which ORDER BY may name it.
    return item.kind === "attribute" && rewritten.kind === "attribute"
      ? alias(rewritten, item.name, { qualifier: item.qualifier })
      : rewritten;
  });
  return groupedSelect({ ...aggregate, aggregates });
}

function unnamed(expression: Expression): Expression {
  return expression.kind === "alias" ? expression.child : expression;
}

/** GROUPING SETS (()): all rows are one group, also when there are none. */
function grandTotal(plan: Aggregate, list: readonly Expression[], child: LogicalPlan): LogicalPlan {
  const rewrite = (node: Expression): Expression =>
    node.kind === "call" && node.name === "grouping_id" && node.args.length === 0 ? longLiteral(0n) : node;
  const aggregates = list.map((item) => transformDown(item, rewrite));
  for (const item of aggregates) refuseGrouping(item);
  return groupedSelect({ ...plan, groupings: [], aggregates, child });
}

/** What is grouped by: an expression, a position in the select list, or one of its aliases. @throws AnalysisError GROUP_BY_POS_OUT_OF_RANGE */
function resolveGrouping(grouping: Expression, aggregates: readonly Expression[], scope: ExpressionScope): Expression {
  const position = scope.context.settings.ordinals ? positionOf(grouping) : undefined;
  if (position !== undefined) {
    const item = aggregates[position - 1];
    if (item !== undefined) return unnamed(item);
    throw analysisError("GROUP_BY_POS_OUT_OF_RANGE", { index: position, size: aggregates.length }, grouping.origin);
  }
  if (!scope.context.settings.groupByAliases) return resolveExpression(grouping, scope);
  const aliases = (nameParts: readonly string[]): Expression | undefined => {
    const [name = ""] = nameParts;
    const found = aggregates.find((item) => item.kind === "alias" && item.name.toLowerCase() === name.toLowerCase());
    return nameParts.length === 1 && found !== undefined ? unnamed(found) : undefined;
  };
  return resolveExpression(grouping, { ...scope, aliases });
}

/** The integer that a constant is, where positions of the select list may stand. */
export function positionOf(expression: Expression): number | undefined {
  return expression.kind === "literal" && expression.dataType.kind === "integer" && typeof expression.value === "number"
    ? expression.value
    : undefined;
}

/** True when a column stands outside of aggregate functions. */
function hasUngrouped(expression: Expression): boolean {
  if (expression.kind === "aggregate" || expression.kind === "outerReference") return false;
  return expression.kind === "attribute" || childrenOf(expression).some(hasUngrouped);
}

/** @throws AnalysisError MISSING_AGGREGATION for a column that is neither grouped by nor aggregated */
export function checkGrouped(expression: Expression, groupingKeys: ReadonlySet<string>): void {
  if (groupingKeys.has(expressionKey(expression)) || expression.kind === "aggregate" || expression.kind === "outerReference") return;
  if (expression.kind === "attribute") {
    throw analysisError(
      "MISSING_AGGREGATION",
      { expression: `"${expression.name}"`, expressionAnyValue: `"any_value(${expression.name})"` },
      expression.origin,
    );
  }
  for (const child of childrenOf(expression)) checkGrouped(child, groupingKeys);
}

/** What an aggregate must compute so that window functions above it find their inputs, and the select list in terms of that. */
function belowWindows(
  list: readonly Expression[],
  groupingKeys: ReadonlySet<string>,
): { readonly computed: Expression[]; readonly above: Expression[] } {
  const computed: Expression[] = [];
  const byKey = new Map<string, Attribute>();
  const compute = (expression: Expression): Expression => {
    const key = expressionKey(expression);
    let column = byKey.get(key);
    if (column === undefined) {
      const item = expression.kind === "attribute" ? expression : alias(expression, prettyText(expression));
      computed.push(item);
      column = toAttribute(item);
      byKey.set(key, column);
    }
    return column;
  };
  const isComputed = (node: Expression): boolean =>
    groupingKeys.has(expressionKey(node)) || (node.kind === "aggregate" && hasAggregate(node));
  const above = list.map((item) => {
    if (item.kind === "attribute") return compute(item);
    return replaceOutsideWindowFunction(item, (node) => (isComputed(node) && node.kind !== "alias" ? compute(node) : node));
  });
  return { computed, above };
}

/** Replaces nodes from the top, but not the function of a window itself, only its arguments. */
function replaceOutsideWindowFunction(expression: Expression, replace: (node: Expression) => Expression): Expression {
  const replaced = replace(expression);
  if (replaced !== expression) return replaced;
  if (expression.kind !== "window") return mapChildren(expression, (child) => replaceOutsideWindowFunction(child, replace));
  const inner = mapChildren(expression.function, (child) => replaceOutsideWindowFunction(child, replace));
  const change = (child: Expression): Expression => replaceOutsideWindowFunction(child, replace);
  return { ...expression, function: inner, partitionBy: expression.partitionBy.map(change), orderBy: expression.orderBy.map(change) };
}

/** Window nodes for all window functions of a select list, one per partitioning and order, and the list over their results. */
function computeWindows(list: readonly Expression[], child: LogicalPlan): LogicalPlan {
  const windows = new Map<string, { readonly first: WindowExpression; readonly items: Alias[] }>();
  const seen = new Map<string, Attribute>();
  for (const window of list.flatMap((item) => collect(item, (node): node is WindowExpression => node.kind === "window"))) {
    const key = expressionKey(window);
    if (seen.has(key)) continue;
    const item = alias(window, prettyText(window));
    seen.set(key, toAttribute(item));
    const specification = `${window.partitionBy.map(expressionKey).join(",")}|${window.orderBy.map(expressionKey).join(",")}`;
    const group = windows.get(specification);
    if (group === undefined) windows.set(specification, { first: window, items: [item] });
    else group.items.push(item);
  }
  let plan = child;
  for (const { first, items } of windows.values()) {
    plan = { kind: "window", windowExpressions: items, partitionBy: first.partitionBy, orderBy: first.orderBy, child: plan };
  }
  const projections = list.map((item) => {
    const replaced = transformDown(item, (node) => (node.kind === "window" ? (seen.get(expressionKey(node)) ?? node) : node));
    return replaced;
  });
  return { kind: "project", projections, child: plan };
}

/** The columns of a plan alone, in order: what is left when helpers were added below. */
export function onlyColumns(columns: readonly Attribute[], child: LogicalPlan): LogicalPlan {
  const output = outputOf(child);
  return output.length === columns.length ? child : { kind: "project", projections: columns, child };
}
