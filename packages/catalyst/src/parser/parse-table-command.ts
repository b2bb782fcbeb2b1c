import { stringType } from "@vonk/columnar/internal";
import type { ColumnDefinition, Command, Expression, TableDefinition } from "@vonk/dataframe/internal";
import { Word } from "./lexer.ts";
import { parseProperties } from "./parse-property.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What stands behind `CREATE [OR REPLACE] TABLE`. Clauses that say where and how a table is kept are read and have no effect yet. */
export function parseCreateTable(cursor: TokenCursor, replace: boolean): Command {
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const nameParts = cursor.nameParts();
  const columns = cursor.isSign("(") ? cursor.parenthesised(() => parseColumn(cursor)) : [];
  const clauses = parseTableClauses(cursor);
  cursor.take("AS");
  const query = cursor.done || cursor.isSign(";") ? undefined : cursor.rules.query(cursor);
  return {
    kind: "createTable",
    table: {
      nameParts,
      columns,
      options: {},
      external: false,
      ifNotExists,
      replace,
      ...clauses,
      ...(query === undefined ? {} : { query }),
    },
  };
}

/** `name type [NOT NULL] [DEFAULT expression] [COMMENT text] [COLLATE …]` */
export function parseColumn(cursor: TokenCursor): ColumnDefinition {
  const name = cursor.name();
  cursor.takeSign(":");
  let column: ColumnDefinition = { name, dataType: parseDataType(cursor), nullable: true };
  for (;;) {
    if (cursor.take("NOT", "NULL")) column = { ...column, nullable: false };
    else if (cursor.take("COMMENT")) column = { ...column, comment: cursor.string() };
    else if (cursor.take("DEFAULT")) column = { ...column, defaultText: parseText(cursor) };
    else return column;
  }
}

/** The name of a collation, perhaps qualified. */
export function parseCollation(cursor: TokenCursor): string {
  return (cursor.nameParts().at(-1) ?? "").toUpperCase();
}

function parseText(cursor: TokenCursor): string {
  const from = cursor.position;
  cursor.rules.expression(cursor);
  return cursor.textFrom(from);
}

type TableClauses = Pick<TableDefinition, "collation" | "format" | "comment" | "partitionBy" | "properties">;

/** The clauses before AS, in any order; those that say where a table is kept have no effect yet. */
function parseTableClauses(cursor: TokenCursor): TableClauses {
  let clauses: TableClauses = { partitionBy: [], properties: {} };
  for (;;) {
    if (cursor.take("USING")) clauses = { ...clauses, format: cursor.nameParts().join(".") };
    else if (cursor.take("PARTITIONED", "BY")) clauses = { ...clauses, partitionBy: parsePartitionColumns(cursor) };
    else if (cursor.take("TBLPROPERTIES")) clauses = { ...clauses, properties: parseProperties(cursor) };
    else if (cursor.take("COMMENT")) clauses = { ...clauses, comment: cursor.string() };
    else if (cursor.take("OPTIONS") || cursor.take("CLUSTER", "BY")) skipParenthesised(cursor);
    else if (cursor.take("LOCATION")) cursor.string();
    else if (cursor.take("STORED", "AS")) cursor.name();
    else if (cursor.take("DEFAULT", "COLLATION")) clauses = { ...clauses, collation: parseCollation(cursor) };
    else if (cursor.take("CLUSTERED", "BY")) skipBuckets(cursor);
    else return clauses;
  }
}

/** Columns by name; transforms of columns are read and left out. */
function parsePartitionColumns(cursor: TokenCursor): Expression[] {
  const start = cursor.position;
  cursor.expectSign("(");
  const names: Expression[] = [];
  while (cursor.isKind(Word) && (cursor.isSign(",", 1) || cursor.isSign(")", 1))) {
    names.push({ kind: "unresolvedAttribute", nameParts: [cursor.name()] });
    if (cursor.takeSign(")")) return names;
    cursor.expectSign(",");
  }
  cursor.rewind(start);
  skipParenthesised(cursor);
  return [];
}

function skipBuckets(cursor: TokenCursor): void {
  skipParenthesised(cursor);
  if (cursor.take("SORTED", "BY")) skipParenthesised(cursor);
  cursor.expect("INTO");
  cursor.next();
  cursor.expect("BUCKETS");
}

function skipParenthesised(cursor: TokenCursor): void {
  cursor.expectSign("(");
  for (let depth = 1; depth > 0;) {
    if (cursor.done) throw cursor.unexpected(": expected ')'");
    depth += cursor.isSign("(") ? 1 : cursor.isSign(")") ? -1 : 0;
    cursor.next();
  }
}

/** `INSERT INTO|OVERWRITE [TABLE] name [PARTITION (…)] [IF NOT EXISTS] [(columns) | BY NAME] query` */
export function parseInsert(cursor: TokenCursor): Command {
  cursor.expect("INSERT");
  const overwrite = cursor.take("OVERWRITE");
  if (overwrite && (cursor.at("DIRECTORY") || cursor.at("LOCAL", "DIRECTORY"))) return parseInsertDirectory(cursor);
  if (!overwrite) cursor.expect("INTO");
  cursor.take("TABLE");
  const nameParts = cursor.nameParts();
  const partition = cursor.take("PARTITION") ? Object.fromEntries(cursor.parenthesised(() => parsePartition(cursor))) : {};
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const byName = cursor.take("BY", "NAME");
  const isList =
    cursor.isSign("(") && !["SELECT", "WITH", "VALUES", "TABLE", "FROM"].some((word) => cursor.isWord(word, 1)) && !cursor.isSign("(", 1);
  const columns = isList ? cursor.parenthesised(() => cursor.name()) : [];
  return { kind: "insert", nameParts, columns, partition, byName, overwrite, ifNotExists, query: cursor.rules.query(cursor) };
}

/** `INSERT OVERWRITE [LOCAL] DIRECTORY ['path'] USING format [OPTIONS (…)] query`; the path may be an option, and STORED AS stand in place of USING. */
function parseInsertDirectory(cursor: TokenCursor): Command {
  cursor.take("LOCAL");
  cursor.expect("DIRECTORY");
  const written = cursor.atText ? cursor.string() : undefined;
  if (!cursor.take("USING")) cursor.expect("STORED", "AS");
  const format = cursor.nameParts().join(".");
  const { path = written, ...options } = cursor.take("OPTIONS") ? parseProperties(cursor) : {};
  if (path === undefined) throw cursor.unexpected(": expected a path");
  return { kind: "insertDirectory", path, format, options, query: cursor.rules.query(cursor) };
}

function parsePartition(cursor: TokenCursor): readonly [string, Expression | null] {
  const name = cursor.name();
  if (!cursor.takeSign("=")) return [name, null];
  return [name, cursor.atText ? { kind: "literal", value: cursor.string(), dataType: stringType } : cursor.rules.expression(cursor)];
}

/** `TRUNCATE TABLE name` */
export function parseTruncate(cursor: TokenCursor): Command {
  cursor.expect("TRUNCATE");
  cursor.expect("TABLE");
  return { kind: "truncateTable", nameParts: cursor.nameParts() };
}
