import { exists, planChildren, planExpressions, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { findFunction } from "@vonk/expression/internal";

/** True when an expression gives the same value each time for the same row. */
export function isDeterministic(expression: Expression): boolean {
  return !exists(expression, (node) => {
    if (node.kind === "userFunction") return !node.deterministic;
    const definition = node.kind === "call" ? findFunction(node.name) : undefined;
    return definition?.kind === "scalar" && definition.deterministic === false;
  });
}

/** True when all expressions of a plan are deterministic, those of its subqueries too. */
export function isDeterministicPlan(plan: LogicalPlan): boolean {
  const inSubqueries = (expression: Expression): boolean =>
    !exists(expression, (node) => node.kind === "subquery" && !isDeterministicPlan(node.plan));
  return (
    planExpressions(plan).every((expression) => isDeterministic(expression) && inSubqueries(expression)) &&
    planChildren(plan).every(isDeterministicPlan)
  );
}
