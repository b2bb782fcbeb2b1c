import { mapPlanChildren, mapPlanExpressions, transformDown, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/** The plan with each expression changed: those of common tables and of subqueries too. */
export function mapEveryExpression(plan: LogicalPlan, change: (expression: Expression) => Expression): LogicalPlan {
  const inner = (expression: Expression): Expression =>
    transformDown(change(expression), (node) => (node.kind === "subquery" ? withPlan(node, visit(node.plan)) : node));
  const visit = (node: LogicalPlan): LogicalPlan => {
    const below = mapPlanExpressions(mapPlanChildren(node, visit), inner);
    if (below.kind !== "unresolvedWith") return below;
    const tables = below.tables.map((table) => ({ ...table, plan: visit(table.plan) }));
    return tables.every((table, index) => table.plan === below.tables[index]?.plan) ? below : { ...below, tables };
  };
  return visit(plan);
}

function withPlan(node: Extract<Expression, { kind: "subquery" }>, plan: LogicalPlan): Expression {
  return plan === node.plan ? node : { ...node, plan };
}
