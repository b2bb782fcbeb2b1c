import {
  alias,
  exists,
  mapPlanExpressions,
  outputOf,
  planExpressions,
  toAttribute,
  transformPlanUp,
  transformUp,
  type Alias,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";

function isAsyncCall(expression: Expression): boolean {
  return expression.kind === "userFunction" && expression.isAsync;
}

/** True when the node calls an async function of the program. */
export function callsAsync(expression: Expression): boolean {
  return exists(expression, isAsyncCall);
}

/**
 * The plan with each call of an async function as a column of a projection of its own, which has nothing else but its input's columns: tasks are
 * synchronous, and wait there. Innermost calls come first.
 */
export function extractAsync(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, extract);
}

function extract(node: LogicalPlan): LogicalPlan {
  if (!planExpressions(node).some(callsAsync) || isAsyncProject(node) || !("child" in node)) return node;
  const calls = new Map<Expression, Alias>();
  const ids = new Set<number>();
  // A call whose arguments wait for another one waits for the next round.
  const waits = (expression: Expression): boolean => exists(expression, (part) => part.kind === "attribute" && ids.has(part.exprId));
  const replaced = mapPlanExpressions(node, (expression) =>
    transformUp(expression, (inner) => {
      if (!isAsyncCall(inner) || inner.kind !== "userFunction" || inner.args.some(waits)) return inner;
      const item = alias(inner, inner.name);
      calls.set(inner, item);
      ids.add(item.exprId);
      return toAttribute(item);
    }),
  );
  const { child } = node;
  const below: LogicalPlan = { kind: "project", projections: [...outputOf(child), ...calls.values()], child };
  const over = extract({ ...replaced, child: below } as LogicalPlan);
  const output = outputOf(node);
  // Nodes that pass their input's columns on would show the added ones.
  return outputOf(over).length === output.length ? over : { kind: "project", projections: output, child: over };
}

/** A projection of its input's columns and then of async calls alone. */
export function isAsyncProject(node: LogicalPlan): boolean {
  if (node.kind !== "project") return false;
  const calls = node.projections.filter(callsAsync);
  const plain = node.projections.slice(0, node.projections.length - calls.length);
  return (
    calls.length > 0 &&
    plain.every((item) => item.kind === "attribute") &&
    calls.every((item) => item.kind === "alias" && item.child.kind === "userFunction" && !item.child.args.some(callsAsync))
  );
}
