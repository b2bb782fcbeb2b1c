import type { Expression } from "../expression/expression.ts";
import { sortOrder, unresolvedAttribute } from "../expression/factories.ts";
import { Column, expressionOf } from "./column.ts";
import { nameParts } from "./name-parts.ts";

/** The expression of a column given by name or as it is; `*` and `t.*` are all columns. */
export function columnOf(column: unknown): Expression {
  return typeof column === "string" ? namedColumn(column) : expressionOf(column);
}

/** A column by its name as it is written. */
export function namedColumn(name: string, planId?: number): Expression {
  const parts = nameParts(name);
  if (parts.at(-1) === "*") {
    return Object.freeze({ kind: "unresolvedStar", target: parts.slice(0, -1), except: [], ...(planId === undefined ? {} : { planId }) });
  }
  return planId === undefined ? unresolvedAttribute(parts) : Object.freeze({ ...unresolvedAttribute(parts), planId });
}

/** A key of an order: ascending unless the column says otherwise. */
export function sortKey(column: unknown): Expression {
  const expression = column instanceof Column ? column.expression : columnOf(column);
  return expression.kind === "sortOrder" ? expression : sortOrder(expression);
}
