import { newExprId, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { QuotedName, Text, Word } from "./lexer.ts";
import { parseExpression } from "./parse-expression.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Words that end a select item or a table: they are no alias unless AS stands before them. */
const clauseWords = new Set(
  "FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET WINDOW QUALIFY UNION EXCEPT MINUS INTERSECT SETMINUS ON USING LATERAL JOIN INNER LEFT RIGHT FULL CROSS NATURAL ANTI SEMI PIVOT UNPIVOT TABLESAMPLE WHEN THEN ELSE END AS VALUES SELECT ASOF FOR VERSION TIMESTAMP SYSTEM_VERSION".split(
    " ",
  ),
);

/** True when a name stands here that may be an alias without AS. */
export function atAlias(cursor: TokenCursor): boolean {
  if (cursor.beforeDo && cursor.isWord("DO")) return false;
  return cursor.isKind(QuotedName) || (cursor.isKind(Word) && !clauseWords.has(cursor.word));
}

/** An item of a select list: an expression, and perhaps its name or names. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseSelectItem(cursor: TokenCursor): Expression {
  const start = cursor.position;
  const expression = parseExpression(cursor);
  const as = cursor.take("AS");
  if (cursor.isSign("(") && (as || expression.kind === "unresolvedFunction")) {
    const names = cursor.parenthesised(() => cursor.name());
    return { kind: "multiAlias", child: expression, names, origin: cursor.originFrom(start) };
  }
  if (!as && !atAlias(cursor) && !(cursor.isKind(Text) && expression.kind !== "literal")) return expression;
  const name = cursor.isKind(Text) ? cursor.string() : cursor.name();
  return { kind: "alias", child: expression, name, exprId: newExprId(), qualifier: [], origin: cursor.originFrom(start) };
}

/** `[AS] name [(column, …)]` */
export function parseTableAlias(cursor: TokenCursor, plan: LogicalPlan, start: number = cursor.position): LogicalPlan {
  const as = cursor.take("AS");
  if (!as && !atAlias(cursor)) return plan;
  const name = cursor.name();
  const columnNames = cursor.isSign("(") ? cursor.parenthesised(() => cursor.name()) : [];
  if (plan.kind === "unresolvedInlineTable")
    return {
      kind: "subqueryAlias",
      alias: [name],
      columnNames: [],
      child: { ...plan, names: columnNames, origin: cursor.originFrom(start) },
    };
  return { kind: "subqueryAlias", alias: [name], columnNames, child: plan };
}
