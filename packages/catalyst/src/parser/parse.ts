import { structType, type DataType, type StructType } from "@vonk/columnar/internal";
import type { Expression, LogicalPlan } from "@vonk/dataframe/internal";
import type { AnalysisContext } from "../analysis/analysis-context.ts";
import { constantName } from "../analysis/constant-name.ts";
import { withinStack } from "../error/within-stack.ts";
import { parseSelectItem } from "./parse-alias.ts";
import { parseExpression, parseOperand } from "./parse-expression.ts";
import { parseQuery } from "./parse-query.ts";
import { parseColumns, parseDataType } from "./parse-type.ts";
import { parseStatement } from "./parse-statement.ts";
import { TokenCursor, type ParserRules } from "./token-cursor.ts";

/** What a text's meaning depends on outside of it. */
export interface ParseOptions {
  /** For the expressions of `IDENTIFIER(…)`, which may use variables. */
  readonly context?: AnalysisContext;
  /** What markers stand for: by name in lower case, or by position. */
  readonly parameters?: { readonly named: ReadonlyMap<string, Expression>; readonly positional: readonly Expression[] };
}

function rulesOf({ context, parameters }: ParseOptions): ParserRules {
  return {
    query: parseQuery,
    expression: parseExpression,
    operand: parseOperand,
    timestampNTZ: context?.settings.timestampNTZ ?? false,
    identifier: (expression) => partsOfName(constantName(expression, context)),
    parameter: ({ name, position }) =>
      name === undefined ? parameters?.positional[position ?? 0] : parameters?.named.get(name.toLowerCase()),
  };
}

function whole<Result>(text: string, rule: (cursor: TokenCursor) => Result, options: ParseOptions = {}): Result {
  const cursor = new TokenCursor(text, rulesOf(options));
  const result = withinStack(() => rule(cursor));
  if (!cursor.done) throw cursor.unexpected();
  return result;
}

/**
 * A statement as an unresolved plan; a semicolon at its end is allowed.
 * @throws AnalysisError PARSE_SYNTAX_ERROR with the place
 */
export function parseSQL(text: string, options: ParseOptions = {}): LogicalPlan {
  const statement = (cursor: TokenCursor): LogicalPlan => {
    const plan = parseStatement(cursor);
    while (cursor.takeSign(";"));
    return plan;
  };
  return whole(text, statement, options);
}

/** A name with qualifiers, as it is written in SQL. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function partsOfName(text: string): string[] {
  return whole(text, (cursor) => cursor.nameParts());
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
