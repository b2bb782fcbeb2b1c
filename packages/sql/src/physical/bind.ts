import { boundReference, transformDown, type Attribute, type Expression } from "@vonk/dataframe/internal";
import { assert } from "@vonk/common/internal";

/** An expression over the positions of an input row in place of columns. */
export function bind(expression: Expression, input: readonly Attribute[]): Expression {
  return transformDown(expression, (node) => {
    if (node.kind !== "attribute") return withoutText(node);
    const ordinal = input.findIndex((column) => column.exprId === node.exprId);
    assert(ordinal >= 0, `the input has the column ${node.name}`);
    return boundReference(ordinal, node.dataType, node.nullable);
  });
}

/** Tasks need places for their errors, not the whole text in each node. */
function withoutText(node: Expression): Expression {
  if (node.origin?.text === undefined) return node;
  const { text: _, ...origin } = node.origin;
  return { ...node, origin };
}

/** Several at once. */
export function bindAll(expressions: readonly Expression[], input: readonly Attribute[]): Expression[] {
  return expressions.map((expression) => bind(expression, input));
}
