import type { Command } from "@vonk/dataframe/internal";
import type { TokenCursor } from "./token-cursor.ts";

/** `CACHE [LAZY] TABLE name [OPTIONS ('key' = 'value')] [[AS] query]`. */
export function parseCache(cursor: TokenCursor): Command {
  cursor.expect("CACHE");
  const lazy = cursor.take("LAZY");
  cursor.expect("TABLE");
  const nameParts = cursor.nameParts();
  const options = cursor.take("OPTIONS") ? Object.fromEntries(cursor.parenthesised(() => option(cursor))) : {};
  const asked = cursor.take("AS");
  if (!asked && cursor.done) return { kind: "cacheTable", nameParts, lazy, options };
  return { kind: "cacheTable", nameParts, lazy, options, query: cursor.rules.query(cursor) };
}

function option(cursor: TokenCursor): [string, string] {
  const name = cursor.string();
  cursor.takeSign("=");
  return [name, cursor.string()];
}

/** `UNCACHE TABLE [IF EXISTS] name`. */
export function parseUncache(cursor: TokenCursor): Command {
  cursor.expect("UNCACHE");
  cursor.expect("TABLE");
  const ifExists = cursor.take("IF", "EXISTS");
  return { kind: "uncacheTable", nameParts: cursor.nameParts(), ifExists };
}

/** `CLEAR CACHE`. */
export function parseClearCache(cursor: TokenCursor): Command {
  cursor.expect("CLEAR");
  cursor.expect("CACHE");
  return { kind: "clearCache" };
}
