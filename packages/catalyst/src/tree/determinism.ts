import { exists, planChildren, planExpressions, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { isDeterministic } from "@vonk/expression/internal";

/** True when all expressions of a plan are deterministic, those of its subqueries too. */
export function isDeterministicPlan(plan: LogicalPlan): boolean {
  const inSubqueries = (expression: Expression): boolean =>
    !exists(expression, (node) => node.kind === "subquery" && !isDeterministicPlan(node.plan));
  return (
    planExpressions(plan).every((expression) => isDeterministic(expression) && inSubqueries(expression)) &&
    planChildren(plan).every(isDeterministicPlan)
  );
}
