import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "tables.test" });
});

afterAll(() => spark.stop());

async function rows(session: SparkSession, text: string): Promise<unknown[][]> {
  return (await (await session.sql(text)).collect()).map((row) => [...row.internal]);
}

test("a table keeps the rows that were inserted, in its own types", async () => {
  const session = spark.newSession();
  await session.sql("CREATE TABLE t (id BIGINT NOT NULL, name STRING DEFAULT 'no' || 'ne' COMMENT 'c') USING parquet PARTITIONED BY (id)");
  await session.sql("INSERT INTO t VALUES (1, 'a'), (2, NULL)");
  await session.sql("INSERT INTO TABLE default.t (id) SELECT 3");
  await session.sql("INSERT INTO t PARTITION (id = 4) VALUES ('d')");
  await session.sql("INSERT INTO spark_catalog.default.t BY NAME SELECT 'e' AS name, 5 AS id");
  expect(await rows(session, "SELECT t.id, name FROM t ORDER BY id")).toEqual([
    [1n, "a"],
    [2n, null],
    [3n, "none"],
    [4n, "d"],
    [5n, "e"],
  ]);
  await session.sql("CREATE TABLE copy AS SELECT id FROM t WHERE id < 3");
  await session.sql("INSERT OVERWRITE t SELECT id + 10, 'x' FROM copy");
  expect(await rows(session, "SELECT spark_catalog.default.t.id FROM t ORDER BY 1")).toEqual([[11n], [12n]]);
  await session.sql("TRUNCATE TABLE t");
  expect(await rows(session, "SELECT count(*) FROM t")).toEqual([[0n]]);
});

test.each([
  ["CREATE TABLE t (a INT)", "TABLE_OR_VIEW_ALREADY_EXISTS"],
  ["INSERT INTO t VALUES (1)", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"],
  ["INSERT INTO t VALUES (1, 2, 3)", "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"],
  ["INSERT INTO missing VALUES (1)", "TABLE_OR_VIEW_NOT_FOUND"],
  ["DROP TABLE missing", "TABLE_OR_VIEW_NOT_FOUND"],
  ["DROP VIEW missing", "TABLE_OR_VIEW_NOT_FOUND"],
  ["CREATE TEMPORARY VIEW v AS SELECT 1", "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS"],
  ["CREATE VIEW w AS SELECT missing FROM t", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
])("%s: %s", async (text, code) => {
  const session = spark.newSession();
  await session.sql("CREATE TABLE IF NOT EXISTS t (a INT, b INT)");
  await session.sql("CREATE OR REPLACE TEMPORARY VIEW v(x, y) AS SELECT b, a FROM t");
  await expect(session.sql(text)).rejects.toMatchObject({ code });
  await session.sql("DROP TABLE IF EXISTS missing");
  await session.sql("DROP TABLE t");
  await expect(session.sql("SELECT * FROM t")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
});
