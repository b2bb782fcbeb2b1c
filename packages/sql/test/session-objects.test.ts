import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "session-objects.test" });
});

afterAll(() => spark.stop());

/** A session in which statements have run. */
async function after(...statements: readonly string[]): Promise<SparkSession> {
  const session = spark.newSession();
  for (const statement of statements) await session.sql(statement);
  return session;
}

async function rows(session: SparkSession, text: string): Promise<unknown[][]> {
  return (await (await session.sql(text)).collect()).map((row) => [...row.internal]);
}

describe("functions in SQL", () => {
  test("a value of its parameters, with defaults, named arguments and queries inside", async () => {
    const session = await after(
      "CREATE TABLE t (a INT, b INT)",
      "INSERT INTO t VALUES (1, 10), (2, 20)",
      "CREATE FUNCTION plus(x INT, y INT DEFAULT 100) RETURNS BIGINT COMMENT 'c' DETERMINISTIC RETURN x + y",
      "CREATE TEMPORARY FUNCTION largest(k INT) RETURN SELECT max(b) FROM t WHERE a <= k",
      "CREATE FUNCTION twice(x INT) RETURNS INT RETURN plus(x, x)",
    );
    expect(await rows(session, "SELECT plus(1), plus(1, 2), plus(y => 3, x => 4), twice(a) FROM t WHERE twice(a) > 2")).toEqual([
      [101n, 3n, 7n, 4],
    ]);
    expect(await rows(session, "SELECT a, largest(a + 0) FROM t ORDER BY a")).toEqual([
      [1, 10],
      [2, 20],
    ]);
    expect(await rows(session, "SELECT plus(max(a), sum(b)) FROM t")).toEqual([[32n]]);
    expect(await (await session.sql("SELECT plus(a + 1, 2), largest(1) FROM t")).columns()).toEqual([
      "spark_catalog.default.plus((a + 1), 2)",
      "largest(1)",
    ]);
  });

  test("rows of its parameters, also for each row of another table", async () => {
    const session = await after(
      "CREATE FUNCTION numbers(least INT, most INT) RETURNS TABLE (n INT, square BIGINT) RETURN SELECT id, id * id FROM range(10) WHERE id BETWEEN least AND most",
    );
    expect(await rows(session, "SELECT * FROM numbers(2, 3) ORDER BY n")).toEqual([
      [2, 4n],
      [3, 9n],
    ]);
    expect(await rows(session, "SELECT k, n FROM VALUES (1), (8) AS v(k), LATERAL numbers(k, k + 1) ORDER BY 1, 2")).toEqual([
      [1, 1],
      [1, 2],
      [8, 8],
      [8, 9],
    ]);
  });

  test.each([
    ["SELECT f()", "REQUIRED_PARAMETER_NOT_FOUND"],
    ["SELECT f(1, 2)", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"],
    ["SELECT rowsOf(1)", "NOT_A_SCALAR_FUNCTION"],
    ["SELECT * FROM f(1)", "NOT_A_TABLE_FUNCTION"],
    ["CREATE FUNCTION f(x INT) RETURNS INT RETURN 1", "ROUTINE_ALREADY_EXISTS"],
    ["DROP FUNCTION missing", "ROUTINE_NOT_FOUND"],
    ["CREATE FUNCTION g(x INT, X INT) RETURNS INT RETURN 1", "DUPLICATE_ROUTINE_PARAMETER_NAMES"],
    ["CREATE FUNCTION g() RETURNS TABLE (a INT, A INT) RETURN SELECT 1, 2", "DUPLICATE_ROUTINE_RETURNS_COLUMNS"],
    ["CREATE FUNCTION g(x INT DEFAULT 1, y INT) RETURNS INT RETURN 1", "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION"],
    ["CREATE FUNCTION g(x INT NOT NULL) RETURNS INT RETURN 1", "USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS"],
    [
      "CREATE FUNCTION g(x INT GENERATED ALWAYS AS (1)) RETURNS INT RETURN 1",
      "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS",
    ],
    ["CREATE FUNCTION g(x INT PRIMARY KEY) RETURNS INT RETURN 1", "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS"],
    ["CREATE FUNCTION g() RETURNS TABLE (a INT) RETURN 1", "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY"],
    ["CREATE FUNCTION g() RETURNS TABLE (a INT) RETURN SELECT 1, 2", "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH"],
    ["CREATE FUNCTION g(x INT) RETURNS INT RETURN sum(x)", "USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS"],
    [
      "CREATE FUNCTION g() RETURNS INT RETURN SELECT 1, 2",
      "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
    ],
    ["CREATE OR REPLACE FUNCTION f(x INT) RETURNS INT RETURN h(x)", "CYCLIC_FUNCTION_REFERENCE"],
  ])("%s: %s", async (text, code) => {
    const session = await after(
      "CREATE FUNCTION f(x INT) RETURNS INT RETURN x",
      "CREATE FUNCTION h(x INT) RETURNS INT RETURN f(x)",
      "CREATE FUNCTION rowsOf(x INT) RETURNS TABLE (n INT) RETURN SELECT x",
    );
    await expect(rows(session, text)).rejects.toMatchObject({ code });
    await session.sql("DROP FUNCTION IF EXISTS missing");
    await session.sql("DROP FUNCTION f");
    await expect(session.sql("SELECT f(1)")).rejects.toMatchObject({ code: "UNRESOLVED_ROUTINE" });
  });
});

describe("variables", () => {
  test("are declared, set by values and queries, and used where columns are not", async () => {
    const session = await after(
      "DECLARE a INT DEFAULT 5",
      "DECLARE OR REPLACE VARIABLE b = 'x'",
      "SET VAR a = a + 1",
      "DECLARE c, d BIGINT",
      "SET VARIABLE (c, d) = (SELECT 7, 8)",
    );
    expect(await rows(session, "SELECT a, session.b, system.session.c, d")).toEqual([[6, "x", 7n, 8n]]);
    expect(await (await session.sql("SELECT a, a + 1 FROM VALUES (1) AS t(z)")).columns()).toEqual([
      "a",
      "(variablereference(system.session.a=6) + 1)",
    ]);
    expect(await rows(session, "SELECT a FROM VALUES (1) AS t(a)")).toEqual([[1]]);
    await session.sql("SET VARIABLE a = DEFAULT");
    expect(await rows(session, "SELECT a")).toEqual([[5]]);
    await session.sql("DROP TEMPORARY VARIABLE a");
    await expect(session.sql("SELECT a")).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION" });
  });

  test.each([
    ["DECLARE a INT", "VARIABLE_ALREADY_EXISTS"],
    ["DROP TEMPORARY VARIABLE missing", "VARIABLE_NOT_FOUND"],
    ["SET VAR missing = 1", "UNRESOLVED_VARIABLE"],
    ["SET VAR (a, A) = (SELECT 1, 2)", "DUPLICATE_ASSIGNMENTS"],
    ["SET VAR (a, b) = (SELECT 1)", "ASSIGNMENT_ARITY_MISMATCH"],
    ["SET VAR (a, b) = (VALUES (1, 2), (3, 4))", "ROW_SUBQUERY_TOO_MANY_ROWS"],
    ["SET VAR () = (SELECT 1)", "INVALID_SET_SYNTAX"],
    ["SET a = 1", "UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET"],
    ["EXECUTE IMMEDIATE 5", "INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE"],
    ["EXECUTE IMMEDIATE 'SELECT :missing'", "UNBOUND_SQL_PARAMETER"],
  ])("%s: %s", async (text, code) => {
    const session = await after("DECLARE a INT", "DECLARE b INT");
    await expect(rows(session, text)).rejects.toMatchObject({ code });
  });

  test("EXECUTE IMMEDIATE runs a text with values for its markers", async () => {
    const session = await after("DECLARE total INT", "DECLARE text = 'SELECT ? + :more'");
    expect(await rows(session, "EXECUTE IMMEDIATE text USING 1, 2 AS more")).toEqual([[3]]);
    await session.sql("EXECUTE IMMEDIATE 'SELECT ' || '40 + 2' INTO total");
    expect(await rows(session, "SELECT total")).toEqual([[42]]);
  });
});

describe("names that expressions give", () => {
  test("IDENTIFIER stands for columns, tables, functions", async () => {
    const session = await after("CREATE TABLE IDENTIFIER('ta' || 'b') (c INT)", "INSERT INTO tab VALUES (-3)", "DECLARE name = 'tab.c'");
    expect(
      await rows(session, "SELECT IDENTIFIER(name), IDENTIFIER('abs')(c), tab.IDENTIFIER('c') FROM IDENTIFIER('default.tab')"),
    ).toEqual([[-3, 3, -3]]);
  });

  test.each([
    ["SELECT IDENTIFIER(1)", "NOT_A_CONSTANT_STRING.WRONG_TYPE"],
    ["SELECT IDENTIFIER(CAST(NULL AS STRING))", "NOT_A_CONSTANT_STRING.NULL"],
    ["SELECT IDENTIFIER((SELECT 'a'))", "NOT_A_CONSTANT_STRING.NOT_CONSTANT"],
    ["SELECT 1 AS IDENTIFIER('a.b')", "IDENTIFIER_TOO_MANY_NAME_PARTS"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.newSession().sql(text)).rejects.toMatchObject({ code });
  });
});

describe("views", () => {
  test("temporary views hide tables of their name, which stay", async () => {
    const session = await after("CREATE TABLE v (a INT)", "CREATE TEMPORARY VIEW v AS SELECT 'hidden' AS a");
    expect(await rows(session, "SELECT * FROM v")).toEqual([["hidden"]]);
    expect(await rows(session, "SELECT * FROM default.v")).toEqual([]);
    await session.sql("DROP VIEW v");
    expect(await rows(session, "SELECT * FROM v")).toEqual([]);
    await expect(session.sql("DROP VIEW v")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
  });

  test("a persistent view keeps its names and types, and means the tables of its schema", async () => {
    const session = await after(
      "CREATE SCHEMA s",
      "USE s",
      "CREATE TABLE t (a INT)",
      "INSERT INTO t VALUES (1)",
      "CREATE VIEW v AS SELECT * FROM t",
      "USE default",
    );
    expect(await rows(session, "SELECT s.v.a FROM s.v")).toEqual([[1]]);
    await session.sql("CREATE OR REPLACE TABLE s.t AS SELECT 2L AS a");
    expect(await rows(session, "SELECT a, typeof(a) FROM s.v")).toEqual([[2, "int"]]);
    await session.sql("CREATE GLOBAL TEMPORARY VIEW g AS SELECT 1 AS one");
    expect(await rows(session, "SELECT * FROM global_temp.g")).toEqual([[1]]);
    await session.sql("ALTER VIEW s.v AS SELECT 3 AS b");
    expect(await rows(session, "SELECT b FROM s.v")).toEqual([[3]]);
  });

  test("a DataFrame under its own name does not refer to itself", async () => {
    const session = await after("CREATE TEMP VIEW w AS SELECT 1 AS a");
    session.table("w").createOrReplaceTempView("w");
    expect(await rows(session, "SELECT * FROM w")).toEqual([[1]]);
  });

  test.each([
    ["CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM v", "RECURSIVE_VIEW"],
    ["CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM w", "RECURSIVE_VIEW"],
    ["CREATE VIEW p AS SELECT * FROM v", "INVALID_TEMP_OBJ_REFERENCE"],
    ["CREATE TEMP VIEW a.b AS SELECT 1", "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS"],
    ["CREATE TEMP VIEW x (a, b) AS SELECT 1", "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"],
    ["CREATE TEMP VIEW x (a) AS SELECT 1, 2", "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"],
    ["CREATE TABLE missing.t (a INT)", "SCHEMA_NOT_FOUND"],
    ["USE missing", "SCHEMA_NOT_FOUND"],
    ["CREATE SCHEMA default", "SCHEMA_ALREADY_EXISTS"],
    ["DROP SCHEMA full_one", "SCHEMA_NOT_EMPTY"],
  ])("%s: %s", async (text, code) => {
    const session = await after(
      "CREATE TEMP VIEW v AS SELECT 1 AS a",
      "CREATE TEMP VIEW w AS SELECT * FROM v",
      "CREATE SCHEMA full_one",
      "CREATE TABLE full_one.t (a INT)",
    );
    await expect(session.sql(text)).rejects.toMatchObject({ code });
  });
});

test("SHOW and DESCRIBE tell what is there", async () => {
  const session = await after(
    "CREATE SCHEMA IF NOT EXISTS s COMMENT 'schema'",
    "CREATE TABLE s.t (a INT COMMENT 'number', b STRING) USING csv PARTITIONED BY (b) TBLPROPERTIES (k = 'v', x.y = 1) COMMENT 'table'",
    "CREATE VIEW s.v AS SELECT a FROM s.t",
    "CREATE TEMP VIEW tv AS SELECT 1 AS one",
    "ALTER TABLE s.t ADD COLUMNS (c DATE)",
    "ALTER TABLE s.t SET TBLPROPERTIES (k = 'w')",
    "COMMENT ON TABLE s.t IS 'other'",
    "ANALYZE TABLE s.t COMPUTE STATISTICS",
  );
  expect(await rows(session, "SHOW TABLES IN s")).toEqual([
    ["s", "t", false],
    ["s", "v", false],
    ["", "tv", true],
  ]);
  expect(await rows(session, "SHOW VIEWS IN s LIKE 'v*|nothing'")).toEqual([["s", "v", false]]);
  expect(await rows(session, "SHOW SCHEMAS")).toEqual([["default"], ["s"]]);
  expect(await rows(session, "SHOW CURRENT SCHEMA")).toEqual([["spark_catalog", "default"]]);
  expect(await rows(session, "SHOW COLUMNS IN t FROM s")).toEqual([["a"], ["b"], ["c"]]);
  expect(await rows(session, "SHOW TBLPROPERTIES s.t")).toEqual([
    ["k", "w"],
    ["x.y", "1"],
  ]);
  expect(await rows(session, "SHOW TBLPROPERTIES s.t ('x.y')")).toEqual([["x.y", "1"]]);
  expect(await rows(session, "DESCRIBE s.t")).toEqual([
    ["a", "int", "number"],
    ["b", "string", null],
    ["c", "date", null],
    ["# Partition Information", "", ""],
    ["# col_name", "data_type", "comment"],
    ["b", "string", null],
  ]);
  expect(await rows(session, "DESCRIBE QUERY SELECT 1 AS x")).toEqual([["x", "int", null]]);
  expect(await rows(session, "DESCRIBE SCHEMA s")).toContainEqual(["Comment", "schema"]);
  const extended = await rows(session, "DESCRIBE EXTENDED s.v");
  expect(extended).toContainEqual(["View Text", "SELECT a FROM s.t", ""]);
  expect(await rows(session, "DESCRIBE EXTENDED s.t")).toContainEqual(["Comment", "other", ""]);
  await session.sql("DROP SCHEMA s CASCADE");
  await expect(session.sql("SELECT * FROM s.t")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
});
