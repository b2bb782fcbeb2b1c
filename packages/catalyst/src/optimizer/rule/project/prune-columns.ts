import {
  mapPlanChildren,
  outputOf,
  planExpressions,
  toAttribute,
  type Attribute,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { outputIds, references } from "../../../tree/attributes.ts";
import type { Rule } from "../../rule.ts";

/**
 * Leaves out columns that nothing above reads: tables read fewer, joins and sorts carry less. The plan's own result stays as it is. It must
 * not narrow the input of DISTINCT or of set operations, whose rows are compared as a whole.
 * @see Spark's ColumnPruning
 */
export const pruneColumns: Rule = {
  name: "ColumnPruning",
  apply: (plan) => prune(plan, outputIds(plan)),
};

type Needed = ReadonlySet<number>;

function and(needed: Needed, expressions: readonly Expression[]): Needed {
  const all = new Set(needed);
  for (const expression of expressions) {
    for (const { exprId } of references(expression)) all.add(exprId);
  }
  return all;
}

function prune(plan: LogicalPlan, needed: Needed): LogicalPlan {
  switch (plan.kind) {
    case "table":
      return pruneTable(plan, needed);
    case "project": {
      const projections = kept(plan.projections, needed);
      const inner = and(new Set(), projections);
      return same(plan.projections, projections) ? over(plan, inner) : over({ ...plan, projections }, inner);
    }
    case "aggregate": {
      const aggregates = kept(plan.aggregates, needed);
      const inner = and(new Set(), [...plan.groupings, ...aggregates]);
      return same(plan.aggregates, aggregates) ? over(plan, inner) : over({ ...plan, aggregates }, inner);
    }
    case "join":
    case "filter":
    case "sort":
    case "limit":
    case "offset":
    case "sample":
    case "repartition":
      return narrowed(over(plan, and(needed, planExpressions(plan))), needed);
    default:
      return mapPlanChildren(plan, (child) => prune(child, outputIds(child)));
  }
}

/** Named expressions that are read; one at least, since rows are counted by it. */
function kept(items: readonly Expression[], needed: Needed): readonly Expression[] {
  return items.filter((item) => (item.kind === "alias" || item.kind === "attribute") && needed.has(toAttribute(item).exprId));
}

function same(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.length === b.length;
}

function over(plan: LogicalPlan, needed: Needed): LogicalPlan {
  return mapPlanChildren(plan, (child) => prune(child, needed));
}

/** A join carries the columns of its condition only up to itself. */
function narrowed(plan: LogicalPlan, needed: Needed): LogicalPlan {
  if (plan.kind !== "join" && plan.kind !== "filter") return plan;
  const output = outputOf(plan);
  if (output.every((column) => needed.has(column.exprId))) return plan;
  const wanted = output.filter((column) => needed.has(column.exprId));
  return { kind: "project", projections: wanted, child: plan };
}

function pruneTable(plan: Extract<LogicalPlan, { kind: "table" }>, needed: Needed): LogicalPlan {
  const output: readonly Attribute[] = plan.output.filter((column) => needed.has(column.exprId));
  return output.length === plan.output.length ? plan : { ...plan, output };
}
