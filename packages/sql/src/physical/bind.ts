import { transformDown, type Attribute, type Expression } from "@vonk/dataframe/internal";
import { assert } from "@vonk/common/internal";

/** An expression over the positions of an input row in place of columns. */
export function bind(expression: Expression, input: readonly Attribute[]): Expression {
  return transformDown(expression, (node) => {
    if (node.kind !== "attribute") return node;
    const ordinal = input.findIndex((column) => column.exprId === node.exprId);
    assert(ordinal >= 0, `the input has the column ${node.name}`);
    return { kind: "boundReference", ordinal, dataType: node.dataType, nullable: node.nullable };
  });
}

/** Several at once. */
export function bindAll(expressions: readonly Expression[], input: readonly Attribute[]): Expression[] {
  return expressions.map((expression) => bind(expression, input));
}
