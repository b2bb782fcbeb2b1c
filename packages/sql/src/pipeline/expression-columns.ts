import { childrenOf, transformDown, type Expression } from "@vonk/dataframe/internal";

/** The positions of all columns that expressions read, in ascending order. */
export function columnsOf(expressions: readonly Expression[]): number[] {
  const found = new Set<number>();
  const visit = (expression: Expression): void => {
    if (expression.kind === "boundReference") found.add(expression.ordinal);
    childrenOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return [...found].toSorted((a, b) => a - b);
}

/** The expression with columns from a position on further right. */
export function shiftColumns(expression: Expression, from: number, by: number): Expression {
  return transformDown(expression, (node) =>
    node.kind === "boundReference" && node.ordinal >= from ? { ...node, ordinal: node.ordinal + by } : node,
  );
}
