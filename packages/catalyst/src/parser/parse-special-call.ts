import { stringLiteral, type Expression } from "@vonk/dataframe/internal";
import { call } from "./parse-call-node.ts";
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
      return undefined;
  }
}

function parseSubstring(cursor: TokenCursor, start: number): Expression | undefined {
  const name = cursor.next().image.toLowerCase();
  cursor.expectSign("(");
  const args = [cursor.rules.expression(cursor)];
  if (cursor.take("FROM")) {
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
  return call(cursor, start, name, args);
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
