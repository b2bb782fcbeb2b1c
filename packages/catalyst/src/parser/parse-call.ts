import { newExprId, unresolvedFunction, type Expression, type UnresolvedFunction } from "@vonk/dataframe/internal";
import { Word } from "./lexer.ts";
import { trimArguments } from "./parse-call-node.ts";
import { parseOver, parseSortItem } from "./parse-window.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What stands behind the name of a function: arguments, WITHIN GROUP, FILTER, OVER. */
export function parseCall(cursor: TokenCursor, start: number, nameParts: readonly string[]): Expression {
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
    filter = cursor.rules.expression(cursor);
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
  const made = unresolvedFunction(nameParts, nameParts.length === 1 ? trimArguments(nameParts[0] ?? "", args) : args, more);
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
    return Object.freeze({ kind: "namedArgument", name, value: cursor.rules.expression(cursor), origin: cursor.originFrom(start) });
  }
  return parseNamed(cursor);
}

/** `expression [AS] name`, where an alias may stand inside parentheses. */
export function parseNamed(cursor: TokenCursor): Expression {
  const expression = cursor.rules.expression(cursor);
  if (!cursor.take("AS")) return expression;
  return Object.freeze({ kind: "alias", child: expression, name: cursor.name(), exprId: newExprId(), qualifier: [] });
}
