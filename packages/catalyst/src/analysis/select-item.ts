import { alias, childrenOf, exists, newExprId, type Expression } from "@vonk/dataframe/internal";
import { findFunction } from "@vonk/expression/internal";
import type { AnalysisContext } from "./analysis-context.ts";

/** True when the expression has an aggregate function outside of windows. */
export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === "aggregate") return findFunction(expression.name)?.kind === "aggregate";
  if (expression.kind === "window") {
    return [...childrenOf(expression.function), ...expression.partitionBy, ...expression.orderBy].some(hasAggregate);
  }
  return childrenOf(expression).some(hasAggregate);
}

/** The same before names are resolved. */
export function callsAggregate(expression: Expression, context: AnalysisContext): boolean {
  const inside = (child: Expression): boolean => callsAggregate(child, context);
  if (expression.kind === "unresolvedFunction") {
    const name = expression.nameParts.at(-1)?.toLowerCase() ?? "";
    const definition = findFunction(name);
    if (definition?.kind === "aggregate") return true;
    const routine = definition === undefined ? context.routine?.(expression.nameParts) : undefined;
    if (routine?.kind === "builder" && routine.aggregates === true) return true;
  }
  if (expression.kind === "window") {
    return [...childrenOf(expression.function), ...expression.partitionBy, ...expression.orderBy].some(inside);
  }
  return childrenOf(expression).some(inside);
}

/** True when the expression has a window function. */
export function hasWindow(expression: Expression): boolean {
  return exists(expression, (node) => node.kind === "window");
}

/**
 * A result column: the expression itself when it has a name, else under the name that Spark generates. An alias gets an id of its own here,
 * since one text may be resolved at several places: a common table, a view.
 */
export function named(expression: Expression, generatedName: string): Expression {
  if (expression.kind === "attribute") return expression;
  return expression.kind === "alias" ? { ...expression, exprId: newExprId() } : alias(expression, generatedName, { generated: true });
}
