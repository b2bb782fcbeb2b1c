import type { Command, LogicalPlan } from "@vonk/dataframe/internal";
import { parseCache, parseClearCache, parseUncache } from "./parse-cache-command.ts";
import { parseCreateTable, parseInsert, parseTruncate } from "./parse-table-command.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** A query, or one of the commands. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseStatement(cursor: TokenCursor): LogicalPlan {
  const command = parseCommand(cursor);
  return command === undefined ? cursor.rules.query(cursor) : { kind: "command", command };
}

function parseCommand(cursor: TokenCursor): Command | undefined {
  switch (cursor.word) {
    case "EXPLAIN":
      return parseExplain(cursor);
    case "CREATE":
      return parseCreate(cursor);
    case "INSERT":
      return parseInsert(cursor);
    case "TRUNCATE":
      return parseTruncate(cursor);
    case "DROP":
      return parseDrop(cursor);
    case "SET":
      return parseSet(cursor);
    case "RESET":
      return parseReset(cursor);
    case "CACHE":
      return parseCache(cursor);
    case "UNCACHE":
      return parseUncache(cursor);
    case "CLEAR":
      return parseClearCache(cursor);
    case "SHOW":
      return parseShow(cursor);
    case "DESCRIBE":
    case "DESC":
      return parseDescribe(cursor);
    default:
      return undefined;
  }
}

function parseExplain(cursor: TokenCursor): Command {
  cursor.expect("EXPLAIN");
  const modes = { EXTENDED: "extended", CODEGEN: "codegen", COST: "cost", FORMATTED: "formatted" } as const;
  for (const [word, mode] of Object.entries(modes)) {
    if (cursor.take(word)) return { kind: "explain", mode, plan: parseStatement(cursor) };
  }
  return { kind: "explain", mode: "simple", plan: parseStatement(cursor) };
}

function parseCreate(cursor: TokenCursor): Command {
  const start = cursor.position;
  cursor.expect("CREATE");
  const replace = cursor.take("OR", "REPLACE");
  const global = cursor.take("GLOBAL");
  const temporary = cursor.take("TEMPORARY") || cursor.take("TEMP");
  if (!temporary && cursor.take("TABLE")) return parseCreateTable(cursor, replace);
  if (!cursor.take("VIEW")) {
    cursor.rewind(start);
    return { kind: "unsupported", what: `${cursor.peek()?.image ?? ""} ${cursor.peek(1)?.image ?? ""}`, text: cursor.rest() };
  }
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const nameParts = cursor.nameParts();
  const columns = cursor.isSign("(")
    ? cursor.parenthesised(() => {
        const name = cursor.name();
        return cursor.take("COMMENT") ? { name, comment: cursor.string() } : { name };
      })
    : [];
  const comment = cursor.take("COMMENT") ? cursor.string() : undefined;
  cursor.expect("AS");
  const from = cursor.position;
  const query = cursor.rules.query(cursor);
  const scope = temporary ? (global ? "globalTemporary" : "temporary") : "persistent";
  const text = cursor.textFrom(from);
  return {
    kind: "createView",
    view: { nameParts, scope, columns, properties: {}, ifNotExists, replace, text, query, ...(comment === undefined ? {} : { comment }) },
  };
}

function parseDrop(cursor: TokenCursor): Command {
  cursor.expect("DROP");
  if (cursor.take("VIEW")) {
    const ifExists = cursor.take("IF", "EXISTS");
    return { kind: "dropView", nameParts: cursor.nameParts(), ifExists };
  }
  if (cursor.take("TABLE")) {
    const ifExists = cursor.take("IF", "EXISTS");
    const nameParts = cursor.nameParts();
    return { kind: "dropTable", nameParts, ifExists, purge: cursor.take("PURGE") };
  }
  return { kind: "unsupported", what: `DROP ${cursor.word}`, text: cursor.rest() };
}

/** `SET key = value`, whose value is the rest of the text as it is; `SET key`; `SET`. */
function parseSet(cursor: TokenCursor): Command {
  cursor.expect("SET");
  if (cursor.done) return { kind: "set", describe: false };
  if (cursor.take("-")) return { kind: "set", describe: true };
  if (cursor.take("TIME", "ZONE")) return { kind: "set", key: "spark.sql.session.timeZone", value: parseZone(cursor), describe: false };
  const [key = "", ...value] = cursor.rest().split("=");
  const name = key.trim().replaceAll("`", "");
  return value.length === 0
    ? { kind: "set", key: name, describe: false }
    : { kind: "set", key: name, value: value.join("=").trim(), describe: false };
}

/** The text of a zone; LOCAL is the machine's. */
function parseZone(cursor: TokenCursor): string {
  if (cursor.take("LOCAL")) return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return cursor.string();
}

/** `RESET`, `RESET key`. */
function parseReset(cursor: TokenCursor): Command {
  cursor.expect("RESET");
  return cursor.done ? { kind: "reset" } : { kind: "reset", key: cursor.rest().trim() };
}

function parseShow(cursor: TokenCursor): Command {
  cursor.expect("SHOW");
  const views = cursor.take("VIEWS");
  if (views || cursor.take("TABLES")) {
    const namespace = cursor.take("IN") || cursor.take("FROM") ? cursor.nameParts() : [];
    cursor.take("LIKE");
    const pattern = cursor.atText ? { pattern: cursor.string() } : {};
    return { kind: views ? "showViews" : "showTables", namespace, ...pattern };
  }
  return { kind: "unsupported", what: `SHOW ${cursor.word}`, text: cursor.rest() };
}

function parseDescribe(cursor: TokenCursor): Command {
  cursor.next();
  if (cursor.take("QUERY") || cursor.at("SELECT") || cursor.at("WITH") || cursor.at("VALUES"))
    return { kind: "describeQuery", query: cursor.rules.query(cursor) };
  cursor.take("TABLE");
  const extended = cursor.take("EXTENDED") || cursor.take("FORMATTED");
  return { kind: "describeTable", nameParts: cursor.nameParts(), extended };
}
