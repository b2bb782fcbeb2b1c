import { mapPlanChildren, mapPlanExpressions, transformDown, type LogicalPlan, type UnresolvedRelation } from "@vonk/dataframe/internal";

/** The names that stand in FROM, those of subqueries and common tables too. */
export function relationsOf(plan: LogicalPlan): UnresolvedRelation[] {
  const found: UnresolvedRelation[] = [];
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === "unresolvedRelation") found.push(node);
    if (node.kind === "unresolvedWith") for (const table of node.tables) visit(table.plan);
    mapPlanExpressions(node, (expression) =>
      transformDown(expression, (inner) => {
        if (inner.kind === "subquery") visit(inner.plan);
        return inner;
      }),
    );
    return mapPlanChildren(node, visit);
  };
  visit(plan);
  return found;
}

/** The names of functions that a plan calls, those of subqueries and common tables too. */
export function routineNamesOf(plan: LogicalPlan): (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const note = (nameParts: readonly string[]): void => void found.set(nameParts.join("."), nameParts);
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === "unresolvedTableFunction") note(node.nameParts);
    if (node.kind === "unresolvedWith") for (const table of node.tables) visit(table.plan);
    mapPlanExpressions(node, (expression) =>
      transformDown(expression, (inner) => {
        if (inner.kind === "unresolvedFunction") note(inner.nameParts);
        if (inner.kind === "subquery") visit(inner.plan);
        return inner;
      }),
    );
    return mapPlanChildren(node, visit);
  };
  visit(plan);
  return [...found.values()];
}
