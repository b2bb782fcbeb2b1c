import { exists, transformDown } from "../expression/traversal.ts";
import type { Expression } from "../expression/expression.ts";
import type { LogicalPlan, SharedDefinition } from "./logical-plan.ts";
import { mapPlanChildren, mapPlanExpressions } from "./plan-traversal.ts";

/**
 * The plan over changed shared plans: each is changed once, after those that it reads itself. Places in subqueries count too. The plan itself is not
 * given to `change`, and is the same when no shared plan changes.
 */
export function mapSharedPlans(plan: LogicalPlan, change: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  const changed = new Map<SharedDefinition, SharedDefinition>();
  const definitionOf = (definition: SharedDefinition): SharedDefinition => {
    let known = changed.get(definition);
    if (known === undefined) {
      const inner = change(visit(definition.plan));
      known = inner === definition.plan ? definition : { ...definition, plan: inner };
      changed.set(definition, known);
    }
    return known;
  };
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind !== "shared") return mapPlanExpressions(mapPlanChildren(node, visit), insideSubqueries);
    const definition = definitionOf(node.definition);
    return definition === node.definition ? node : { ...node, definition };
  };
  const insideSubqueries = (expression: Expression): Expression =>
    exists(expression, (node) => node.kind === "subquery") ? transformDown(expression, insideSubquery) : expression;
  const insideSubquery = (node: Expression): Expression => {
    if (node.kind !== "subquery") return node;
    const inner = visit(node.plan);
    return inner === node.plan ? node : { ...node, plan: inner };
  };
  return visit(plan);
}
