import type { Expression, LogicalPlan, UnresolvedUnpivot } from "@vonk/dataframe/internal";
import { atAlias, parseSelectItem, parseTableAlias } from "./parse-alias.ts";
import { parseExpression } from "./parse-expression.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** PIVOT and UNPIVOT behind a table, as many as there are. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parsePivots(cursor: TokenCursor, source: LogicalPlan): LogicalPlan {
  let plan = source;
  for (;;) {
    if (cursor.at("PIVOT") && cursor.isSign("(", 1)) plan = parsePivot(cursor, plan);
    else if (atUnpivot(cursor)) plan = parseUnpivot(cursor, plan);
    else return plan;
  }
}

function parsePivot(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.position;
  cursor.expect("PIVOT");
  cursor.expectSign("(");
  const aggregates = cursor.list(() => parseSelectItem(cursor));
  cursor.expect("FOR");
  const columns = cursor.isSign("(") ? cursor.parenthesised(() => parseExpression(cursor)) : [parsePivotColumn(cursor)];
  cursor.expect("IN");
  const values = cursor.parenthesised(() => parseSelectItem(cursor));
  cursor.expectSign(")");
  return parseTableAlias(cursor, { kind: "unresolvedPivot", aggregates, columns, values, child, origin: cursor.originFrom(start) });
}

function parsePivotColumn(cursor: TokenCursor): Expression {
  const start = cursor.position;
  return { kind: "unresolvedAttribute", nameParts: cursor.nameParts(), origin: cursor.originFrom(start) };
}

function atUnpivot(cursor: TokenCursor): boolean {
  if (!cursor.at("UNPIVOT")) return false;
  return cursor.isSign("(", 1) || ((cursor.isWord("INCLUDE", 1) || cursor.isWord("EXCLUDE", 1)) && cursor.isWord("NULLS", 2));
}

/** `UNPIVOT [INCLUDE | EXCLUDE NULLS] (value FOR name IN (column [AS alias], …))`, or with lists of values and columns. */
function parseUnpivot(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.position;
  cursor.expect("UNPIVOT");
  const includeNulls = cursor.take("INCLUDE", "NULLS");
  if (!includeNulls) cursor.take("EXCLUDE", "NULLS");
  cursor.expectSign("(");
  const valueColumns = cursor.isSign("(") ? cursor.parenthesised(() => cursor.name()) : [cursor.name()];
  cursor.expect("FOR");
  const nameColumn = cursor.name();
  cursor.expect("IN");
  const values = cursor.parenthesised(() => parseUnpivotColumns(cursor));
  cursor.expectSign(")");
  const origin = cursor.originFrom(start);
  return parseTableAlias(cursor, { kind: "unresolvedUnpivot", values, nameColumn, valueColumns, includeNulls, child, origin });
}

function parseUnpivotColumns(cursor: TokenCursor): UnresolvedUnpivot["values"][number] {
  const columns = cursor.isSign("(") ? cursor.parenthesised(() => parsePivotColumn(cursor)) : [parsePivotColumn(cursor)];
  if (!cursor.take("AS") && !atAlias(cursor)) return { columns };
  return { columns, alias: cursor.name() };
}
