import type { Command } from "@vonk/dataframe/internal";
import { parseTableAlias } from "./parse-alias.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** `DELETE FROM …`, `UPDATE … SET …`, `MERGE INTO … USING …`: read whole, as no table here lets its rows be changed. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseChangeRows(cursor: TokenCursor): Command {
  if (cursor.take("DELETE")) {
    cursor.expect("FROM");
    const nameParts = parseTarget(cursor);
    if (cursor.take("WHERE")) cursor.rules.expression(cursor);
    return { kind: "changeRows", operation: "DELETE", nameParts };
  }
  if (cursor.take("UPDATE")) {
    const nameParts = parseTarget(cursor);
    cursor.expect("SET");
    cursor.list(() => parseAssignment(cursor));
    if (cursor.take("WHERE")) cursor.rules.expression(cursor);
    return { kind: "changeRows", operation: "UPDATE TABLE", nameParts };
  }
  cursor.expect("MERGE");
  cursor.take("WITH", "SCHEMA", "EVOLUTION");
  cursor.expect("INTO");
  const nameParts = parseTarget(cursor);
  cursor.expect("USING");
  if (cursor.takeSign("(")) {
    cursor.rules.query(cursor);
    cursor.expectSign(")");
    parseTableAlias(cursor, { kind: "oneRow" });
  } else parseTarget(cursor);
  cursor.expect("ON");
  cursor.rules.expression(cursor);
  while (cursor.take("WHEN")) parseMergeClause(cursor);
  return { kind: "changeRows", operation: "MERGE INTO TABLE", nameParts };
}

function parseTarget(cursor: TokenCursor): readonly string[] {
  const nameParts = cursor.nameParts();
  if (!cursor.isWord("SET")) parseTableAlias(cursor, { kind: "oneRow" });
  return nameParts;
}

function parseAssignment(cursor: TokenCursor): void {
  cursor.nameParts();
  cursor.expectSign("=");
  if (!cursor.take("DEFAULT")) cursor.rules.expression(cursor);
}

function parseMergeClause(cursor: TokenCursor): void {
  cursor.take("NOT");
  cursor.expect("MATCHED");
  if (cursor.take("BY")) if (!cursor.take("SOURCE")) cursor.expect("TARGET");
  if (cursor.take("AND")) cursor.rules.expression(cursor);
  cursor.expect("THEN");
  if (cursor.take("DELETE")) return;
  if (cursor.take("UPDATE")) {
    cursor.expect("SET");
    if (!cursor.takeSign("*")) cursor.list(() => parseAssignment(cursor));
    return;
  }
  cursor.expect("INSERT");
  if (cursor.takeSign("*")) return;
  cursor.parenthesised(() => cursor.nameParts());
  cursor.expect("VALUES");
  cursor.parenthesised(() => (cursor.take("DEFAULT") ? undefined : cursor.rules.expression(cursor)));
}
