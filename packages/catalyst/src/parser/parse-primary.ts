import { booleanType, stringType, voidType, type DataType } from "@vonk/columnar/internal";
import { caseWhen, cast, literal, type Expression } from "@vonk/dataframe/internal";
import { NumberToken, QuotedName, Word } from "./lexer.ts";
import { call } from "./parse-call-node.ts";
import { parseCall, parseNamed } from "./parse-call.ts";
import { parseSpecialCall } from "./parse-special-call.ts";
import { queryOrElse, startsQuery, subquery } from "./parse-subquery.ts";
import { isIntervalLiteral, parseInterval, parseNumber, parseTypedText } from "./parse-literal.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What operators stand between: constants, names, calls, parentheses. */
export function parsePrimary(cursor: TokenCursor): Expression {
  const start = cursor.position;
  if (cursor.isKind(NumberToken)) return parseNumber(cursor, false);
  if (cursor.atText) return literal(cursor.string(), stringType, cursor.originFrom(start));
  if (cursor.isSign("(")) return parseParenthesised(cursor, start);
  if (cursor.takeSign("*")) return parseStar(cursor, []);
  if (cursor.takeSign("?")) return parameter(cursor, start, { position: cursor.parameters++ });
  if (cursor.isSign(":") && !cursor.isSign(":", 1)) {
    cursor.next();
    return parameter(cursor, start, { name: cursor.name() });
  }
  if (cursor.isKind(Word)) return parseWord(cursor, start);
  if (cursor.isKind(QuotedName) || cursor.peek()?.tokenType.name === "DigitWord") return parseReference(cursor, start);
  throw cursor.unexpected();
}

/** A parameter marker, or what it stands for. Texts in a row are one, also when one of them is a marker. */
function parameter(cursor: TokenCursor, start: number, marker: { readonly name?: string; readonly position?: number }): Expression {
  const value = cursor.rules.parameter(marker);
  if (value === undefined) return Object.freeze({ kind: "parameter", ...marker, origin: cursor.originFrom(start) });
  if (value.kind === "literal" && typeof value.value === "string" && value.dataType.kind === "string" && cursor.atText) {
    return literal(value.value + cursor.string(), stringType, cursor.originFrom(start));
  }
  return value;
}

function parseParenthesised(cursor: TokenCursor, start: number): Expression {
  const query = startsQuery(cursor, 1) ? queryOrElse(cursor, start, "scalar") : undefined;
  if (query !== undefined) return query;
  const lambda = lambdaParameters(cursor);
  if (lambda !== undefined) return parseLambda(cursor, start, lambda);
  cursor.next();
  const first = parseNamed(cursor);
  if (cursor.takeSign(",")) {
    const args = [first, ...cursor.list(() => parseNamed(cursor))];
    cursor.expectSign(")");
    return call(cursor, start, "struct", args);
  }
  cursor.expectSign(")");
  return first;
}

/** `(a, b) ->`, when that stands here. */
function lambdaParameters(cursor: TokenCursor): string[] | undefined {
  let at = 1;
  const names: string[] = [];
  while (cursor.isKind(Word, at)) {
    names.push(cursor.peek(at)?.image ?? "");
    at++;
    if (!cursor.isSign(",", at)) break;
    at++;
  }
  return names.length > 0 && cursor.isSign(")", at) && cursor.isSign("->", at + 1) ? names : undefined;
}

function parseLambda(cursor: TokenCursor, start: number, names: readonly string[]): Expression {
  while (!cursor.takeSign("->")) cursor.next();
  const body = cursor.rules.expression(cursor);
  const parameters = names.map((name): Expression => Object.freeze({ kind: "unresolvedAttribute", nameParts: [name] }));
  return Object.freeze({ kind: "lambda", parameters, body, origin: cursor.originFrom(start) });
}

function parseStar(cursor: TokenCursor, target: readonly string[]): Expression {
  const start = cursor.position;
  const except =
    cursor.at("EXCEPT") && cursor.isSign("(", 1) && !startsQuery(cursor, 2)
      ? (cursor.take("EXCEPT"), cursor.parenthesised(() => cursor.nameParts()))
      : [];
  return Object.freeze({ kind: "unresolvedStar", target, except, origin: cursor.originFrom(Math.max(start - 1, 0)) });
}

/** Special forms that begin with a word; a word that begins none is a name. */
function parseWord(cursor: TokenCursor, start: number): Expression {
  const opens = cursor.isSign("(", 1);
  switch (cursor.word) {
    case "NULL":
      cursor.next();
      return literal(null, voidType, cursor.originFrom(start));
    case "TRUE":
    case "FALSE":
      return literal(cursor.next().image.toUpperCase() === "TRUE", booleanType, cursor.originFrom(start));
    case "CASE":
      return parseCase(cursor, start);
    case "EXISTS":
      if (!opens || !startsQuery(cursor, 2)) break;
      cursor.next();
      return subquery(cursor, start, "exists");
    case "INTERVAL":
      if (isIntervalLiteral(cursor)) return parseInterval(cursor, start);
      break;
    case "CAST":
    case "TRY_CAST":
      if (opens) return parseCast(cursor, start);
      break;
    default:
      if (opens) {
        const special = parseSpecialCall(cursor, start);
        if (special !== undefined) return special;
      }
  }
  return parseTypedText(cursor, start) ?? parseReference(cursor, start);
}

function parseCase(cursor: TokenCursor, start: number): Expression {
  cursor.expect("CASE");
  const subject = cursor.at("WHEN") ? undefined : cursor.rules.expression(cursor);
  const whens: Expression[] = [];
  while (cursor.take("WHEN")) {
    const condition = cursor.rules.expression(cursor);
    whens.push(subject === undefined ? condition : call(cursor, start, "=", [subject, condition]));
    cursor.expect("THEN");
    whens.push(cursor.rules.expression(cursor));
  }
  if (whens.length === 0) throw cursor.unexpected(": expected WHEN");
  const otherwise = cursor.take("ELSE") ? cursor.rules.expression(cursor) : undefined;
  cursor.expect("END");
  return caseWhen(whens, otherwise, cursor.originFrom(start));
}

function parseCast(cursor: TokenCursor, start: number): Expression {
  const mode = cursor.next().image.toUpperCase() === "CAST" ? "ansi" : "try";
  cursor.expectSign("(");
  const child = cursor.rules.expression(cursor);
  cursor.expect("AS");
  const type: DataType = parseDataType(cursor);
  cursor.expectSign(")");
  return cast(child, type, mode, true, cursor.originFrom(start));
}

/** A column, a star of a table, or a call; `x -> …` too. */
function parseReference(cursor: TokenCursor, start: number): Expression {
  const plain = cursor.isKind(Word) && !cursor.atIdentifierClause;
  const nameParts = plain ? [cursor.name()] : cursor.atIdentifierClause ? cursor.identifierClause() : [cursor.name()];
  if (plain && cursor.isSign("->")) {
    return parseLambda(cursor, start, nameParts);
  }
  while (cursor.isSign(".")) {
    if (cursor.isSign("*", 1)) {
      cursor.next();
      cursor.next();
      return parseStar(cursor, nameParts);
    }
    cursor.next();
    nameParts.push(...(cursor.atIdentifierClause ? cursor.identifierClause() : [cursor.name()]));
  }
  if (cursor.isSign("(")) return parseCall(cursor, start, nameParts);
  return Object.freeze({ kind: "unresolvedAttribute", nameParts, origin: cursor.originFrom(start) });
}
