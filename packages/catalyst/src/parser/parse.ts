import { structType, type DataType, type StructType } from "@vonk/columnar/internal";
import type { Expression, LogicalPlan } from "@vonk/dataframe/internal";
import { parseExpression } from "./parse-expression.ts";
import { parseSelectItem } from "./parse-alias.ts";
import { parseQuery } from "./parse-query.ts";
import { parseColumns, parseDataType } from "./parse-type.ts";
import { parseStatement } from "./parse-statement.ts";
import { TokenCursor, type ParserRules } from "./token-cursor.ts";

const rules: ParserRules = { query: parseQuery, expression: parseExpression };

function whole<Result>(text: string, rule: (cursor: TokenCursor) => Result): Result {
  const cursor = new TokenCursor(text, rules);
  const result = rule(cursor);
  if (!cursor.done) throw cursor.unexpected();
  return result;
}

/**
 * A statement as an unresolved plan; a semicolon at its end is allowed.
 * @throws AnalysisError PARSE_SYNTAX_ERROR with the place
 */
export function parseSQL(text: string): LogicalPlan {
  return whole(text, (cursor) => {
    const plan = parseStatement(cursor);
    while (cursor.takeSign(";"));
    return plan;
  });
}

/** An expression alone, as `expr("a + 1 AS b")` has it. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseExpressionText(text: string): Expression {
  return whole(text, parseSelectItem);
}

/** A type: `array<int>`. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseTypeText(text: string): DataType {
  return whole(text, parseDataType);
}

/** A schema: `a INT, b STRING`. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseSchemaText(text: string): StructType {
  return structType(whole(text, parseColumns));
}
