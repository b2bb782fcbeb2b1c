import { asText } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Call, Expression } from "@vonk/dataframe/internal";
import { likeItems, type LikeItem } from "@vonk/expression/internal";
import { address, i32, i64, type Expression as Code } from "@vonk/wasm";
import type { CodeContext } from "./code-context.ts";
import { textAddress, textLength } from "./emit-text.ts";
import type { RowScope } from "./row-scope.ts";
import type { ValueCode } from "./value-code.ts";

/** The pieces of a constant pattern that has no `_`; undefined for others. */
export function likePieces(call: Call): readonly LikeItem[] | undefined {
  const [, pattern, escape] = call.args;
  if (pattern?.kind !== "literal" || pattern.value === null) return undefined;
  if (escape !== undefined && (escape.kind !== "literal" || escape.value === null)) return undefined;
  const items = likeItems(asText(pattern.value), escape === undefined ? "\\" : asText(escape.value));
  return items.includes("one") ? undefined : items;
}

/** A constant text. */
export function textLiteral(context: CodeContext, text: string): Code<"i64"> {
  return context.i64(`text:${text}`, (from) => from.text(text));
}

/** Code for LIKE: the first and last piece stand at the ends unless `%` does, the others are searched from the left. */
export function emitLike(call: Call, emit: (argument: Expression) => ValueCode, scope: RowScope): ValueCode {
  const { f, context } = scope.stage;
  const items = likePieces(call);
  const [subject] = call.args;
  assert(items !== undefined && subject !== undefined, "the pattern is a constant");
  const value = emit(subject);
  assert(value.kind === "text", "LIKE is of a text");
  const text = f.repeatable(value.code);
  const literal = (piece: string): Code<"i64"> => textLiteral(context, piece);
  const matches = f.let(i32.const(0));
  f.block((exit) => {
    const at = f.let(i32.const(0));
    const end = f.let(textLength(text));
    for (const [index, item] of items.entries()) {
      if (typeof item === "string") continue;
      const piece = literal(item.text);
      const isFirst = index === 0;
      const isLast = index === items.length - 1;
      if (isFirst || isLast) {
        const from = isFirst ? at : i32.sub(end, textLength(piece));
        f.brIf(exit, i32.lt_s(i32.sub(end, at), textLength(piece)));
        if (isFirst && isLast) f.brIf(exit, i32.ne(end, textLength(piece)));
        const part = i64.or(address.asI64(address.at(textAddress(text), from, 1)), i64.and(piece, -0x1_0000_0000n));
        f.brIf(exit, i32.eqz(scope.text.equal(part, piece)));
        if (isFirst) f.set(at, textLength(piece));
      } else {
        f.set(at, scope.text.find(text, at, piece));
        f.brIf(exit, i32.lt_s(at, 0));
        f.set(at, i32.add(at, textLength(piece)));
      }
    }
    if (items.length === 0) f.brIf(exit, end);
    f.set(matches, 1);
  });
  return { kind: "boolean", code: matches, valid: value.valid };
}
