import {
  conjunction,
  conjuncts,
  mapPlanChildren,
  outputOf,
  planExists,
  planExpressions,
  toAttribute,
  transformDown,
  type Aggregate,
  type Expression,
  type Join,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { analysisError } from "../../../error/analysis-error.ts";
import { sqlText } from "../../../naming/expression-text.ts";
import { isCorrelated, outputIds, references } from "../../../tree/attributes.ts";
import { factor } from "../filter/extract-common-conditions.ts";

/** A subquery's plan without references to the outer query, and the conditions that held them. */
export interface PulledUp {
  readonly plan: LogicalPlan;
  /** Over the columns of the outer query and of `plan`, whose output has every column that they need. */
  readonly conditions: readonly Expression[];
}

/** True when some expression of the plan refers to a query around it. */
export function isCorrelatedPlan(plan: LogicalPlan): boolean {
  return planExists(plan, (node) => planExpressions(node).some(isCorrelated));
}

/**
 * Takes correlated conditions out of a subquery's filters, so that they can be the condition of a join with the outer query, whose columns are
 * `outer`. Nodes above such a filter get the columns that the conditions use: projections carry them, aggregates group by them, which is the
 * same as computing the aggregate for each outer row when the conditions are equalities. References to queries further out stay.
 *
 * @returns undefined where that cannot be done
 * @see Spark's PullupCorrelatedPredicates
 */
export function pullUpCorrelation(plan: LogicalPlan, outer: ReadonlySet<number>): PulledUp | undefined {
  if (!isCorrelatedPlan(plan)) return { plan, conditions: [] };
  switch (plan.kind) {
    case "filter": {
      const below = pullUpCorrelation(plan.child, outer);
      if (below === undefined) return undefined;
      // Alternatives may share the comparison with the outer query (TPC-DS Q41).
      const [correlated, own] = split(conjuncts(factor(plan.condition)));
      const child = below.plan;
      return {
        plan: own.length === 0 ? child : { ...plan, condition: conjunction(own), child },
        conditions: [...below.conditions, ...correlated.map((condition) => withoutOuter(condition, outer))],
      };
    }
    case "project": {
      const below = pullUpCorrelation(plan.child, outer);
      if (below === undefined || plan.projections.some(isCorrelated)) return undefined;
      const missing = neededColumns(below, new Set(outputOf(plan).map((column) => column.exprId)));
      return { plan: { ...plan, projections: [...plan.projections, ...missing], child: below.plan }, conditions: below.conditions };
    }
    case "aggregate":
      return throughAggregate(plan, outer);
    case "distinct":
    case "subqueryAlias": {
      const below = pullUpCorrelation(plan.child, outer);
      if (below === undefined) return undefined;
      return { plan: plan.kind === "subqueryAlias" ? below.plan : { ...plan, child: below.plan }, conditions: below.conditions };
    }
    case "join":
      return throughJoin(plan, outer);
    default:
      return undefined;
  }
}

function throughJoin(plan: Join, outer: ReadonlySet<number>): PulledUp | undefined {
  const left = pullUpCorrelation(plan.left, outer);
  if (left === undefined) return undefined;
  if (plan.joinType === "inner" || plan.joinType === "cross") {
    const right = pullUpCorrelation(plan.right, outer);
    if (right === undefined) return undefined;
    const { condition, ...rest } = plan;
    const [correlated, own] = split(condition === undefined ? [] : conjuncts(condition));
    const joined: Join = { ...rest, left: left.plan, right: right.plan };
    return {
      plan: own.length === 0 ? { ...joined, joinType: "cross" } : { ...joined, condition: conjunction(own) },
      conditions: [...left.conditions, ...right.conditions, ...correlated.map((condition) => withoutOuter(condition, outer))],
    };
  }
  const keepsLeft = plan.joinType === "left" || plan.joinType === "semi" || plan.joinType === "anti" || plan.joinType === "existence";
  if (!keepsLeft || isCorrelatedPlan(plan.right) || (plan.condition !== undefined && isCorrelated(plan.condition))) return undefined;
  // A semi join does not carry columns that the conditions need; its left side does.
  return { plan: { ...plan, left: left.plan }, conditions: left.conditions };
}

function split(conditions: readonly Expression[]): [Expression[], Expression[]] {
  return [conditions.filter(isCorrelated), conditions.filter((condition) => !isCorrelated(condition))];
}

/** References to the outer query become columns of a join with it. */
function withoutOuter(expression: Expression, outer: ReadonlySet<number>): Expression {
  return transformDown(expression, (node) =>
    node.kind === "outerReference" && node.child.kind === "attribute" && outer.has(node.child.exprId) ? node.child : node,
  );
}

/** The columns of the plan below that pulled conditions use and that are not in the output. */
function neededColumns(below: PulledUp, present: ReadonlySet<number>): Expression[] {
  const ids = outputIds(below.plan);
  const needed = new Map(below.conditions.flatMap(references).map((column) => [column.exprId, column]));
  return [...needed.values()].filter((column) => ids.has(column.exprId) && !present.has(column.exprId));
}

function throughAggregate(plan: Aggregate, outer: ReadonlySet<number>): PulledUp | undefined {
  const below = pullUpCorrelation(plan.child, outer);
  if (below === undefined || [...plan.groupings, ...plan.aggregates].some(isCorrelated)) return undefined;
  if (below.conditions.length === 0) return { plan: { ...plan, child: below.plan }, conditions: [] };
  const ids = outputIds(below.plan);
  if (!below.conditions.every((condition) => comparesColumns(condition, ids))) return undefined;
  const columns = [...new Map(below.conditions.flatMap(references).map((column) => [column.exprId, column])).values()].filter((column) =>
    ids.has(column.exprId),
  );
  const grouped = new Set(plan.groupings.flatMap((grouping) => (grouping.kind === "attribute" ? [grouping.exprId] : [])));
  const present = new Set(outputOf(plan).map((column) => column.exprId));
  return {
    plan: {
      ...plan,
      groupings: [...plan.groupings, ...columns.filter((column) => !grouped.has(column.exprId))],
      aggregates: [...plan.aggregates, ...columns.filter((column) => !present.has(column.exprId)).map(toAttribute)],
      child: below.plan,
    },
    conditions: below.conditions,
  };
}

/** An equality with one column of the plan itself on one side: then one group belongs to an outer row. `a + b = outer` may have several. */
function comparesColumns(condition: Expression, own: ReadonlySet<number>): boolean {
  if (condition.kind !== "call" || (condition.name !== "=" && condition.name !== "<=>")) return false;
  const [left, right] = condition.args;
  if (left === undefined || right === undefined) return false;
  const isOwn = (side: Expression): boolean => references(side).some((column) => own.has(column.exprId));
  const isColumn = (side: Expression): boolean => side.kind === "attribute" || (side.kind === "cast" && isColumn(side.child));
  return (isOwn(left) && isColumn(left) && !isOwn(right)) || (isOwn(right) && isColumn(right) && !isOwn(left));
}

/** The error for a plan whose references to the outer query cannot be resolved. */
export function refuseCorrelation(plan: LogicalPlan): Error {
  const bad: Expression[] = [];
  const visit = (node: LogicalPlan): LogicalPlan => {
    bad.push(...planExpressions(node).filter(isCorrelated));
    return mapPlanChildren(node, visit);
  };
  visit(plan);
  return analysisError(
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE",
    { sqlExprs: bad.map((expression) => `"${sqlText(expression)}"`).join(", ") },
    bad[0]?.origin,
  );
}
