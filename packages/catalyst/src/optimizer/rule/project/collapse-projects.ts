import {
  alias,
  exists,
  mapPlanChildren,
  outputOf,
  toAttribute,
  type Expression,
  type LogicalPlan,
  type Project,
} from "@vonk/dataframe/internal";
import { references, substitute } from "../../../tree/attributes.ts";
import type { Rule } from "../../rule.ts";

/**
 * Two projections in one, and none where one changes nothing. An expression that the upper one uses more than once stays below unless it is
 * cheap, since it would be computed as often.
 * @see Spark's CollapseProject and RemoveNoopOperators
 */
export const collapseProjects: Rule = { name: "CollapseProject", apply: collapse };

function collapse(plan: LogicalPlan): LogicalPlan {
  const inner = mapPlanChildren(plan, collapse);
  if (inner.kind !== "project") return inner;
  const merged = inner.child.kind === "project" && mayMerge(inner, inner.child) ? merge(inner, inner.child) : inner;
  return changesNothing(merged) ? merged.child : merged;
}

function changesNothing(project: Project): boolean {
  const below = outputOf(project.child);
  return (
    project.projections.length === below.length &&
    project.projections.every((item, index) => item.kind === "attribute" && item.exprId === below[index]?.exprId)
  );
}

function mayMerge(upper: Project, lower: Project): boolean {
  const uses = new Map<number, number>();
  for (const { exprId } of upper.projections.flatMap(references)) uses.set(exprId, (uses.get(exprId) ?? 0) + 1);
  return lower.projections.every((item) => {
    if (item.kind !== "alias") return true;
    const plain = item.child.kind === "attribute" || item.child.kind === "literal";
    return plain || ((uses.get(item.exprId) ?? 0) <= 1 && !exists(item, (node) => node.kind === "subquery"));
  });
}

function merge(upper: Project, lower: Project): Project {
  const values = new Map(
    lower.projections.flatMap((item): [number, Expression][] => (item.kind === "alias" ? [[item.exprId, item.child]] : [])),
  );
  const projections = upper.projections.map((item) => {
    if (item.kind !== "attribute") return substitute(item, values);
    const value = values.get(item.exprId);
    // The column keeps its id, under which everything above knows it.
    return value === undefined ? item : alias(value, item.name, { exprId: toAttribute(item).exprId, qualifier: item.qualifier });
  });
  return { ...upper, projections, child: lower.child };
}
