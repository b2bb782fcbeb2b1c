import {
  alias,
  collect,
  mapChildren,
  outputOf,
  toAttribute,
  type Aggregate,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type Project,
  type Sort,
  type SortOrder,
  type SubqueryExpression,
  type UnresolvedHaving,
} from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { outputIds, readsOnly } from "../tree/attributes.ts";
import { expressionKey } from "../tree/expression-key.ts";
import { mapOuterReferences } from "../tree/outer-references.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { expressionScope, resolveCondition, type PlanScope } from "./plan-scope.ts";
import { expandedGroupings, groupingColumns, refuseGrouping } from "./grouping-analytics.ts";
import { refuseGenerators } from "./refuse-generators.ts";
import { Scope } from "./scope.ts";
import { onlyColumns, positionOf, resolveAggregate } from "./resolve-select.ts";

/*
 * HAVING and ORDER BY stand above a select list but may also use what is below it: columns that were not selected, other aggregates. What
 * they use is added to the node below, and taken away again above.
 */

/** HAVING: a condition over groups. Without GROUP BY all rows are one group. */
export function resolveHaving(plan: UnresolvedHaving, scope: PlanScope): LogicalPlan {
  const below =
    plan.child.kind === "project" && plan.form === "having"
      ? resolveAggregate({ kind: "aggregate", groupings: [], aggregates: plan.child.projections, child: plan.child.child }, scope)
      : scope.resolve(plan.child, scope);
  if (below.kind !== "aggregate") {
    return { kind: "filter", condition: resolveCondition(plan.condition, expressionScope([below], scope)), child: below };
  }
  // Columns that the groups are by come before what is selected under the same name, as the standard has it.
  const columns = groupingAttributes(below);
  const inner = expressionScope([below, inputOf(below)], scope);
  const first = new Scope(columns, scope.context.settings.caseSensitive);
  const resolved = resolveCondition(plan.condition, { ...inner, scopes: [first, ...inner.scopes], overGroups: true });
  const { aggregate, expressions } = overAggregate(below, [resolved]);
  const [condition = resolved] = expressions;
  return onlyColumns(outputOf(below), { kind: "filter", condition, child: aggregate });
}

/** The columns of the input that an aggregate groups by as they are. */
function groupingAttributes(aggregate: Aggregate): Attribute[] {
  const input = new Map(outputOf(inputOf(aggregate)).map((column) => [column.exprId, column]));
  const written = groupingColumns(aggregate) === undefined ? aggregate.groupings : expandedGroupings(aggregate);
  return written.flatMap((grouping) => (grouping.kind === "attribute" ? (input.get(grouping.exprId) ?? []) : []));
}

/** ORDER BY. @throws AnalysisError ORDER_BY_POS_OUT_OF_RANGE */
export function resolveSort(plan: Sort, scope: PlanScope): LogicalPlan {
  const child = scope.resolve(plan.child, scope);
  const output = outputOf(child);
  const { orderByAll, ...rest } = plan;
  if (orderByAll !== undefined)
    return { ...rest, order: output.map((column) => ({ kind: "sortOrder", child: column, ...orderByAll })), child };
  refuseGenerators(plan.order, "Sort");
  const base = selectBelow(child);
  const windowed = base?.node.kind === "project" ? aggregateUnderWindows(base.node.child) : undefined;
  const inputs = base === undefined ? [] : [inputOf(windowed?.aggregate ?? base.node)];
  const inner = expressionScope([child, ...inputs], scope);
  const order = plan.order.map((item) => {
    const key = item.kind === "sortOrder" ? item.child : item;
    const position = scope.context.settings.ordinals ? positionOf(key) : undefined;
    if (position === undefined || item.kind !== "sortOrder") return resolveExpression(item, inner);
    const column = output[position - 1];
    if (column !== undefined) return { ...item, child: column };
    throw analysisError("ORDER_BY_POS_OUT_OF_RANGE", { index: position, size: output.length }, item.origin);
  });
  for (const item of order) refuseSubqueries(item, plan);
  if (base === undefined) return { ...rest, order, child };
  if (base.node.kind === "aggregate") {
    const { aggregate, expressions } = overAggregate(base.node, order, true);
    // What HAVING added is below the projection that takes it away again.
    const visible = outputIds(child);
    const sees = aggregate === base.node && expressions.every((item) => readsOnly(item, visible));
    return onlyColumns(output, { ...rest, order: expressions, child: sees ? child : base.rebuild(aggregate) });
  }
  if (windowed !== undefined) {
    const { aggregate, expressions } = overAggregate(windowed.aggregate, order, true, output);
    const below = aggregate === windowed.aggregate ? base.node : { ...base.node, child: windowed.rebuild(aggregate) };
    return onlyColumns(output, { ...rest, order: expressions, child: base.rebuild(withMissing(below, expressions)) });
  }
  const project = withMissing(base.node, order);
  return onlyColumns(output, { ...rest, order, child: project === base.node ? child : base.rebuild(project) });
}

/** @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY… for one that would have to be joined to what is ordered */
function refuseSubqueries(expression: Expression, plan: Sort): void {
  for (const node of collect(expression, (item): item is SubqueryExpression => item.kind === "subquery")) {
    const treeNode = "ORDER BY";
    const origin = node.origin ?? plan.origin;
    if (node.form !== "scalar") {
      throw analysisError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY", { treeNode }, origin);
    }
    if (node.outer.length > 0) {
      throw analysisError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", { treeNode }, origin);
    }
  }
}

interface SelectBelow {
  readonly node: Aggregate | Project;
  /** The plan above with another node in its place, all of its columns kept. */
  readonly rebuild: (node: LogicalPlan) => LogicalPlan;
}

/** The select list that a sort stands on: directly, or above the conditions of HAVING. */
function selectBelow(plan: LogicalPlan): SelectBelow | undefined {
  if (plan.kind === "aggregate") return { node: plan, rebuild: (node) => node };
  if (plan.kind === "filter" && plan.child.kind === "aggregate") return { node: plan.child, rebuild: (node) => ({ ...plan, child: node }) };
  if (plan.kind !== "project") return undefined;
  // What HAVING leaves when it had to add an aggregate: only columns, over a filter, over the aggregate.
  const { child } = plan;
  if (child.kind === "filter" && child.child.kind === "aggregate" && plan.projections.every((item) => item.kind === "attribute")) {
    return { node: child.child, rebuild: (node) => ({ ...child, child: node }) };
  }
  return { node: plan, rebuild: (node) => node };
}

interface AggregateUnderWindows {
  readonly aggregate: Aggregate;
  /** The windows over another aggregate. */
  readonly rebuild: (aggregate: Aggregate) => LogicalPlan;
}

/** The aggregate whose groups the windows of a select list go over. */
function aggregateUnderWindows(plan: LogicalPlan): AggregateUnderWindows | undefined {
  if (plan.kind !== "window") return undefined;
  if (plan.child.kind === "aggregate") return { aggregate: plan.child, rebuild: (aggregate) => ({ ...plan, child: aggregate }) };
  const below = aggregateUnderWindows(plan.child);
  return below === undefined ? undefined : { ...below, rebuild: (aggregate) => ({ ...plan, child: below.rebuild(aggregate) }) };
}

/** Where names that the select list does not have are looked up. */
function inputOf(node: Aggregate | Project): LogicalPlan {
  return node.kind === "aggregate" ? (groupingColumns(node)?.input ?? node.child) : node.child;
}

/** Adds to a select list the columns of its input that expressions above use. */
function withMissing(project: Project, expressions: readonly Expression[]): Project {
  const known = new Set(outputOf(project).map((column) => column.exprId));
  const below = new Map(outputOf(project.child).map((column) => [column.exprId, column]));
  const missing = new Map<number, Attribute>();
  for (const { exprId } of expressions.flatMap((item) => collect(item, (node): node is Attribute => node.kind === "attribute"))) {
    const column = below.get(exprId);
    if (!known.has(exprId) && column !== undefined) missing.set(exprId, column);
  }
  return missing.size === 0 ? project : { ...project, projections: [...project.projections, ...missing.values()] };
}

/**
 * Expressions above an aggregate in terms of its output, to which what they need is added. `insideFunctions`: over grouping sets the arguments
 * of aggregate functions see nulls for what a set leaves out, as in Spark's ORDER BY. `above` are columns that are computed of the aggregate
 * and may be used as they are.
 * @throws AnalysisError UNRESOLVED_COLUMN.WITH_SUGGESTION
 */
function overAggregate(
  aggregate: Aggregate,
  expressions: readonly Expression[],
  insideFunctions = false,
  above: readonly Attribute[] = [],
): { readonly aggregate: Aggregate; readonly expressions: Expression[] } {
  const output = new Set([...outputOf(aggregate), ...above].map((column) => column.exprId));
  const input = new Set([...output, ...outputIds(aggregate.child)]);
  const analytic = groupingColumns(aggregate, insideFunctions);
  if (analytic === undefined) for (const item of expressions) refuseGrouping(item, false);
  const groupingKeys = new Set(aggregate.groupings.map(expressionKey));
  const columns = new Map<string, Attribute>();
  for (const item of aggregate.aggregates) {
    if (item.kind === "alias" || item.kind === "attribute") columns.set(expressionKey(item), toAttribute(item));
  }
  const added: Expression[] = [];
  const provide = (expression: Expression): Expression => {
    const key = expressionKey(expression);
    const known = columns.get(key);
    if (known !== undefined) return known;
    const item = expression.kind === "attribute" ? expression : alias(expression, prettyText(expression));
    added.push(item);
    const column = toAttribute(item);
    columns.set(key, column);
    return column;
  };
  const rewrite = (node: Expression): Expression => {
    if (node.kind === "attribute" && output.has(node.exprId)) return node;
    if (node.kind === "aggregate" || groupingKeys.has(expressionKey(node))) return provide(node);
    if (node.kind === "attribute" && !groupingKeys.has(expressionKey(node))) throw notGrouped(node, aggregate, !insideFunctions);
    if (node.kind !== "subquery") return mapChildren(node, rewrite);
    const inside = mapOuterReferences(node.plan, (outer) => (readsOnly(outer, input) ? rewrite(outer) : outer));
    return mapChildren({ ...node, plan: inside }, rewrite);
  };
  const change = (item: Expression): Expression => rewrite(analytic?.rewrite(item) ?? item);
  const rewritten = expressions.map((item) => (isOrder(item) ? { ...item, child: change(item.child) } : change(item)));
  return {
    aggregate: added.length === 0 ? aggregate : { ...aggregate, aggregates: [...aggregate.aggregates, ...added] },
    expressions: rewritten,
  };
}

/** A column of the rows that groups do not have: there is none of its name. Two results of the name are told apart in HAVING alone, as in Spark. */
function notGrouped(column: Attribute, aggregate: Aggregate, having: boolean): Error {
  const names = new Scope(outputOf(aggregate), true);
  if (having) names.find([column.name], column.origin);
  const objectName = quoteIdentifier(column.name);
  return analysisError(
    "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    { objectName, proposal: names.suggestions([column.name]).join(", ") },
    column.origin,
  );
}

function isOrder(expression: Expression): expression is SortOrder {
  return expression.kind === "sortOrder";
}
