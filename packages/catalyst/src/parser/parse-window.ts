import {
  sortOrder,
  type Expression,
  type FrameBoundary,
  type Origin,
  type WindowExpression,
  type WindowFrame,
  type WindowSpecification,
} from "@vonk/dataframe/internal";
import type { TokenCursor } from "./token-cursor.ts";

/** What stands behind OVER: a name or a specification. */
export function parseOver(cursor: TokenCursor, start: number, made: Expression): Expression {
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
    partitionBy.push(...cursor.list(() => cursor.rules.expression(cursor)));
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
  const value = cursor.rules.expression(cursor);
  const preceding = cursor.take("PRECEDING");
  if (!preceding) cursor.expect("FOLLOWING");
  return { kind: "offset", value, preceding };
}

/** `expression [ASC | DESC] [NULLS FIRST | LAST]`. */
export function parseSortItem(cursor: TokenCursor): Expression {
  const start = cursor.position;
  const child = cursor.rules.expression(cursor);
  const ascending = cursor.take("DESC") ? false : (cursor.take("ASC"), true);
  const nullsFirst = cursor.take("NULLS", "FIRST") ? true : cursor.take("NULLS", "LAST") ? false : ascending;
  const origin: Origin = cursor.originFrom(start);
  return sortOrder(child, ascending, nullsFirst, origin);
}
