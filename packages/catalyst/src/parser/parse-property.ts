import type { TokenCursor } from "./token-cursor.ts";

/** `(key = value, …)`; keys are names with dots or texts, values of any kind. */
export function parseProperties(cursor: TokenCursor): Record<string, string> {
  return Object.fromEntries(
    cursor.parenthesised((): [string, string] => {
      const key = cursor.atText ? cursor.string() : cursor.nameParts().join(".");
      cursor.takeSign("=");
      if (cursor.atText) return [key, cursor.string()];
      const from = cursor.position;
      cursor.rules.expression(cursor);
      return [key, cursor.textFrom(from)];
    }),
  );
}
