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
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { analysisError } from "../../../error/analysis-error.ts";
import { sqlText } from "../../../naming/expression-text.ts";
import { factor } from "../filter/extract-common-conditions.ts";
import { isCorrelated, outputIds, references } from "../../../tree/attributes.ts";

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
 * Takes correlated conditions out of a subquery's filters, so that they can be the condition of a join with the outer query. Nodes above such a
 * filter get the columns that the conditions use: projections carry them, aggregates group by them, which is the same as computing the
 * aggregate for each outer row when the conditions are equalities.
 *
 * @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE where that cannot be done
 * @see Spark's PullupCorrelatedPredicates
 */
export function pullUpCorrelation(plan: LogicalPlan): PulledUp {
  if (!isCorrelatedPlan(plan)) return { plan, conditions: [] };
  switch (plan.kind) {
    case "filter": {
      const below = pullUpCorrelation(plan.child);
      // Alternatives may share the comparison with the outer query (TPC-DS Q41).
      const [correlated, own] = split(conjuncts(factor(plan.condition)));
      const child = below.plan;
      return {
        plan: own.length === 0 ? child : { ...plan, condition: conjunction(own), child },
        conditions: [...below.conditions, ...correlated.map(withoutOuter)],
      };
    }
    case "project": {
      const below = pullUpCorrelation(plan.child);
      refuseCorrelated(plan.projections);
      const missing = neededColumns(below, new Set(outputOf(plan).map((column) => column.exprId)));
      return { plan: { ...plan, projections: [...plan.projections, ...missing], child: below.plan }, conditions: below.conditions };
    }
    case "aggregate":
      return throughAggregate(plan);
    case "distinct":
    case "subqueryAlias": {
      const below = pullUpCorrelation(plan.child);
      return { plan: plan.kind === "subqueryAlias" ? below.plan : { ...plan, child: below.plan }, conditions: below.conditions };
    }
    case "join":
      if (plan.joinType === "inner" || plan.joinType === "cross") {
        const left = pullUpCorrelation(plan.left);
        const right = pullUpCorrelation(plan.right);
        const { condition, ...rest } = plan;
        const [correlated, own] = split(condition === undefined ? [] : conjuncts(condition));
        return {
          plan: { ...rest, left: left.plan, right: right.plan, ...(own.length === 0 ? {} : { condition: conjunction(own) }) },
          conditions: [...left.conditions, ...right.conditions, ...correlated.map(withoutOuter)],
        };
      }
      if (plan.joinType === "left" || plan.joinType === "semi" || plan.joinType === "anti") {
        const left = pullUpCorrelation(plan.left);
        refuse(plan.right);
        if (plan.condition !== undefined) refuseCorrelated([plan.condition]);
        return { plan: { ...plan, left: left.plan }, conditions: left.conditions };
      }
      return refuse(plan);
    default:
      return refuse(plan);
  }
}

function split(conditions: readonly Expression[]): [Expression[], Expression[]] {
  return [conditions.filter(isCorrelated), conditions.filter((condition) => !isCorrelated(condition))];
}

/** References to the outer query become columns of a join with it. */
function withoutOuter(expression: Expression): Expression {
  return transformDown(expression, (node) => (node.kind === "outerReference" ? node.child : node));
}

/** The columns of the plan below that pulled conditions use and that are not in the output. */
function neededColumns(below: PulledUp, present: ReadonlySet<number>): Expression[] {
  const ids = outputIds(below.plan);
  const needed = new Map(below.conditions.flatMap(references).map((column) => [column.exprId, column]));
  return [...needed.values()].filter((column) => ids.has(column.exprId) && !present.has(column.exprId));
}

function throughAggregate(plan: Aggregate): PulledUp {
  const below = pullUpCorrelation(plan.child);
  refuseCorrelated([...plan.groupings, ...plan.aggregates]);
  if (below.conditions.length === 0) return { plan: { ...plan, child: below.plan }, conditions: [] };
  const bad = below.conditions.find((condition) => condition.kind !== "call" || (condition.name !== "=" && condition.name !== "<=>"));
  if (bad !== undefined) throw unsupported([bad]);
  const ids = outputIds(below.plan);
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

function refuseCorrelated(expressions: readonly Expression[]): void {
  const bad = expressions.filter(isCorrelated);
  if (bad.length > 0) throw unsupported(bad);
}

function refuse(plan: LogicalPlan): PulledUp {
  const bad: Expression[] = [];
  const visit = (node: LogicalPlan): LogicalPlan => {
    bad.push(...planExpressions(node).filter(isCorrelated));
    return mapPlanChildren(node, visit);
  };
  visit(plan);
  if (bad.length > 0) throw unsupported(bad);
  return { plan, conditions: [] };
}

function unsupported(expressions: readonly Expression[]): Error {
  return analysisError(
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE",
    { sqlExprs: expressions.map((expression) => `"${sqlText(expression)}"`).join(", ") },
    expressions[0]?.origin,
  );
}
