import { booleanType, stringType, voidType, type DataType } from "@vonk/columnar/internal";
import {
  caseWhen,
  cast,
  falseLiteral,
  literal,
  newExprId,
  sortOrder,
  stringLiteral,
  trueLiteral,
  unresolvedFunction,
  type Expression,
  type FrameBoundary,
  type Origin,
  type SubqueryExpression,
  type UnresolvedFunction,
  type WindowExpression,
  type WindowFrame,
  type WindowSpecification,
} from "@vonk/dataframe/internal";
import { NumberToken, QuotedName, Word } from "./lexer.ts";
import { isIntervalLiteral, parseInterval, parseNumber, parseTypedText } from "./parse-literal.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/*
 * Expressions by precedence, from the loosest: OR, AND, NOT, predicates (one, with what may follow an operand), then binary operators by
 * climbing, unary signs, and what is appended to a primary: `::type`, `[key]`, `.field`.
 */

/** One expression; an alias behind it is the caller's. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseExpression(cursor: TokenCursor): Expression {
  return parseOr(cursor);
}

function call(cursor: TokenCursor, start: number, name: string, args: readonly Expression[]): Expression {
  return unresolvedFunction(name, args, { origin: cursor.originFrom(start) });
}

function parseOr(cursor: TokenCursor): Expression {
  const start = cursor.position;
  let left = parseAnd(cursor);
  while (cursor.take("OR")) left = call(cursor, start, "or", [left, parseAnd(cursor)]);
  return left;
}

function parseAnd(cursor: TokenCursor): Expression {
  const start = cursor.position;
  let left = parseNot(cursor);
  while (cursor.take("AND")) left = call(cursor, start, "and", [left, parseNot(cursor)]);
  return left;
}

function parseNot(cursor: TokenCursor): Expression {
  const start = cursor.position;
  if (cursor.take("NOT") || (cursor.isSign("!") && cursor.takeSign("!"))) return call(cursor, start, "not", [parseNot(cursor)]);
  return parsePredicate(cursor);
}

const comparisons: Readonly<Record<string, string>> = {
  "=": "=",
  "==": "=",
  "<=>": "<=>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "!>": "<=",
  "!<": ">=",
};

function parsePredicate(cursor: TokenCursor): Expression {
  const start = cursor.position;
  let left = parseBinary(cursor, 0);
  for (;;) {
    const sign = cursor.peek()?.image ?? "";
    if (cursor.isSign(sign) && (sign === "<>" || sign === "!=")) {
      cursor.next();
      left = call(cursor, start, "not", [call(cursor, start, "=", [left, parseBinary(cursor, 0)])]);
    } else if (cursor.isSign(sign) && Object.hasOwn(comparisons, sign)) {
      cursor.next();
      left = call(cursor, start, comparisons[sign] ?? sign, [left, parseBinary(cursor, 0)]);
    } else {
      const next = parsePredicateTail(cursor, start, left);
      if (next === undefined) return left;
      left = next;
    }
  }
}

/** IS …, [NOT] BETWEEN, IN, LIKE, ILIKE, RLIKE; undefined when none of them follows. */
function parsePredicateTail(cursor: TokenCursor, start: number, left: Expression): Expression | undefined {
  if (cursor.take("IS")) return parseIs(cursor, start, left);
  const position = cursor.position;
  const not = cursor.take("NOT");
  const made = parsePositiveTail(cursor, start, left);
  if (made === undefined) {
    cursor.rewind(position);
    return undefined;
  }
  return not ? call(cursor, start, "not", [made]) : made;
}

function parseIs(cursor: TokenCursor, start: number, left: Expression): Expression {
  const not = cursor.take("NOT");
  if (cursor.take("NULL")) return call(cursor, start, not ? "isnotnull" : "isnull", [left]);
  if (cursor.take("DISTINCT", "FROM")) {
    const equal = call(cursor, start, "<=>", [left, parseBinary(cursor, 0)]);
    return not ? equal : call(cursor, start, "not", [equal]);
  }
  const value = cursor.take("TRUE") ? trueLiteral : cursor.take("FALSE") ? falseLiteral : undefined;
  if (value === undefined && !cursor.take("UNKNOWN")) throw cursor.unexpected(": expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
  const test = value === undefined ? call(cursor, start, "isnull", [left]) : call(cursor, start, "<=>", [left, value]);
  return not ? call(cursor, start, "not", [test]) : test;
}

function parsePositiveTail(cursor: TokenCursor, start: number, left: Expression): Expression | undefined {
  if (cursor.take("BETWEEN")) {
    cursor.take("SYMMETRIC");
    const low = parseBinary(cursor, 0);
    cursor.expect("AND");
    return call(cursor, start, "between", [left, low, parseBinary(cursor, 0)]);
  }
  if (cursor.take("IN")) return parseIn(cursor, start, left);
  for (const [word, name] of [
    ["LIKE", "like"],
    ["ILIKE", "ilike"],
    ["RLIKE", "rlike"],
    ["REGEXP", "rlike"],
  ] as const) {
    if (cursor.take(word)) return parseLike(cursor, start, left, name);
  }
  return undefined;
}

function parseLike(cursor: TokenCursor, start: number, left: Expression, name: string): Expression {
  const quantifier = ["ALL", "ANY", "SOME"].find((word) => cursor.isWord(word) && cursor.isSign("(", 1));
  if (quantifier !== undefined) {
    cursor.next();
    const tests = cursor.parenthesised(() => call(cursor, start, name, [left, parseExpression(cursor)]));
    return tests.reduce((all, test) => call(cursor, start, quantifier === "ALL" ? "and" : "or", [all, test]));
  }
  const pattern = parseBinary(cursor, 0);
  return call(cursor, start, name, cursor.take("ESCAPE") ? [left, pattern, stringLiteral(cursor.string())] : [left, pattern]);
}

function startsQuery(cursor: TokenCursor, ahead: number): boolean {
  let at = ahead;
  while (cursor.isSign("(", at)) at++;
  return (
    (["SELECT", "WITH", "VALUES", "FROM", "TABLE", "MAP", "REDUCE"].some((word) => cursor.isWord(word, at)) &&
      !cursor.isSign("(", at + (cursor.isWord("VALUES", at) ? 99 : 1))) ||
    cursor.isWord("SELECT", at)
  );
}

function subquery(cursor: TokenCursor, start: number, form: SubqueryExpression["form"], values: readonly Expression[] = []): Expression {
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

function parseIn(cursor: TokenCursor, start: number, left: Expression): Expression {
  if (cursor.isSign("(") && startsQuery(cursor, 1)) {
    const row = left.kind === "unresolvedFunction" && left.nameParts[0] === "struct" && left.nameParts.length === 1;
    return subquery(cursor, start, "in", row ? left.args : [left]);
  }
  return call(cursor, start, "in", [left, ...cursor.parenthesised(() => parseExpression(cursor))]);
}

/** Binary operators from the loosest; those of a level go from left to right. */
const levels: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>", ">>>"], ["+", "-", "||"], ["*", "/", "%", "DIV"]];

function parseBinary(cursor: TokenCursor, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(cursor);
  const start = cursor.position;
  let left = parseBinary(cursor, level + 1);
  for (;;) {
    const operator = operators.find((sign) => takeOperator(cursor, sign));
    if (operator === undefined) return left;
    left = call(cursor, start, operator.toLowerCase(), [left, parseBinary(cursor, level + 1)]);
  }
}

function takeOperator(cursor: TokenCursor, sign: string): boolean {
  if (sign === "DIV") return cursor.take("DIV");
  if (!sign.startsWith(">>")) return cursor.takeSign(sign);
  const count = sign.length;
  const adjacent = Array.from({ length: count + 1 }, (_, index) => cursor.isSign(">", index));
  if (adjacent.slice(0, count).includes(false) || adjacent[count] === true) return false;
  const offset = cursor.peek()?.startOffset ?? 0;
  if (cursor.peek(count - 1)?.startOffset !== offset + count - 1) return false;
  for (let index = 0; index < count; index++) cursor.next();
  return true;
}

function parseUnary(cursor: TokenCursor): Expression {
  const start = cursor.position;
  if (cursor.isSign("-") && cursor.isKind(NumberToken, 1)) {
    cursor.next();
    const number = parseNumber(cursor, true);
    return parseAppended(cursor, start, number);
  }
  if (cursor.takeSign("-")) return call(cursor, start, "negative", [parseUnary(cursor)]);
  if (cursor.takeSign("+")) return call(cursor, start, "positive", [parseUnary(cursor)]);
  if (cursor.takeSign("~")) return call(cursor, start, "~", [parseUnary(cursor)]);
  return parseAppended(cursor, start, parsePrimary(cursor));
}

function parseAppended(cursor: TokenCursor, start: number, primary: Expression): Expression {
  let made = primary;
  for (;;) {
    if (cursor.takeSign("::")) {
      made = cast(made, parseDataType(cursor), "ansi", true, cursor.originFrom(start));
    } else if (cursor.takeSign("[")) {
      const key = parseExpression(cursor);
      cursor.expectSign("]");
      made = Object.freeze({ kind: "unresolvedExtract", child: made, key, origin: cursor.originFrom(start) });
    } else if (cursor.isSign(".") && made.kind !== "literal") {
      cursor.next();
      made = Object.freeze({ kind: "unresolvedExtract", child: made, key: stringLiteral(cursor.name()), origin: cursor.originFrom(start) });
    } else if (cursor.take("COLLATE")) {
      made = call(cursor, start, "collate", [made, stringLiteral(cursor.nameParts().join("."))]);
    } else {
      return made;
    }
  }
}

function parsePrimary(cursor: TokenCursor): Expression {
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
  if (startsQuery(cursor, 1)) return subquery(cursor, start, "scalar");
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
  const body = parseExpression(cursor);
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
  const subject = cursor.at("WHEN") ? undefined : parseExpression(cursor);
  const whens: Expression[] = [];
  while (cursor.take("WHEN")) {
    const condition = parseExpression(cursor);
    whens.push(subject === undefined ? condition : call(cursor, start, "=", [subject, condition]));
    cursor.expect("THEN");
    whens.push(parseExpression(cursor));
  }
  if (whens.length === 0) throw cursor.unexpected(": expected WHEN");
  const otherwise = cursor.take("ELSE") ? parseExpression(cursor) : undefined;
  cursor.expect("END");
  return caseWhen(whens, otherwise, cursor.originFrom(start));
}

function parseCast(cursor: TokenCursor, start: number): Expression {
  const mode = cursor.next().image.toUpperCase() === "CAST" ? "ansi" : "try";
  cursor.expectSign("(");
  const child = parseExpression(cursor);
  cursor.expect("AS");
  const type: DataType = parseDataType(cursor);
  cursor.expectSign(")");
  return cast(child, type, mode, true, cursor.originFrom(start));
}

/** Calls whose arguments have words between them. */
function parseSpecialCall(cursor: TokenCursor, start: number): Expression | undefined {
  const word = cursor.word;
  switch (word) {
    case "EXTRACT": {
      cursor.next();
      cursor.expectSign("(");
      const field = cursor.name();
      cursor.expect("FROM");
      const source = parseExpression(cursor);
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
      return undefined;
  }
}

function parseSubstring(cursor: TokenCursor, start: number): Expression | undefined {
  const name = cursor.next().image.toLowerCase();
  cursor.expectSign("(");
  const args = [parseExpression(cursor)];
  if (cursor.take("FROM")) {
    args.push(parseExpression(cursor));
    if (cursor.take("FOR")) args.push(parseExpression(cursor));
  } else {
    while (cursor.takeSign(",")) args.push(parseExpression(cursor));
  }
  cursor.expectSign(")");
  return call(cursor, start, name, args);
}

function parseTrim(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const side = ["BOTH", "LEADING", "TRAILING"].find((word) => cursor.take(word));
  const name = side === "LEADING" ? "ltrim" : side === "TRAILING" ? "rtrim" : "trim";
  const first = cursor.at("FROM") ? undefined : parseExpression(cursor);
  if (cursor.take("FROM")) {
    const source = parseExpression(cursor);
    cursor.expectSign(")");
    return call(cursor, start, name, first === undefined ? [source] : [source, first]);
  }
  const args = first === undefined ? [] : [first];
  while (cursor.takeSign(",")) args.push(parseExpression(cursor));
  cursor.expectSign(")");
  return call(cursor, start, name, args);
}

function parsePosition(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const args = [parseBinary(cursor, 0)];
  if (cursor.take("IN")) args.push(parseBinary(cursor, 0));
  while (cursor.takeSign(",")) args.push(parseExpression(cursor));
  cursor.expectSign(")");
  return call(cursor, start, "position", args);
}

function parseOverlay(cursor: TokenCursor, start: number): Expression {
  cursor.next();
  cursor.expectSign("(");
  const args = [parseExpression(cursor)];
  for (const word of ["PLACING", "FROM", "FOR"]) {
    if (cursor.take(word) || cursor.takeSign(",")) args.push(parseExpression(cursor));
  }
  cursor.expectSign(")");
  return call(cursor, start, "overlay", args);
}

const valuesWithoutParentheses = new Set([
  "CURRENT_DATE",
  "CURRENT_TIMESTAMP",
  "CURRENT_TIME",
  "CURRENT_USER",
  "LOCALTIMESTAMP",
  "LOCALTIME",
  "USER",
  "SESSION_USER",
]);

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
  const [only = ""] = nameParts;
  if (plain && nameParts.length === 1 && valuesWithoutParentheses.has(only.toUpperCase()))
    return call(cursor, start, only.toLowerCase(), []);
  return Object.freeze({ kind: "unresolvedAttribute", nameParts, origin: cursor.originFrom(start) });
}

function parseCall(cursor: TokenCursor, start: number, nameParts: readonly string[]): Expression {
  cursor.expectSign("(");
  const distinct = cursor.take("DISTINCT");
  if (!distinct) cursor.take("ALL");
  const args = cursor.isSign(")") ? [] : cursor.list(() => parseArgument(cursor));
  let ignoreNulls = nullsClause(cursor);
  cursor.expectSign(")");
  const orderWithinGroup: Expression[] = [];
  if (cursor.take("WITHIN", "GROUP")) {
    cursor.expectSign("(");
    cursor.expect("ORDER", "BY");
    orderWithinGroup.push(...cursor.list(() => parseSortItem(cursor)));
    cursor.expectSign(")");
  }
  let filter: Expression | undefined;
  if (cursor.at("FILTER") && cursor.isSign("(", 1)) {
    cursor.next();
    cursor.next();
    cursor.expect("WHERE");
    filter = parseExpression(cursor);
    cursor.expectSign(")");
  }
  ignoreNulls ??= nullsClause(cursor);
  const more: Partial<UnresolvedFunction> = {
    distinct,
    orderWithinGroup,
    origin: cursor.originFrom(start),
    ...(filter === undefined ? {} : { filter }),
    ...(ignoreNulls === undefined ? {} : { ignoreNulls }),
  };
  const made = unresolvedFunction(nameParts, args, more);
  return cursor.take("OVER") ? parseOver(cursor, start, made) : made;
}

function nullsClause(cursor: TokenCursor): boolean | undefined {
  if (cursor.take("IGNORE", "NULLS")) return true;
  return cursor.take("RESPECT", "NULLS") ? false : undefined;
}

/** An argument of a call: an expression, perhaps behind the name of its parameter. */
export function parseArgument(cursor: TokenCursor): Expression {
  const start = cursor.position;
  if (cursor.isKind(Word) && cursor.isSign("=>", 1)) {
    const name = cursor.name();
    cursor.next();
    return Object.freeze({ kind: "namedArgument", name, value: parseExpression(cursor), origin: cursor.originFrom(start) });
  }
  return parseNamed(cursor);
}

/** `expression [AS] name`, where an alias may stand inside parentheses. */
function parseNamed(cursor: TokenCursor): Expression {
  const expression = parseExpression(cursor);
  if (!cursor.take("AS")) return expression;
  return Object.freeze({ kind: "alias", child: expression, name: cursor.name(), exprId: newExprId(), qualifier: [] });
}

function parseOver(cursor: TokenCursor, start: number, made: Expression): Expression {
  if (!cursor.isSign("(")) {
    return Object.freeze({
      kind: "window",
      function: made,
      windowName: cursor.name(),
      partitionBy: [],
      orderBy: [],
      origin: cursor.originFrom(start),
    });
  }
  const { base, ...specification } = parseWindowSpecification(cursor);
  const window: WindowExpression = { kind: "window", function: made, ...specification, origin: cursor.originFrom(start) };
  return Object.freeze(base === undefined ? window : { ...window, windowName: base });
}

/** `(PARTITION BY … ORDER BY … frame)`. */
export function parseWindowSpecification(cursor: TokenCursor): WindowSpecification {
  cursor.expectSign("(");
  const base =
    cursor.isSign(")") || ["PARTITION", "DISTRIBUTE", "ORDER", "SORT", "CLUSTER", "ROWS", "RANGE"].includes(cursor.word)
      ? undefined
      : cursor.name();
  const partitionBy: Expression[] = [];
  const orderBy: Expression[] = [];
  if (cursor.take("PARTITION", "BY") || cursor.take("DISTRIBUTE", "BY") || cursor.take("CLUSTER", "BY"))
    partitionBy.push(...cursor.list(() => parseExpression(cursor)));
  if (cursor.take("ORDER", "BY") || cursor.take("SORT", "BY")) orderBy.push(...cursor.list(() => parseSortItem(cursor)));
  const frame = cursor.at("ROWS") || cursor.at("RANGE") ? parseFrame(cursor) : undefined;
  cursor.expectSign(")");
  return { partitionBy, orderBy, ...(base === undefined ? {} : { base }), ...(frame === undefined ? {} : { frame }) };
}

function parseFrame(cursor: TokenCursor): WindowFrame {
  const unit = cursor.next().image.toUpperCase() === "ROWS" ? "rows" : "range";
  if (!cursor.take("BETWEEN")) return { unit, lower: parseBoundary(cursor), upper: { kind: "current" } };
  const lower = parseBoundary(cursor);
  cursor.expect("AND");
  return { unit, lower, upper: parseBoundary(cursor) };
}

function parseBoundary(cursor: TokenCursor): FrameBoundary {
  if (cursor.take("UNBOUNDED")) {
    if (!cursor.take("PRECEDING")) cursor.expect("FOLLOWING");
    return { kind: "unbounded" };
  }
  if (cursor.take("CURRENT", "ROW")) return { kind: "current" };
  const value = parseExpression(cursor);
  const preceding = cursor.take("PRECEDING");
  if (!preceding) cursor.expect("FOLLOWING");
  return { kind: "offset", value, preceding };
}

/** `expression [ASC | DESC] [NULLS FIRST | LAST]`. */
export function parseSortItem(cursor: TokenCursor): Expression {
  const start = cursor.position;
  const child = parseExpression(cursor);
  const ascending = cursor.take("DESC") ? false : (cursor.take("ASC"), true);
  const nullsFirst = cursor.take("NULLS", "FIRST") ? true : cursor.take("NULLS", "LAST") ? false : ascending;
  const origin: Origin = cursor.originFrom(start);
  return sortOrder(child, ascending, nullsFirst, origin);
}
