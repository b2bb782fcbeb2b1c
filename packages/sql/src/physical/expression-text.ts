import { sqlText } from "@vonk/catalyst/internal";
import type { Expression } from "@vonk/dataframe/internal";

/** Expressions as EXPLAIN shows them. */
export function list(expressions: readonly Expression[]): string {
  return `[${expressions.map(sqlText).join(", ")}]`;
}
