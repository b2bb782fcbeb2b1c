import type { Expression } from "../expression/expression.ts";
import type { FrameOperation } from "./frame-operation.ts";

/** The expressions that an operation holds. */
export function operationExpressions(operation: FrameOperation): readonly Expression[] {
  switch (operation.kind) {
    case "withColumns":
      return operation.columns.map((column) => column.expression);
    case "aggregateNumbers":
      return operation.groupings;
    case "drop":
      return operation.columns;
    case "fill":
      return [operation.value];
    case "replace":
      return operation.pairs.flat();
    default:
      return [];
  }
}

/** The operation with each of its expressions changed. */
export function mapOperation(operation: FrameOperation, change: (expression: Expression) => Expression): FrameOperation {
  switch (operation.kind) {
    case "withColumns":
      return { ...operation, columns: operation.columns.map((column) => ({ ...column, expression: change(column.expression) })) };
    case "aggregateNumbers":
      return { ...operation, groupings: operation.groupings.map(change) };
    case "drop":
      return { ...operation, columns: operation.columns.map(change) };
    case "fill":
      return { ...operation, value: change(operation.value) };
    case "replace":
      return { ...operation, pairs: operation.pairs.map(([from, to]) => [change(from), change(to)] as const) };
    default:
      return operation;
  }
}
