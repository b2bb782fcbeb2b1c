import { unresolvedFunction, type Expression } from "@vonk/dataframe/internal";
import type { TokenCursor } from "./token-cursor.ts";

/** A call of a function or operator, from a mark to here. */
export function call(cursor: TokenCursor, start: number, name: string, args: readonly Expression[]): Expression {
  return unresolvedFunction(name, args, { origin: cursor.originFrom(start) });
}
