import { booleanType } from "@vonk/columnar/internal";
import {
  alias,
  attribute,
  call,
  caseWhen,
  childrenOf,
  conjunction,
  conjuncts,
  isNullable,
  literal,
  mapPlanChildren,
  mapPlanExpressions,
  outputOf,
  toAttribute,
  transformDown,
  transformUp,
  trueLiteral,
  typeOf,
  type Expression,
  type Join,
  type LogicalPlan,
  type SubqueryExpression,
} from "@vonk/dataframe/internal";
import { compileExpression, findFunction, type SessionValues } from "@vonk/expression/internal";
import { aggregatesOf, hasSubquery } from "../../../tree/attributes.ts";
import type { OptimizerContext, Rule } from "../../rule.ts";
import { isCorrelatedPlan, pullUpCorrelation } from "./pull-up-correlation.ts";

/**
 * Turns subqueries of conditions and select lists into joins: EXISTS and IN into semi joins, their negations into anti joins, both inside
 * other expressions into existence joins, and correlated scalar subqueries into outer joins with one row a key. A scalar subquery that is
 * not correlated stays: it is computed once, before the query.
 *
 * It pays always: the alternative is a query per row. Sources: Spark's RewritePredicateSubquery and RewriteCorrelatedScalarSubquery;
 * Galindo-Legaria and Joshi, "Orthogonal Optimization of Subqueries and Aggregation" (2001).
 */
export const rewriteSubqueries: Rule = { name: "RewriteSubqueries", apply: rewritePlan };

function rewritePlan(plan: LogicalPlan, context: OptimizerContext): LogicalPlan {
  const rewritten = mapPlanExpressions(
    mapPlanChildren(plan, (child) => rewritePlan(child, context)),
    (expression) => withRewrittenPlans(expression, context),
  );
  switch (rewritten.kind) {
    case "filter":
      return hasJoinable(rewritten.condition) ? rewriteFilter(rewritten, context) : rewritten;
    case "project": {
      if (!rewritten.projections.some(hasJoinable)) return rewritten;
      const { plan: child, expressions } = joinAll(rewritten.projections, rewritten.child, context);
      return { ...rewritten, projections: expressions, child };
    }
    case "aggregate": {
      const all = [...rewritten.groupings, ...rewritten.aggregates];
      if (!all.some(hasJoinable)) return rewritten;
      const { plan: child, expressions } = joinAll(all, rewritten.child, context);
      return {
        ...rewritten,
        groupings: expressions.slice(0, rewritten.groupings.length),
        aggregates: expressions.slice(rewritten.groupings.length),
        child,
      };
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
    if (inner?.kind === "subquery" && inner.form !== "scalar") plan = predicateJoin(inner, negated ? "anti" : "semi", plan);
    else rest.push(condition);
  }
  const { plan: child, expressions } = joinAll(rest, plan, context);
  const filtered: LogicalPlan = expressions.length === 0 ? child : { ...filter, condition: conjunction(expressions), child };
  const output = outputOf(filter.child);
  return outputOf(filtered).length === output.length ? filtered : { kind: "project", projections: output, child: filtered };
}

function predicateJoin(
  subquery: SubqueryExpression,
  joinType: "semi" | "anti" | "existence",
  left: LogicalPlan,
  exists?: Join["exists"],
): LogicalPlan {
  const { plan: right, conditions } = pullUpCorrelation(subquery.plan);
  const columns = outputOf(subquery.plan);
  const equalities = subquery.values.map((value, index) => {
    const column = columns[index];
    return column === undefined ? trueLiteral : call("=", [value, column], booleanType);
  });
  const all = [...equalities, ...conditions];
  // NOT IN is unknown, so false, when a null takes part: only then an anti join differs from it.
  const nullable = subquery.form === "in" && joinType !== "semi" && equalities.some(isNullable);
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
        const joined = scalarJoin(node, plan, context.session);
        plan = joined.plan;
        return joined.value;
      }
      const exists = attribute("exists", booleanType, node.form === "in");
      plan = predicateJoin(node, "existence", plan, exists);
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
  left: LogicalPlan,
  session: SessionValues,
): { readonly plan: LogicalPlan; readonly value: Expression } {
  const { plan, conditions } = pullUpCorrelation(subquery.plan);
  const [column] = outputOf(subquery.plan);
  const empty = valueWithoutRows(subquery.plan, session);
  const join = (right: LogicalPlan): LogicalPlan => ({
    kind: "join",
    left,
    right,
    joinType: "left",
    lateral: false,
    condition: conjunction(conditions),
  });
  if (column === undefined) return { plan: left, value: literal(null, subquery.dataType) };
  if (empty === null) return { plan: join(plan), value: { ...column, nullable: true } };
  const marker = alias(trueLiteral, "present");
  const right: LogicalPlan = { kind: "project", projections: [...outputOf(plan), marker], child: plan };
  const present = { ...toAttribute(marker), nullable: true };
  const value = caseWhen([call("isnull", [present], booleanType, { nullable: false }), literal(empty, column.dataType)], {
    ...column,
    nullable: true,
  });
  return { plan: join(right), value };
}

/** The value of a scalar subquery's column when no row reaches its aggregate; null for queries without one. */
function valueWithoutRows(plan: LogicalPlan, session: SessionValues): ReturnType<ReturnType<typeof compileExpression>> {
  if (plan.kind === "subqueryAlias" || plan.kind === "distinct") return valueWithoutRows(plan.child, session);
  if (plan.kind !== "aggregate" || plan.groupings.length > 0) {
    return plan.kind === "project" ? projectedWithoutRows(plan, session) : null;
  }
  const [first] = plan.aggregates;
  return first === undefined ? null : evaluateEmpty(first, session);
}

function projectedWithoutRows(
  plan: Extract<LogicalPlan, { kind: "project" }>,
  session: SessionValues,
): ReturnType<typeof valueWithoutRows> {
  const { child } = plan;
  const [first] = plan.projections;
  if (first === undefined || child.kind !== "aggregate" || child.groupings.length > 0) return null;
  const values = new Map(child.aggregates.flatMap((item) => (item.kind === "alias" ? [[item.exprId, item.child] as const] : [])));
  return evaluateEmpty(
    transformDown(first, (node) => (node.kind === "attribute" ? (values.get(node.exprId) ?? node) : node)),
    session,
  );
}

function evaluateEmpty(expression: Expression, session: SessionValues): ReturnType<typeof valueWithoutRows> {
  if (aggregatesOf(expression).length === 0) return null;
  const constant = transformDown(expression, (node) => {
    if (node.kind !== "aggregate") return node;
    const definition = findFunction(node.name);
    if (definition?.kind !== "aggregate") return literal(null, node.dataType);
    const site = {
      name: node.name,
      args: node.args.map((argument) => ({ dataType: typeOf(argument) })),
      dataType: node.dataType,
      mode: node.mode,
      session,
    };
    const instance = definition.instance(site);
    return literal(instance.finish(instance.create()), node.dataType);
  });
  return compileExpression(constant, session)([]);
}
