import { mapPlanChildren, mapPlanExpressions, transformDown, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/** A subquery's plan over other expressions of the query around it; the plans of subqueries inside it too. */
export function mapOuterReferences(plan: LogicalPlan, change: (expression: Expression) => Expression): LogicalPlan {
  const inside = (expression: Expression): Expression =>
    transformDown(expression, (node) => {
      if (node.kind === "subquery") return { ...node, plan: mapOuterReferences(node.plan, change) };
      return node.kind === "outerReference" ? { ...node, child: change(node.child) } : node;
    });
  return mapPlanExpressions(
    mapPlanChildren(plan, (child) => mapOuterReferences(child, change)),
    inside,
  );
}
