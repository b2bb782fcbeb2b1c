import { expressionShapes } from "./expression-shape.ts";
import type { Expression } from "./expression.ts";

/** An expression's direct children, in the order in which they are written. */
export function childrenOf(expression: Expression): readonly Expression[] {
  // Each kind's shape takes nodes of that kind alone, which the compiler cannot follow through a look-up.
  const shape = expressionShapes[expression.kind] as { children: (node: Expression) => readonly Expression[] };
  return shape.children(expression);
}

/** The same node over other children; the node itself when they are the ones it has. */
export function withChildren(expression: Expression, children: readonly Expression[]): Expression {
  const before = childrenOf(expression);
  if (before.every((child, index) => child === children[index])) return expression;
  const shape = expressionShapes[expression.kind] as { rebuild: (node: Expression, children: readonly Expression[]) => Expression };
  return Object.freeze(shape.rebuild(expression, children));
}

/** The node over changed children; the node itself when none changes. */
export function mapChildren(expression: Expression, change: (child: Expression) => Expression): Expression {
  const before = childrenOf(expression);
  if (before.length === 0) return expression;
  return withChildren(expression, before.map(change));
}

/** Changes children first, then the node over the changed ones. A `change` that gives its argument back leaves the tree as it is. */
export function transformUp(expression: Expression, change: (node: Expression) => Expression): Expression {
  return change(mapChildren(expression, (child) => transformUp(child, change)));
}

/** Changes a node first, then the children of what it became. */
export function transformDown(expression: Expression, change: (node: Expression) => Expression): Expression {
  return mapChildren(change(expression), (child) => transformDown(child, change));
}

/** True when the node or one below it satisfies the test. */
export function exists(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || childrenOf(expression).some((child) => exists(child, test));
}

/** All nodes that satisfy a test, parents before children, in written order. */
export function collect<Found extends Expression>(expression: Expression, test: (node: Expression) => node is Found): Found[] {
  const found: Found[] = [];
  const visit = (node: Expression): void => {
    if (test(node)) found.push(node);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(expression);
  return found;
}
