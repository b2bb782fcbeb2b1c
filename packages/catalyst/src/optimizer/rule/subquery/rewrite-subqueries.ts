import { booleanType } from "@vonk/columnar/internal";
import {
  alias,
  attribute,
  call,
  caseWhen,
  childrenOf,
  collect,
  conjunction,
  conjuncts,
  falseLiteral,
  isNullable,
  literal,
  mapPlanChildren,
  mapPlanExpressions,
  outputOf,
  planChildren,
  planExists,
  toAttribute,
  transformDown,
  transformUp,
  trueLiteral,
  type Attribute,
  type Expression,
  type Join,
  type LogicalPlan,
  type SubqueryExpression,
} from "@vonk/dataframe/internal";
import { hasSubquery, outputIds, references } from "../../../tree/attributes.ts";
import type { OptimizerContext, Rule } from "../../rule.ts";
import { dependOnDomain, oneRowEach, outerColumns, sameDomain } from "./depend-on-domain.ts";
import { isCorrelatedPlan, pullUpCorrelation, refuseCorrelation, type PulledUp } from "./pull-up-correlation.ts";
import { joinsAboveGroups, withGroupingsBelow, withSubqueriesAbove } from "./subqueries-above-groups.ts";
import { valueWithoutRows } from "./value-without-rows.ts";

/**
 * Turns subqueries of conditions and select lists into joins: EXISTS and IN into semi joins, their negations into anti joins, both inside
 * other expressions into existence joins, and correlated scalar subqueries into outer joins with one row a key. A scalar subquery that is
 * not correlated stays: it is computed once, before the query.
 *
 * It pays always: the alternative is a query per row. Sources: Spark's RewritePredicateSubquery and RewriteCorrelatedScalarSubquery;
 * Galindo-Legaria and Joshi, "Orthogonal Optimization of Subqueries and Aggregation" (2001).
 */
export const rewriteSubqueries: Rule = { name: "RewriteSubqueries", needed: true, apply: rewritePlan };

function rewritePlan(plan: LogicalPlan, context: OptimizerContext): LogicalPlan {
  const rewritten = mapPlanExpressions(
    mapPlanChildren(plan, (child) => rewritePlan(child, context)),
    (expression) => withRewrittenPlans(expression, context),
  );
  switch (rewritten.kind) {
    case "join":
      if (rewritten.lateral) return rewriteLateral(rewritten, context);
      return rewritten.condition !== undefined && hasJoinable(rewritten.condition)
        ? rewriteOn(rewritten, rewritten.condition, context)
        : rewritten;
    case "filter":
      return hasJoinable(rewritten.condition) ? rewriteFilter(rewritten, context) : rewritten;
    case "project": {
      if (!rewritten.projections.some(hasJoinable)) return rewritten;
      const { plan: child, expressions } = joinAll(rewritten.projections, rewritten.child, context);
      return { ...rewritten, projections: expressions, child };
    }
    case "aggregate": {
      if (![...rewritten.groupings, ...rewritten.aggregates].some(hasJoinable)) return rewritten;
      if (rewritten.groupings.some(hasJoinable)) return rewritePlan(withGroupingsBelow(rewritten), context);
      if (rewritten.aggregates.some(joinsAboveGroups)) return rewritePlan(withSubqueriesAbove(rewritten), context);
      const { plan: child, expressions } = joinAll(rewritten.aggregates, rewritten.child, context);
      return { ...rewritten, aggregates: expressions, child };
    }
    case "window": {
      const { windowExpressions, partitionBy, orderBy } = rewritten;
      const all = [...windowExpressions, ...partitionBy, ...orderBy];
      if (!all.some(hasJoinable)) return rewritten;
      const { plan: child, expressions } = joinAll(all, rewritten.child, context);
      let next = 0;
      const asMany = (before: readonly Expression[]): Expression[] => expressions.slice(next, (next += before.length));
      const over = {
        ...rewritten,
        windowExpressions: asMany(windowExpressions),
        partitionBy: asMany(partitionBy),
        orderBy: asMany(orderBy),
        child,
      };
      return { kind: "project", projections: outputOf(rewritten), child: over };
    }
    default:
      return rewritten;
  }
}

/** Subqueries inside subqueries come first. */
function withRewrittenPlans(expression: Expression, context: OptimizerContext): Expression {
  if (!hasSubquery(expression)) return expression;
  return transformUp(expression, (node) => (node.kind === "subquery" ? { ...node, plan: rewritePlan(node.plan, context) } : node));
}

function isJoinable(node: Expression): node is SubqueryExpression {
  return node.kind === "subquery" && (node.form !== "scalar" || isCorrelatedPlan(node.plan));
}

function hasJoinable(expression: Expression): boolean {
  return isJoinable(expression) || childrenOf(expression).some(hasJoinable);
}

function rewriteFilter(filter: Extract<LogicalPlan, { kind: "filter" }>, context: OptimizerContext): LogicalPlan {
  let plan = filter.child;
  const rest: Expression[] = [];
  for (const condition of conjuncts(filter.condition)) {
    const negated = condition.kind === "call" && condition.name === "not";
    const inner = negated ? condition.args[0] : condition;
    if (inner?.kind === "subquery" && inner.form !== "scalar")
      plan = predicateJoin(inner, negated ? "anti" : "semi", { left: plan, outer: filter.child }, context);
    else rest.push(condition);
  }
  const { plan: child, expressions } = joinAll(rest, plan, context);
  const filtered: LogicalPlan = expressions.length === 0 ? child : { ...filter, condition: conjunction(expressions), child };
  const output = outputOf(filter.child);
  return outputOf(filtered).length === output.length ? filtered : { kind: "project", projections: output, child: filtered };
}

/** What a subquery is joined to. */
interface Joined {
  readonly left: LogicalPlan;
  /**
   * The query around as it was before other subqueries were joined to it. It has the columns that subqueries refer to, and is what they are computed for:
   * with `left` in its place each would hold all those before it, twice as many with each subquery.
   */
  readonly outer: LogicalPlan;
}

function predicateJoin(
  subquery: SubqueryExpression,
  joinType: "semi" | "anti" | "existence",
  { left, outer }: Joined,
  context: OptimizerContext,
  exists?: Join["exists"],
): LogicalPlan {
  const { plan: right, conditions } = decorrelated(subquery.plan, outer, context, false);
  const columns = outputOf(subquery.plan);
  const equalities = subquery.values.map((value, index) => {
    const column = columns[index];
    return column === undefined ? trueLiteral : call("=", [value, column], booleanType);
  });
  // NOT IN is unknown, so false, when a null takes part: only then an anti join differs from it.
  const nullable = subquery.form === "in" && joinType !== "semi" && equalities.some(isNullable);
  if (nullable && (conditions.length > 0 || equalities.length > 1)) {
    return comparedWithNulls({ left, right, equalities, conditions, exists });
  }
  const all = [...equalities, ...conditions];
  return {
    kind: "join",
    left,
    right,
    joinType,
    lateral: false,
    ...(all.length === 0 ? {} : { condition: conjunction(all) }),
    ...(exists === undefined ? {} : { exists }),
    ...(nullable ? { nullAware: true } : {}),
  };
}

interface NullableComparison {
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly equalities: readonly Expression[];
  readonly conditions: readonly Expression[];
  readonly exists: Join["exists"];
}

/**
 * NOT IN of several columns, or of a correlated query: rows that are equal or may be, among those that belong to the outer row. As a value it
 * is what two joins tell: one whether a row is equal, one whether a row may be.
 */
function comparedWithNulls({ left, right, equalities, conditions, exists }: NullableComparison): LogicalPlan {
  const possible = equalities.map((equality) =>
    isNullable(equality) ? call("or", [equality, call("isnull", [equality], booleanType, { nullable: false })], booleanType) : equality,
  );
  const join = (plan: LogicalPlan, all: readonly Expression[], marker: Join["exists"]): Join => ({
    kind: "join",
    left: plan,
    right,
    joinType: marker === undefined ? "anti" : "existence",
    lateral: false,
    condition: conjunction(all),
    ...(marker === undefined ? {} : { exists: marker }),
  });
  if (exists === undefined) return join(left, [...possible, ...conditions], undefined);
  const equal = attribute("equal", booleanType, false);
  const maybe = attribute("maybe", booleanType, false);
  const both = join(join(left, [...equalities, ...conditions], equal), [...possible, ...conditions], maybe);
  const value = caseWhen([equal, trueLiteral, maybe, literal(null, booleanType)], falseLiteral);
  const result = alias(value, exists.name, { exprId: exists.exprId });
  return { kind: "project", projections: [...outputOf(left), result], child: both };
}

/**
 * A subquery's plan to join, and on what: its own conditions where they can be pulled up, else the values that the outer query has. `each`
 * asks for what the plan gives for each outer row, also where it has no input.
 */
function decorrelated(plan: LogicalPlan, left: LogicalPlan, context: OptimizerContext, each: boolean): PulledUp {
  const outer = outputIds(left);
  const pulled = each || hasTotal(plan) ? undefined : pullUpCorrelation(plan, outer);
  if (pulled !== undefined) return pulled;
  const columns = outerColumns(plan, outer);
  const over = dependOnDomain(plan, left, columns, context.session);
  return { plan: over.plan, conditions: conjuncts(sameDomain(columns, over.domain)) };
}

/** True when a plan gives a row though nothing comes in: pulled conditions would take it away. */
function hasTotal(plan: LogicalPlan): boolean {
  return isCorrelatedPlan(plan) && planExists(plan, (node) => node.kind === "aggregate" && node.groupings.length === 0);
}

/** Joins a plan with the subqueries of expressions, and gives the expressions over its columns. */
function joinAll(
  expressions: readonly Expression[],
  child: LogicalPlan,
  context: OptimizerContext,
): { readonly plan: LogicalPlan; readonly expressions: Expression[] } {
  let plan = child;
  const replaced = expressions.map((expression) =>
    transformDown(expression, (node) => {
      if (!isJoinable(node)) return node;
      if (node.form === "scalar") {
        const joined = scalarJoin(node, { left: plan, outer: child }, context);
        plan = joined.plan;
        return joined.value;
      }
      const exists = attribute("exists", booleanType, node.form === "in");
      plan = predicateJoin(node, "existence", { left: plan, outer: child }, context, exists);
      return exists;
    }),
  );
  return { plan, expressions: replaced };
}

/**
 * A correlated scalar subquery as an outer join. Rows without a partner get what the subquery gives for no rows: null, but 0 for a count, so
 * a column tells whether there was a partner.
 */
function scalarJoin(
  subquery: SubqueryExpression,
  { left, outer }: Joined,
  context: OptimizerContext,
): { readonly plan: LogicalPlan; readonly value: Expression } {
  const [column] = outputOf(subquery.plan);
  const join = (right: LogicalPlan, conditions: readonly Expression[]): LogicalPlan => ({
    kind: "join",
    left,
    right,
    joinType: "left",
    lateral: false,
    condition: conjunction(conditions),
  });
  if (column === undefined) return { plan: left, value: literal(null, subquery.dataType) };
  const pulled =
    isSingleRow(subquery.plan) && !hasInnerTotal(subquery.plan) ? pullUpCorrelation(subquery.plan, outputIds(outer)) : undefined;
  if (pulled === undefined) {
    const columns = outerColumns(subquery.plan, outputIds(outer));
    const over = dependOnDomain(subquery.plan, outer, columns, context.session);
    if (isSingleRow(subquery.plan)) {
      return { plan: join(over.plan, conjuncts(sameDomain(columns, over.domain))), value: { ...column, nullable: true } };
    }
    const single = oneRowEach(over, column);
    return { plan: join(single.plan, conjuncts(sameDomain(columns, over.domain))), value: { ...single.value, nullable: true } };
  }
  const { plan, conditions } = pulled;
  const empty = valueWithoutRows(subquery.plan, context.session);
  if (empty === null) return { plan: join(plan, conditions), value: { ...column, nullable: true } };
  const marker = alias(trueLiteral, "present");
  const right: LogicalPlan = { kind: "project", projections: [...outputOf(plan), marker], child: plan };
  const present = { ...toAttribute(marker), nullable: true };
  const value = caseWhen([call("isnull", [present], booleanType, { nullable: false }), literal(empty, column.dataType)], {
    ...column,
    nullable: true,
  });
  return { plan: join(right, conditions), value };
}

/** True when an aggregate stands on another one that gives a row for no rows: the upper one must see that row. */
function hasInnerTotal(plan: LogicalPlan): boolean {
  if (plan.kind === "aggregate") return hasTotal(plan.child);
  return planChildren(plan).length === 1 ? planChildren(plan).some(hasInnerTotal) : hasTotal(plan);
}

/** True when a plan gives one row at most, whatever comes in. */
function isSingleRow(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "aggregate":
      return plan.groupings.length === 0;
    case "oneRow":
      return true;
    case "project":
    case "filter":
    case "subqueryAlias":
    case "sort":
      return isSingleRow(plan.child);
    default:
      return false;
  }
}

/**
 * Subqueries in ON. Of an inner join they are conditions of its rows; else each is asked beside the side whose columns it uses.
 * @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE for one that uses both sides
 */
function rewriteOn(join: Join, condition: Expression, context: OptimizerContext): LogicalPlan {
  const parts = conjuncts(condition);
  const output = outputOf(join);
  if (join.joinType === "inner" || join.joinType === "cross") {
    const { condition: _, ...rest } = join;
    const own = parts.filter((part) => !hasJoinable(part));
    const child: Join = own.length === 0 ? { ...rest, joinType: "cross" } : { ...rest, joinType: "inner", condition: conjunction(own) };
    return rewriteFilter({ kind: "filter", condition: conjunction(parts.filter(hasJoinable)), child }, context);
  }
  let { left, right } = join;
  const leftIds = outputIds(left);
  const rightIds = outputIds(right);
  const replaced = parts.map((part) => {
    if (!hasJoinable(part)) return part;
    const used = [...references(part), ...outerIds(part)];
    if (used.every(({ exprId }) => leftIds.has(exprId))) {
      const joined = joinAll([part], left, context);
      left = joined.plan;
      return joined.expressions[0] ?? part;
    }
    if (!used.every(({ exprId }) => rightIds.has(exprId))) throw refuseCorrelation({ kind: "filter", condition: part, child: join });
    const joined = joinAll([part], right, context);
    right = joined.plan;
    return joined.expressions[0] ?? part;
  });
  return { kind: "project", projections: output, child: { ...join, left, right, condition: conjunction(replaced) } };
}

/** What the subqueries inside an expression take from the query around them. */
function outerIds(expression: Expression): Attribute[] {
  const subqueries = collect(expression, (node): node is SubqueryExpression => node.kind === "subquery");
  return subqueries.flatMap((subquery) => subquery.outer.flatMap(references));
}

/** A lateral join as a join with what its right side gives for each row of the left. */
function rewriteLateral(join: Join, context: OptimizerContext): LogicalPlan {
  const plain: Join = { ...join, lateral: false };
  if (!isCorrelatedPlan(join.right)) return plain;
  const output = outputOf(join);
  const { plan: right, conditions } = decorrelated(join.right, join.left, context, !isSimple(join.right));
  const all = [...(join.condition === undefined ? [] : conjuncts(join.condition)), ...conditions];
  const joinType = join.joinType === "cross" ? "inner" : join.joinType;
  return { kind: "project", projections: output, child: { ...plain, joinType, right, condition: conjunction(all) } };
}

/** Filters, projections and inner joins: pulling their conditions up changes nothing else. */
function isSimple(plan: LogicalPlan): boolean {
  const simple =
    ["filter", "project", "subqueryAlias", "table", "localRelation", "range", "oneRow", "shared"].includes(plan.kind) ||
    (plan.kind === "join" && (plan.joinType === "inner" || plan.joinType === "cross"));
  return simple && planChildren(plan).every(isSimple);
}
