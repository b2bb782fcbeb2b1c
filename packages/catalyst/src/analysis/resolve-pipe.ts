import { outputOf, type Aggregate, type Expression, type LogicalPlan, type Project } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import type { PlanScope } from "./plan-scope.ts";
import { positionOf, resolveAggregate, resolveProject } from "./resolve-select.ts";
import { callsAggregate } from "./select-item.ts";

function textOf(item: Expression): string {
  return sqlText(item.kind === "alias" ? item.child : item);
}

/** `|> SELECT` and `|> EXTEND`. @throws AnalysisError PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION */
export function resolvePipedProject({ pipe: clause = "SELECT", ...project }: Project, scope: PlanScope): LogicalPlan {
  const bad = project.projections.find((item) => callsAggregate(item, scope.context));
  if (bad === undefined) return resolveProject(project, scope);
  throw analysisError("PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", { expr: textOf(bad), clause }, bad.origin);
}

/**
 * `|> AGGREGATE … GROUP BY …`: what is grouped by, then the aggregates. Numbers in GROUP BY are columns of the input.
 * @throws AnalysisError PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION, GROUP_BY_POS_OUT_OF_RANGE
 */
export function resolvePipedAggregate({ piped: _, ...plan }: Aggregate, scope: PlanScope): LogicalPlan {
  const plain = plan.aggregates.find((item) => !callsAggregate(item, scope.context));
  if (plain !== undefined) {
    throw analysisError("PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION", { expr: textOf(plain) }, plain.origin);
  }
  const child = scope.resolve(plan.child, scope);
  scope.frames.resolved.add(child);
  const input = outputOf(child);
  const items = plan.groupings.map((item): Expression => {
    const written = item.kind === "alias" ? item.child : item;
    const position = scope.context.settings.ordinals ? positionOf(written) : undefined;
    if (position === undefined) return item;
    const column = input[position - 1];
    if (column === undefined) throw analysisError("GROUP_BY_POS_OUT_OF_RANGE", { index: position, size: input.length }, item.origin);
    return item.kind === "alias" ? { ...item, child: column } : column;
  });
  const groupings = items.map((item) => (item.kind === "alias" ? item.child : item));
  return resolveAggregate({ ...plan, groupings, aggregates: [...items, ...plan.aggregates], child }, scope);
}
