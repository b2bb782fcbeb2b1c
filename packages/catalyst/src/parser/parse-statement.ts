import { parseCache, parseClearCache, parseUncache } from "./parse-cache-command.ts";
import type { Command, LogicalPlan, ViewDefinition } from "@vonk/dataframe/internal";
import {
  parseAlter,
  parseCommentOn,
  parseCreateNamespace,
  parseDescribe,
  parseDropNamespace,
  parseShow,
  parseUpkeep,
  parseUse,
  takeSchemaMode,
  takeSchemaWord,
} from "./parse-catalog-command.ts";
import { parseProperties } from "./parse-property.ts";
import { parseCommonTables } from "./parse-query.ts";
import { parseCreateFunction, parseDeclare, parseExecuteImmediate, parseSetVariable } from "./parse-routine-command.ts";
import { parseChangeRows } from "./parse-change-rows.ts";
import { parseScript } from "./parse-script.ts";
import { parseCollation, parseCreateTable, parseInsert, parseTruncate } from "./parse-table-command.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** A query, or one of the commands. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseStatement(cursor: TokenCursor): LogicalPlan {
  const command = parseCommand(cursor);
  return command === undefined ? cursor.rules.query(cursor) : { kind: "command", command };
}

function parseCommand(cursor: TokenCursor): Command | undefined {
  switch (cursor.word) {
    case "BEGIN":
      return parseScript(cursor, parseStatement);
    case "DELETE":
    case "UPDATE":
    case "MERGE":
      return parseChangeRows(cursor);
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
    case "USE":
      return parseUse(cursor);
    case "ALTER":
      return parseAlter(cursor);
    case "COMMENT":
      return parseCommentOn(cursor);
    case "DECLARE":
      return parseDeclare(cursor);
    case "EXECUTE":
      return parseExecuteImmediate(cursor);
    case "WITH":
      return parseWithInsert(cursor);
    default:
      return parseUpkeep(cursor);
  }
}

/** `WITH … INSERT …`: the tables belong to the query that is inserted. */
function parseWithInsert(cursor: TokenCursor): Command | undefined {
  if (!cursor.hasWord("INSERT")) return undefined;
  const start = cursor.position;
  const tables = parseCommonTables(cursor);
  if (!cursor.at("INSERT")) {
    cursor.rewind(start);
    return undefined;
  }
  const insert = parseInsert(cursor);
  if (insert.kind !== "insert" && insert.kind !== "insertDirectory") return insert;
  return { ...insert, query: { kind: "unresolvedWith", ...tables, child: insert.query } };
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
  if (cursor.take("FUNCTION")) return parseCreateFunction(cursor, replace, temporary);
  if (!temporary && !replace && takeSchemaWord(cursor)) return parseCreateNamespace(cursor);
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
  const clauses = parseViewClauses(cursor);
  cursor.expect("AS");
  const from = cursor.position;
  const query = cursor.rules.query(cursor);
  const scope = temporary ? (global ? "globalTemporary" : "temporary") : "persistent";
  const text = cursor.textFrom(from);
  return { kind: "createView", view: { nameParts, scope, columns, ifNotExists, replace, text, query, ...clauses } };
}

/** What may stand between a view's columns and AS, in any order. */
function parseViewClauses(cursor: TokenCursor): Pick<ViewDefinition, "collation" | "comment" | "properties" | "schemaMode"> {
  let clauses: Pick<ViewDefinition, "collation" | "comment" | "properties" | "schemaMode"> = { properties: {} };
  for (;;) {
    if (cursor.take("COMMENT")) clauses = { ...clauses, comment: cursor.string() };
    else if (cursor.take("TBLPROPERTIES")) clauses = { ...clauses, properties: parseProperties(cursor) };
    else if (cursor.take("DEFAULT", "COLLATION")) clauses = { ...clauses, collation: parseCollation(cursor) };
    else {
      const schemaMode = takeSchemaMode(cursor);
      if (schemaMode === undefined) return clauses;
      clauses = { ...clauses, schemaMode };
    }
  }
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
  if (takeSchemaWord(cursor)) return parseDropNamespace(cursor);
  const temporary = cursor.take("TEMPORARY") || cursor.take("TEMP");
  if (cursor.take("FUNCTION")) {
    const ifExists = cursor.take("IF", "EXISTS");
    return { kind: "dropFunction", nameParts: cursor.nameParts(), temporary, ifExists };
  }
  if (temporary && (cursor.take("VARIABLE") || cursor.take("VAR"))) {
    const ifExists = cursor.take("IF", "EXISTS");
    return { kind: "dropVariable", nameParts: cursor.nameParts(), ifExists };
  }
  if (cursor.isWord("VARIABLE")) throw cursor.unexpected();
  return { kind: "unsupported", what: `DROP ${cursor.word}`, text: cursor.rest() };
}

/** `SET key = value`, whose value is the rest of the text as it is; `SET key`; `SET`. */
function parseSet(cursor: TokenCursor): Command {
  cursor.expect("SET");
  if (cursor.done) return { kind: "set", describe: false };
  if (cursor.take("-")) return { kind: "set", describe: true };
  if ((cursor.isWord("VARIABLE") || cursor.isWord("VAR")) && !cursor.isSign("=", 1)) {
    cursor.next();
    return parseSetVariable(cursor);
  }
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
