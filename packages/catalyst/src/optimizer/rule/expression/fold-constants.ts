import {
  literal,
  mapPlanChildren,
  mapPlanExpressions,
  transformUp,
  typeOf,
  childrenOf,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { compileExpression, findFunction, type SessionValues } from "@vonk/expression/internal";
import type { OptimizerContext, Rule } from "../../rule.ts";

/**
 * Computes expressions of constants, and leaves out what constants decide: `x AND true`, `CASE WHEN false …`. An expression that fails
 * stays as it is: its row may never come.
 * @see Spark's ConstantFolding and BooleanSimplification
 */
export const foldConstants: Rule = { name: "FoldConstants", apply: foldPlan };

function foldPlan(plan: LogicalPlan, context: OptimizerContext): LogicalPlan {
  const children = mapPlanChildren(plan, (child) => foldPlan(child, context));
  return mapPlanExpressions(children, (expression) => foldExpression(expression, context.session));
}

/** The expression with its constant parts computed; a name on top stays. */
export function foldExpression(expression: Expression, session: SessionValues): Expression {
  return transformUp(expression, (node) => {
    if (node.kind !== "call" && node.kind !== "cast" && node.kind !== "caseWhen") return node;
    const simple = simplifyLogic(node);
    if (simple !== node) return simple;
    return isConstant(node) ? compute(node, session) : node;
  });
}

function isConstant(node: Expression): boolean {
  if (!childrenOf(node).every((child) => child.kind === "literal")) return false;
  if (node.kind !== "call") return true;
  const definition = findFunction(node.name);
  return definition?.kind === "scalar" && definition.deterministic !== false;
}

function compute(node: Expression, session: SessionValues): Expression {
  try {
    return literal(compileExpression(node, session)([]), typeOf(node), node.origin);
  } catch {
    // The error belongs to the row that asks for the value, if any does.
    return node;
  }
}

function simplifyLogic(node: Expression): Expression {
  if (node.kind !== "call") return node;
  const [left, right] = node.args;
  if ((node.name !== "and" && node.name !== "or") || left === undefined || right === undefined) return node;
  const neutral = node.name === "and";
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.kind !== "literal" || one.value === null) continue;
    return one.value === neutral ? other : one;
  }
  return node;
}
