import { unresolvedFunction, type Expression } from "@vonk/dataframe/internal";
import type { TokenCursor } from "./token-cursor.ts";

const trims: ReadonlySet<string> = new Set(["trim", "ltrim", "rtrim"]);

/** SQL's `ltrim('xy', text)` names what is taken away first; methods and the function itself take the text first, as `btrim` does. */
export function trimArguments(name: string, args: readonly Expression[]): readonly Expression[] {
  return args.length === 2 && trims.has(name.toLowerCase()) ? args.toReversed() : args;
}

/** A call of a function or operator, from a mark to here. */
export function call(cursor: TokenCursor, start: number, name: string, args: readonly Expression[]): Expression {
  return unresolvedFunction(name, args, { origin: cursor.originFrom(start) });
}
