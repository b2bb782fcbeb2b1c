import { mapPlanChildren, mapPlanExpressions, transformUp, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { hasSubquery } from "../../../tree/attributes.ts";
import type { Rule } from "../../rule.ts";

/**
 * Takes away nodes that only give names: columns are known by their ids. A subquery's new column names remain as a projection on top of
 * the plan only when they reach the result, which the session names by the analysed plan.
 * @see Spark's EliminateSubqueryAliases
 */
export const removeAliases: Rule = { name: "EliminateSubqueryAliases", needed: true, apply: remove };

function remove(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === "subqueryAlias") return remove(plan.child);
  return mapPlanExpressions(mapPlanChildren(plan, remove), insideSubqueries);
}

function insideSubqueries(expression: Expression): Expression {
  return hasSubquery(expression)
    ? transformUp(expression, (node) => (node.kind === "subquery" ? { ...node, plan: remove(node.plan) } : node))
    : expression;
}
