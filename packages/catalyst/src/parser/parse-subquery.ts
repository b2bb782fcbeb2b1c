import { booleanType, voidType } from "@vonk/columnar/internal";
import { newExprId, type Expression, type SubqueryExpression } from "@vonk/dataframe/internal";
import { AnalysisError } from "../error/analysis-error.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** True when a query begins some tokens ahead, perhaps in parentheses. */
export function startsQuery(cursor: TokenCursor, ahead: number): boolean {
  const at = cursor.behindOpens(ahead);
  return (
    (["SELECT", "WITH", "VALUES", "FROM", "TABLE", "MAP", "REDUCE"].some((word) => cursor.isWord(word, at)) &&
      !cursor.isSign("(", at + (cursor.isWord("VALUES", at) ? 99 : 1))) ||
    cursor.isWord("SELECT", at)
  );
}

/** A query in parentheses as an expression. */
export function subquery(
  cursor: TokenCursor,
  start: number,
  form: SubqueryExpression["form"],
  values: readonly Expression[] = [],
): Expression {
  cursor.expectSign("(");
  const plan = cursor.rules.query(cursor);
  cursor.expectSign(")");
  const dataType = form === "scalar" ? voidType : booleanType;
  return Object.freeze({
    kind: "subquery",
    form,
    plan,
    values,
    outer: [],
    dataType,
    exprId: newExprId(),
    origin: cursor.originFrom(start),
  });
}

/**
 * A query in parentheses where one begins. Behind more than one parenthesis it may turn out to be a part of an expression, `((SELECT 1) + 1)`: undefined
 * then, with nothing taken.
 */
export function queryOrElse(
  cursor: TokenCursor,
  start: number,
  form: SubqueryExpression["form"],
  values: readonly Expression[] = [],
): Expression | undefined {
  if (!cursor.isSign("(", 1)) return subquery(cursor, start, form, values);
  const { position } = cursor;
  try {
    return subquery(cursor, start, form, values);
  } catch (error) {
    if (!(error instanceof AnalysisError) || error.code !== "PARSE_SYNTAX_ERROR") throw error;
    cursor.rewind(position);
    return undefined;
  }
}
