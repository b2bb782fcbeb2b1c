import { quoteIdentifier } from "@vonk/columnar/internal";
import { stringLiteral, type Expression } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { Text, Word } from "./lexer.ts";
import { call, trimArguments } from "./parse-call-node.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Calls whose arguments have words between them. */
export function parseSpecialCall(cursor: TokenCursor, start: number): Expression | undefined {
  const word = cursor.word;
  switch (word) {
    case "EXTRACT": {
      cursor.next();
      cursor.expectSign("(");
      const field = cursor.name();
      cursor.expect("FROM");
      const source = cursor.rules.expression(cursor);
      cursor.expectSign(")");
      return call(cursor, start, "extract", [stringLiteral(field), source]);
    }
    case "SUBSTRING":
    case "SUBSTR":
      return parseSubstring(cursor, start);
    case "TRIM":
      return parseTrim(cursor, start);
    case "POSITION":
      return parsePosition(cursor, start);
    case "OVERLAY":
      return parseOverlay(cursor, start);
    default:
      return Object.hasOwn(unitCalls, word) ? parseUnitCall(cursor, start, word) : undefined;
  }
}

/** Functions whose first argument is a unit's word, and what they are. Without a unit they are other functions. */
const unitCalls: Readonly<Record<string, string>> = {
  DATEADD: "timestampadd",
  DATE_ADD: "timestampadd",
  TIMESTAMPADD: "timestampadd",
  DATEDIFF: "timestampdiff",
  DATE_DIFF: "timestampdiff",
  TIMEDIFF: "timestampdiff",
  TIMESTAMPDIFF: "timestampdiff",
};

const units = new Set("YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND".split(" "));

/** `timestampadd(MINUTE, n, time)`. @throws AnalysisError INVALID_PARAMETER_VALUE.DATETIME_UNIT for a unit in quotes */
function parseUnitCall(cursor: TokenCursor, start: number, word: string): Expression | undefined {
  const third = cursor.isSign(",", 3);
  if (!third) return undefined;
  const image = cursor.peek(2)?.image ?? "";
  const isUnit = cursor.isKind(Word, 2) && units.has(image.toUpperCase());
  if (!isUnit && !cursor.isKind(Text, 2)) return undefined;
  if (!isUnit && !threeArguments(cursor)) return undefined;
  cursor.next();
  cursor.expectSign("(");
  cursor.next();
  const rest: Expression[] = [];
  while (cursor.takeSign(",")) rest.push(cursor.rules.expression(cursor));
  cursor.expectSign(")");
  if (isUnit) return call(cursor, start, unitCalls[word] ?? word.toLowerCase(), [stringLiteral(image.toUpperCase()), ...rest]);
  throw analysisError(
    "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
    { functionName: quoteIdentifier(word.toLowerCase()), parameter: "`unit`", invalidValue: image },
    cursor.originFrom(start),
  );
}

/** True when two commas stand between the parentheses here. */
function threeArguments(cursor: TokenCursor): boolean {
  let commas = 0;
  for (let ahead = 2, depth = 1; depth > 0; ahead++) {
    const image = cursor.peek(ahead)?.image;
    if (image === undefined) return false;
    if (image === "(") depth++;
    else if (image === ")") depth--;
    else if (image === "," && depth === 1) commas++;
  }
  return commas === 2;
}

function parseSubstring(cursor: TokenCursor, start: number): Expression | undefined {
  let name = cursor.next().image.toLowerCase();
  cursor.expectSign("(");
  const args = [cursor.rules.expression(cursor)];
  if (cursor.take("FROM")) {
    name = "substring";
    args.push(cursor.rules.expression(cursor));
    if (cursor.take("FOR")) args.push(cursor.rules.expression(cursor));
  } else {
    while (cursor.takeSign(",")) args.push(cursor.rules.expression(cursor));
  }
  cursor.expectSign(")");
  return call(cursor, start, name, args);
}

function parseTrim(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const side = ["BOTH", "LEADING", "TRAILING"].find((word) => cursor.take(word));
  const name = side === "LEADING" ? "ltrim" : side === "TRAILING" ? "rtrim" : "trim";
  const first = cursor.at("FROM") ? undefined : cursor.rules.expression(cursor);
  if (cursor.take("FROM")) {
    const source = cursor.rules.expression(cursor);
    cursor.expectSign(")");
    return call(cursor, start, name, first === undefined ? [source] : [source, first]);
  }
  const args = first === undefined ? [] : [first];
  while (cursor.takeSign(",")) args.push(cursor.rules.expression(cursor));
  cursor.expectSign(")");
  return call(cursor, start, name, trimArguments(name, args));
}

function parsePosition(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const args = [cursor.rules.operand(cursor)];
  if (cursor.take("IN")) args.push(cursor.rules.operand(cursor));
  while (cursor.takeSign(",")) args.push(cursor.rules.expression(cursor));
  cursor.expectSign(")");
  return call(cursor, start, "position", args);
}

function parseOverlay(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const args = [cursor.rules.expression(cursor)];
  for (const word of ["PLACING", "FROM", "FOR"]) {
    if (cursor.take(word) || cursor.takeSign(",")) args.push(cursor.rules.expression(cursor));
  }
  cursor.expectSign(")");
  return call(cursor, start, "overlay", args);
}
