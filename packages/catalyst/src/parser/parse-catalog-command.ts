import type { Command, ViewDefinition } from "@vonk/dataframe/internal";
import { parseProperties } from "./parse-property.ts";
import { parseCollation, parseColumn } from "./parse-table-command.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

const schemaWords = ["SCHEMA", "DATABASE", "NAMESPACE"];

/** Takes SCHEMA, DATABASE or NAMESPACE. */
export function takeSchemaWord(cursor: TokenCursor): boolean {
  return schemaWords.some((word) => cursor.take(word));
}

const schemaModes = [
  [["BINDING"], "binding"],
  [["COMPENSATION"], "compensation"],
  [["TYPE", "EVOLUTION"], "type evolution"],
  [["EVOLUTION"], "evolution"],
] as const;

/** Takes WITH SCHEMA and its mode; undefined when it does not stand here. */
export function takeSchemaMode(cursor: TokenCursor): ViewDefinition["schemaMode"] {
  return schemaModes.find(([words]) => cursor.take("WITH", "SCHEMA", ...words))?.[1];
}

/** What stands behind `CREATE SCHEMA`. */
export function parseCreateNamespace(cursor: TokenCursor): Command {
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const nameParts = cursor.nameParts();
  let comment: string | undefined;
  let location: string | undefined;
  let collation: string | undefined;
  let properties: Record<string, string> = {};
  for (;;) {
    if (cursor.take("COMMENT")) comment = cursor.string();
    else if (cursor.take("LOCATION")) location = cursor.string();
    else if (cursor.take("MANAGED", "LOCATION")) location = cursor.string();
    else if (cursor.take("DEFAULT", "COLLATION")) collation = parseCollation(cursor);
    else if (cursor.take("WITH", "PROPERTIES") || cursor.take("WITH", "DBPROPERTIES")) properties = parseProperties(cursor);
    else break;
  }
  return {
    kind: "createNamespace",
    nameParts,
    ifNotExists,
    properties,
    ...(comment === undefined ? {} : { comment }),
    ...(location === undefined ? {} : { location }),
    ...(collation === undefined ? {} : { collation }),
  };
}

/** What stands behind `DROP SCHEMA`. */
export function parseDropNamespace(cursor: TokenCursor): Command {
  const ifExists = cursor.take("IF", "EXISTS");
  const nameParts = cursor.nameParts();
  const cascade = cursor.take("CASCADE") || (cursor.take("RESTRICT"), false);
  return { kind: "dropNamespace", nameParts, ifExists, cascade };
}

/** `USE [SCHEMA] name` */
export function parseUse(cursor: TokenCursor): Command {
  cursor.expect("USE");
  takeSchemaWord(cursor);
  return { kind: "use", nameParts: cursor.nameParts() };
}

/** The commands that begin with SHOW. */
export function parseShow(cursor: TokenCursor): Command {
  cursor.expect("SHOW");
  if (cursor.take("CURRENT") && takeSchemaWord(cursor)) return { kind: "showCurrentNamespace" };
  if (["SCHEMAS", "DATABASES", "NAMESPACES"].some((word) => cursor.take(word))) {
    if (cursor.take("IN") || cursor.take("FROM")) cursor.nameParts();
    return { kind: "showNamespaces", ...patternOf(cursor) };
  }
  if (cursor.take("TBLPROPERTIES")) {
    const nameParts = cursor.nameParts();
    const keys = cursor.isSign("(") ? cursor.parenthesised(() => (cursor.atText ? cursor.string() : cursor.nameParts().join("."))) : [];
    return { kind: "showTableProperties", nameParts, ...(keys[0] === undefined ? {} : { key: keys[0] }) };
  }
  if (cursor.take("COLUMNS")) return parseShowColumns(cursor);
  const views = cursor.take("VIEWS");
  if (views || cursor.take("TABLES")) {
    const namespace = cursor.take("IN") || cursor.take("FROM") ? cursor.nameParts() : [];
    return { kind: views ? "showViews" : "showTables", namespace, ...patternOf(cursor) };
  }
  if (cursor.take("CREATE", "TABLE")) {
    const nameParts = cursor.nameParts();
    cursor.take("AS", "SERDE");
    return { kind: "showCreateTable", nameParts };
  }
  if (cursor.take("TABLE", "EXTENDED")) {
    const namespace = cursor.take("IN") || cursor.take("FROM") ? cursor.nameParts() : [];
    cursor.expect("LIKE");
    return { kind: "showTableExtended", namespace, pattern: cursor.string() };
  }
  return { kind: "unsupported", what: `SHOW ${cursor.word}`, text: cursor.rest() };
}

function patternOf(cursor: TokenCursor): { readonly pattern?: string } {
  cursor.take("LIKE");
  return cursor.atText ? { pattern: cursor.string() } : {};
}

function parseShowColumns(cursor: TokenCursor): Command {
  if (!cursor.take("IN")) cursor.expect("FROM");
  const nameParts = cursor.nameParts();
  const namespace = cursor.take("IN") || cursor.take("FROM") ? cursor.nameParts() : [];
  return { kind: "showColumns", nameParts: [...namespace, ...nameParts] };
}

/** DESCRIBE of a query, a schema, a function or a table. */
export function parseDescribe(cursor: TokenCursor): Command {
  cursor.next();
  if (cursor.take("QUERY") || ["SELECT", "WITH", "VALUES", "FROM"].some((word) => cursor.isWord(word)) || cursor.isSign("("))
    return { kind: "describeQuery", query: cursor.rules.query(cursor) };
  if (takeSchemaWord(cursor)) {
    const extended = cursor.take("EXTENDED");
    return { kind: "describeNamespace", nameParts: cursor.nameParts(), extended };
  }
  if (cursor.take("FUNCTION")) {
    const extended = cursor.take("EXTENDED");
    const name = cursor.atText ? [cursor.string()] : cursor.nameParts();
    return { kind: "describeFunction", name, extended };
  }
  cursor.take("TABLE");
  const extended = cursor.take("EXTENDED") || cursor.take("FORMATTED");
  const nameParts = cursor.nameParts();
  if (cursor.done || cursor.isSign(";") || cursor.isWord("PARTITION")) return { kind: "describeTable", nameParts, extended };
  return { kind: "describeColumn", nameParts, column: cursor.nameParts().join("."), extended };
}

/** ALTER TABLE and ALTER VIEW, as far as tables in memory have what they change. */
export function parseAlter(cursor: TokenCursor): Command {
  const start = cursor.position;
  cursor.expect("ALTER");
  const isView = cursor.take("VIEW");
  if (isView || cursor.take("TABLE")) {
    const nameParts = cursor.nameParts();
    if (cursor.take("SET", "TBLPROPERTIES")) return { kind: "setProperties", nameParts, properties: parseProperties(cursor) };
    if (cursor.take("UNSET", "TBLPROPERTIES")) {
      cursor.take("IF", "EXISTS");
      const keys = cursor.parenthesised(() => (cursor.atText ? cursor.string() : cursor.nameParts().join(".")));
      return { kind: "setProperties", nameParts, properties: Object.fromEntries(keys.map((key) => [key, null])) };
    }
    if (cursor.take("ADD", "COLUMN") || cursor.take("ADD", "COLUMNS")) {
      const columns = cursor.isSign("(") ? cursor.parenthesised(() => parseColumn(cursor)) : cursor.list(() => parseColumn(cursor));
      return { kind: "addColumns", nameParts, columns };
    }
    const schemaMode = isView ? takeSchemaMode(cursor) : undefined;
    if (schemaMode !== undefined) return { kind: "alterViewSchema", nameParts, schemaMode };
    if (cursor.take("RENAME", "TO")) return { kind: "rename", what: isView ? "VIEW" : "TABLE", nameParts, to: cursor.nameParts() };
    const change = isView ? undefined : parseColumnChange(cursor, nameParts);
    if (change !== undefined) return change;
    if (isView && cursor.take("AS")) {
      const from = cursor.position;
      const query = cursor.rules.query(cursor);
      return { kind: "alterViewQuery", nameParts, text: cursor.textFrom(from), query };
    }
  }
  cursor.rewind(start);
  return { kind: "unsupported", what: `ALTER ${cursor.peek(1)?.image ?? ""}`, text: cursor.rest() };
}

/** What ALTER TABLE does with columns. Of their changes tables have that of the comment; the others are refused as Spark does. */
function parseColumnChange(cursor: TokenCursor, nameParts: readonly string[]): Command | undefined {
  if (cursor.take("RENAME", "COLUMN")) {
    cursor.nameParts();
    cursor.expect("TO");
    cursor.name();
    return { kind: "refusedChange", nameParts, operation: "RENAME COLUMN" };
  }
  if (cursor.take("DROP", "COLUMN") || cursor.take("DROP", "COLUMNS")) {
    cursor.take("IF", "EXISTS");
    if (cursor.isSign("(")) cursor.parenthesised(() => cursor.nameParts());
    else cursor.list(() => cursor.nameParts());
    return { kind: "refusedChange", nameParts, operation: "DROP COLUMN" };
  }
  if (cursor.take("REPLACE", "COLUMNS")) {
    cursor.parenthesised(() => parseColumn(cursor));
    return { kind: "refusedChange", nameParts, operation: "REPLACE COLUMNS" };
  }
  const alters = cursor.take("ALTER") || cursor.at("CHANGE");
  if (!alters) return undefined;
  const changes = cursor.take("CHANGE");
  cursor.take("COLUMN");
  const column = cursor.nameParts().join(".");
  if (changes && !["TYPE", "COMMENT", "SET", "DROP", "FIRST", "AFTER"].includes(cursor.word))
    return parseHiveChange(cursor, nameParts, column);
  if (cursor.take("COMMENT")) return { kind: "alterColumn", nameParts, column, comment: cursor.string() };
  if (cursor.take("TYPE")) return { kind: "alterColumn", nameParts, column, dataType: parseDataType(cursor) };
  if (cursor.take("FIRST")) return { kind: "refusedChange", nameParts, operation: "ALTER COLUMN ... FIRST | AFTER" };
  if (cursor.take("AFTER")) {
    cursor.name();
    return { kind: "refusedChange", nameParts, operation: "ALTER COLUMN ... FIRST | AFTER" };
  }
  if (cursor.take("SET", "NOT", "NULL") || cursor.take("DROP", "NOT", "NULL"))
    return { kind: "refusedChange", nameParts, operation: "ALTER COLUMN ... SET NOT NULL" };
  throw cursor.unexpected();
}

/** `CHANGE [COLUMN] old new type [COMMENT text] [FIRST | AFTER name]` */
function parseHiveChange(cursor: TokenCursor, nameParts: readonly string[], column: string): Command {
  const { name, dataType, comment } = parseColumn(cursor);
  if (cursor.take("FIRST") || cursor.isWord("AFTER")) {
    if (cursor.take("AFTER")) cursor.name();
    return { kind: "refusedChange", nameParts, operation: "ALTER COLUMN ... FIRST | AFTER" };
  }
  return { kind: "alterColumn", nameParts, column, newName: name, dataType, ...(comment === undefined ? {} : { comment }) };
}

/** `COMMENT ON {TABLE | SCHEMA} name IS {text | NULL}` */
export function parseCommentOn(cursor: TokenCursor): Command {
  cursor.expect("COMMENT");
  cursor.expect("ON");
  const what = takeSchemaWord(cursor) ? "namespace" : (cursor.expect("TABLE"), "table");
  const nameParts = cursor.nameParts();
  cursor.expect("IS");
  return { kind: "commentOn", what, nameParts, comment: cursor.take("NULL") ? "" : cursor.string() };
}

/** Commands about what tables in memory do not have: statistics, caches. Their table must exist. */
export function parseUpkeep(cursor: TokenCursor): Command | undefined {
  const start = cursor.position;
  const forms = [
    ["ANALYZE", "TABLE"],
    ["REFRESH", "TABLE"],
    ["CACHE", "TABLE"],
    ["CACHE", "LAZY", "TABLE"],
    ["UNCACHE", "TABLE"],
  ];
  if (!forms.some((words) => cursor.take(...words))) return undefined;
  const ifExists = cursor.take("IF", "EXISTS");
  const nameParts = cursor.nameParts();
  if (cursor.isWord("AS") || cursor.isWord("SELECT") || cursor.isWord("OPTIONS")) {
    cursor.rewind(start);
    return undefined;
  }
  cursor.rest();
  return { kind: "nothing", nameParts: ifExists ? [] : nameParts };
}
