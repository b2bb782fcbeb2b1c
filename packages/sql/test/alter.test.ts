import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "alter.test" });
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

async function run(...texts: string[]): Promise<void> {
  for (const text of texts) await spark.sql(text);
}

beforeEach(async () => {
  await run(
    "DROP VIEW IF EXISTS v",
    "DROP TABLE IF EXISTS t",
    "DROP TABLE IF EXISTS u",
    "CREATE TABLE t (a INT NOT NULL COMMENT 'first', b STRING) USING parquet PARTITIONED BY (b) COMMENT 'it''s' TBLPROPERTIES ('k' = 'v')",
  );
});

test("SHOW CREATE TABLE and SHOW TABLE EXTENDED", async () => {
  expect(await rows("SHOW CREATE TABLE t")).toEqual([
    [
      "CREATE TABLE spark_catalog.default.t (\n  a INT NOT NULL COMMENT 'first',\n  b STRING COLLATE UTF8_BINARY)\nUSING parquet\nPARTITIONED BY (b)\nCOMMENT 'it\\'s'\nTBLPROPERTIES (\n  'k' = 'v')",
    ],
  ]);
  await run("CREATE VIEW v (x COMMENT 'c', `y z`) WITH SCHEMA TYPE EVOLUTION AS SELECT a, b FROM t");
  expect(await rows("SHOW CREATE TABLE v")).toEqual([
    ["CREATE VIEW default.v (\n  x COMMENT 'c',\n  `y z`)\nWITH SCHEMA TYPE EVOLUTION\nAS SELECT a, b FROM t"],
  ]);
  const [[database, name, temporary, information] = []] = await rows("SHOW TABLE EXTENDED IN default LIKE 'v'");
  expect([database, name, temporary]).toEqual(["default", "v", false]);
  expect(information).toContain("Type: VIEW\nView Text: SELECT a, b FROM t");
  await expect(spark.sql("SHOW CREATE TABLE nowhere")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
});

describe("ALTER TABLE", () => {
  test("another name, another comment", async () => {
    await run("INSERT INTO t VALUES (1, 'x')", "ALTER TABLE t RENAME TO u", "ALTER TABLE u ALTER COLUMN b COMMENT 'second'");
    await run("ALTER TABLE u CHANGE COLUMN a a INT COMMENT 'one'");
    expect(await rows("SELECT * FROM u")).toEqual([[1, "x"]]);
    expect((await rows("DESCRIBE u")).slice(0, 2)).toEqual([
      ["a", "int", "one"],
      ["b", "string", "second"],
    ]);
    expect(await rows("DESC u a")).toEqual([
      ["col_name", "a"],
      ["data_type", "int"],
      ["comment", "one"],
    ]);
    expect(await rows("DESC FORMATTED u a")).toHaveLength(10);
  });

  test.each([
    ["ALTER TABLE t RENAME COLUMN a TO c", "UNSUPPORTED_FEATURE.TABLE_OPERATION"],
    ["ALTER TABLE t DROP COLUMNS (a, b)", "UNSUPPORTED_FEATURE.TABLE_OPERATION"],
    ["ALTER TABLE t ALTER COLUMN a FIRST", "UNSUPPORTED_FEATURE.TABLE_OPERATION"],
    ["ALTER TABLE t CHANGE a a INT AFTER b", "UNSUPPORTED_FEATURE.TABLE_OPERATION"],
    ["ALTER TABLE t CHANGE a c INT", "NOT_SUPPORTED_CHANGE_COLUMN"],
    ["ALTER TABLE t ALTER COLUMN a TYPE STRING", "NOT_SUPPORTED_CHANGE_COLUMN"],
    ["ALTER TABLE t ALTER COLUMN c COMMENT 'x'", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
    ["ALTER TABLE t RENAME TO t", "TABLE_OR_VIEW_ALREADY_EXISTS"],
    ["ALTER TABLE nowhere RENAME TO u", "TABLE_OR_VIEW_NOT_FOUND"],
    ["DESC t c", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code });
  });
});

describe("views whose tables change", () => {
  const change = ["DROP TABLE t", "CREATE TABLE t (a BIGINT, c INT) USING parquet"];

  test("binding keeps the types, if they fit without loss", async () => {
    await run("CREATE VIEW v WITH SCHEMA BINDING AS SELECT a FROM t", "DROP TABLE t", "CREATE TABLE t (a SMALLINT) USING parquet");
    expect(await (await spark.sql("SELECT * FROM v")).dtypes()).toEqual([["a", "int"]]);
    await run(...change);
    await expect(spark.sql("SELECT * FROM v")).rejects.toMatchObject({ code: "CANNOT_UP_CAST_DATATYPE" });
    await run("ALTER VIEW v WITH SCHEMA COMPENSATION");
    expect(await (await spark.sql("SELECT * FROM v")).dtypes()).toEqual([["a", "int"]]);
  });

  test("evolution takes what there is", async () => {
    await run("CREATE VIEW v WITH SCHEMA EVOLUTION AS SELECT * FROM t", ...change);
    expect(await (await spark.sql("SELECT * FROM v")).dtypes()).toEqual([
      ["a", "bigint"],
      ["c", "int"],
    ]);
    expect((await rows("DESCRIBE EXTENDED v")).slice(0, 2)).toEqual([
      ["a", "bigint", "first"],
      ["c", "int", null],
    ]);
  });

  test("a column that is gone, or there twice, is an error", async () => {
    await run("CREATE VIEW v AS SELECT * FROM t", ...change);
    await expect(spark.sql("SELECT * FROM v")).rejects.toMatchObject({ code: "INCOMPATIBLE_VIEW_SCHEMA_CHANGE" });
    await run("CREATE TABLE u (a INT) USING parquet", "CREATE OR REPLACE VIEW v WITH SCHEMA EVOLUTION AS SELECT * FROM t, u WHERE t.a = 1");
    await expect(spark.sql("SELECT * FROM v")).rejects.toMatchObject({ code: "COLUMN_ALREADY_EXISTS" });
  });

  test("ALTER VIEW", async () => {
    await run("CREATE VIEW v AS SELECT a FROM t", "ALTER VIEW v RENAME TO w");
    expect(await rows("SELECT * FROM w")).toEqual([]);
    await run("DROP VIEW w", "CREATE TEMP VIEW v AS SELECT 1");
    await expect(spark.sql("ALTER VIEW v WITH SCHEMA BINDING")).rejects.toMatchObject({ code: "EXPECT_PERMANENT_VIEW_NOT_TEMP" });
    await run("SET spark.sql.legacy.viewSchemaBindingMode = false");
    await expect(spark.sql("CREATE VIEW w WITH SCHEMA BINDING AS SELECT 1")).rejects.toMatchObject({ code: "FEATURE_NOT_ENABLED" });
    await run("RESET spark.sql.legacy.viewSchemaBindingMode");
  });
});
