import {
  balanced,
  cast,
  chainedValue,
  falseLiteral,
  operatorChain,
  stringLiteral,
  trueLiteral,
  unresolvedFunction,
  type Expression,
} from "@vonk/dataframe/internal";
import { NumberToken } from "./lexer.ts";
import { call } from "./parse-call-node.ts";
import { parsePrimary } from "./parse-primary.ts";
import { queryOrElse, startsQuery } from "./parse-subquery.ts";
import { parseNumber } from "./parse-literal.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/*
 * Expressions by precedence, from the loosest: OR, AND, NOT, predicates (one, with what may follow an operand), then binary operators by
 * climbing, unary signs, and what is appended to a primary: `::type`, `[key]`, `.field`.
 */

/** One expression; an alias behind it is the caller's. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseExpression(cursor: TokenCursor): Expression {
  return parseLogic(cursor, "or");
}

/** OR and AND. Operands of one operator in a row become a balanced tree, as in Spark: thousands of conditions are few levels. */
function parseLogic(cursor: TokenCursor, operator: "or" | "and"): Expression {
  const start = cursor.position;
  const operand = (): Expression => (operator === "or" ? parseLogic(cursor, "and") : parseNot(cursor));
  const first = operand();
  const word = operator.toUpperCase();
  if (!cursor.isWord(word)) return first;
  const operands = [first];
  while (cursor.take(word)) operands.push(operand());
  return balanced(operands, (left, right) => call(cursor, start, operator, [left, right])) ?? first;
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

function parseIn(cursor: TokenCursor, start: number, left: Expression): Expression {
  if (cursor.isSign("(") && startsQuery(cursor, 1)) {
    const row = left.kind === "unresolvedFunction" && left.nameParts[0] === "struct" && left.nameParts.length === 1;
    const query = queryOrElse(cursor, start, "in", row ? left.args : [left]);
    if (query !== undefined) return query;
  }
  return call(cursor, start, "in", [left, ...cursor.parenthesised(() => parseExpression(cursor))]);
}

/** Binary operators and how tightly they bind; those of a level go from left to right. */
const levels: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>", ">>>"], ["+", "-", "||"], ["*", "/", "%", "DIV"]];
const operators: readonly (readonly [sign: string, level: number])[] = levels.flatMap((signs, level) =>
  signs.map((sign): readonly [string, number] => [sign, level]),
);

/** An expression of binary operators and what binds tighter. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseOperand(cursor: TokenCursor): Expression {
  return parseBinary(cursor, 0);
}

/** Operators that bind at least as tightly as a level, by climbing: a chain takes one frame of the stack, not one a level. */
function parseBinary(cursor: TokenCursor, least: number): Expression {
  const start = cursor.position;
  const first = parseUnary(cursor);
  const steps: OperatorStep[] = [];
  for (;;) {
    const operator = operators.find(([sign, level]) => level >= least && takeOperator(cursor, sign));
    if (operator === undefined) return chained(first, steps);
    const [sign, level] = operator;
    const right = parseBinary(cursor, level + 1);
    const origin = cursor.originFrom(start);
    steps.push((left) => unresolvedFunction(sign.toLowerCase(), [left, right], { origin }));
  }
}

/** An operator and its right side, for any left side. */
type OperatorStep = (left: Expression) => Expression;

/** Rows of operators up to this length are calls inside calls, which can be compiled; longer ones would need too deep a stack. */
const nestedStepsMax = 200;

/** How many steps stand side by side: each is resolved with a look at those before it in its row. */
const chainedStepsMax = 100;

function chained(first: Expression, steps: readonly OperatorStep[]): Expression {
  if (steps.length <= nestedStepsMax) return steps.reduce((left, step) => step(left), first);
  const before: Expression = { kind: "unresolvedAttribute", nameParts: [chainedValue] };
  let left = first;
  for (let at = 0; at < steps.length; at += chainedStepsMax) {
    const lambdas = steps
      .slice(at, at + chainedStepsMax)
      .map((step): Expression => ({ kind: "lambda", parameters: [before], body: step(before) }));
    left = unresolvedFunction(operatorChain, [left, ...lambdas]);
  }
  return left;
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
  if (cursor.takeSign("-")) return call(cursor, start, "unary -", [parseUnary(cursor)]);
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
