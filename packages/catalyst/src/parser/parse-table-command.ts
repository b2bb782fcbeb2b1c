import { stringType } from "@vonk/columnar/internal";
import type { ColumnDefinition, Command, Expression } from "@vonk/dataframe/internal";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What stands behind `CREATE [OR REPLACE] TABLE`. Clauses that say where and how a table is kept are read and have no effect yet. */
export function parseCreateTable(cursor: TokenCursor, replace: boolean): Command {
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const nameParts = cursor.nameParts();
  const columns = cursor.isSign("(") ? cursor.parenthesised(() => parseColumn(cursor)) : [];
  const format = parseTableClauses(cursor);
  cursor.take("AS");
  const query = cursor.done || cursor.isSign(";") ? undefined : cursor.rules.query(cursor);
  return {
    kind: "createTable",
    table: {
      nameParts,
      columns,
      partitionBy: [],
      options: {},
      properties: {},
      external: false,
      ifNotExists,
      replace,
      ...(format === undefined ? {} : { format }),
      ...(query === undefined ? {} : { query }),
    },
  };
}

/** `name type [NOT NULL] [DEFAULT expression] [COMMENT text] [COLLATE …]` */
function parseColumn(cursor: TokenCursor): ColumnDefinition {
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

function parseText(cursor: TokenCursor): string {
  const from = cursor.position;
  cursor.rules.expression(cursor);
  return cursor.textFrom(from);
}

/** The clauses before AS, in any order; the format is given back. */
function parseTableClauses(cursor: TokenCursor): string | undefined {
  let format: string | undefined;
  for (;;) {
    if (cursor.take("USING")) format = cursor.nameParts().join(".");
    else if (cursor.take("PARTITIONED", "BY") || cursor.take("OPTIONS") || cursor.take("TBLPROPERTIES") || cursor.take("CLUSTER", "BY"))
      skipParenthesised(cursor);
    else if (cursor.take("COMMENT") || cursor.take("LOCATION")) cursor.string();
    else if (cursor.take("STORED", "AS")) cursor.name();
    else if (cursor.take("DEFAULT", "COLLATION")) cursor.nameParts();
    else if (cursor.take("CLUSTERED", "BY")) skipBuckets(cursor);
    else return format;
  }
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
