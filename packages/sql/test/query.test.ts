import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Decimal, SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "query.test" });
});

afterAll(() => spark.stop());

/** A query's rows as the console shows them, without the frame. */
async function rows(text: string): Promise<string[]> {
  const shown = await (await spark.sql(text)).showString(100, 0);
  return shown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
        .join(","),
    );
}

const people = "(VALUES (1, 'Ann', 10), (2, 'Bob', 20), (3, 'Cid', 10), (4, NULL, NULL)) AS people(id, name, team)";
const teams = "(VALUES (10, 'red'), (20, 'blue'), (30, 'green')) AS teams(id, title)";

describe("queries, from text to rows", () => {
  test.each([
    [
      "groups, with a condition over them",
      `SELECT team, count(*), max(name) FROM ${people} GROUP BY team HAVING count(*) > 1`,
      ["10,2,Cid"],
    ],
    ["nulls are one group", `SELECT team, sum(id) FROM ${people} GROUP BY team ORDER BY team`, ["NULL,4", "10,4", "20,2"]],
    ["no rows are one group without GROUP BY", `SELECT count(*), sum(id) FROM ${people} WHERE id > 9`, ["0,NULL"]],
    ["distinct values", `SELECT count(DISTINCT team), sum(DISTINCT team) FROM ${people}`, ["2,30"]],
    ["order, limit, offset", `SELECT id FROM ${people} ORDER BY name DESC NULLS FIRST LIMIT 2 OFFSET 1`, ["3", "2"]],
    ["inner join", `SELECT name, title FROM ${people} JOIN ${teams} ON team = teams.id ORDER BY 1`, ["Ann,red", "Bob,blue", "Cid,red"]],
    [
      "left join",
      `SELECT people.id, title FROM ${people} LEFT JOIN ${teams} ON team = teams.id ORDER BY 1`,
      ["1,red", "2,blue", "3,red", "4,NULL"],
    ],
    [
      "right join",
      `SELECT name, title FROM ${people} RIGHT JOIN ${teams} ON team = teams.id AND people.id > 1 ORDER BY 2`,
      ["Bob,blue", "NULL,green", "Cid,red"],
    ],
    [
      "full join",
      `SELECT people.id, teams.id FROM ${people} FULL JOIN ${teams} ON team = teams.id AND title <> 'red' ORDER BY 1, 2`,
      ["NULL,10", "NULL,30", "1,NULL", "2,20", "3,NULL", "4,NULL"],
    ],
    ["semi and anti joins", `SELECT id FROM ${teams} LEFT ANTI JOIN ${people} ON team = teams.id`, ["30"]],
    ["IN of a query", `SELECT id FROM ${people} WHERE team IN (SELECT id FROM ${teams} WHERE title = 'red') ORDER BY 1`, ["1", "3"]],
    ["NOT IN of a query with a null is never true", `SELECT id FROM ${teams} WHERE id NOT IN (SELECT team FROM ${people})`, []],
    ["EXISTS", `SELECT title FROM ${teams} WHERE EXISTS (SELECT 1 FROM ${people} WHERE team = teams.id AND people.id > 2)`, ["red"]],
    [
      "a scalar subquery for each row",
      `SELECT title, (SELECT count(*) FROM ${people} WHERE team = teams.id) FROM ${teams} ORDER BY 1`,
      ["blue,1", "green,0", "red,2"],
    ],
    ["a scalar subquery for all", `SELECT name FROM ${people} WHERE id = (SELECT max(id) FROM ${people} WHERE name IS NOT NULL)`, ["Cid"]],
    ["set operations", "SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 ORDER BY a", ["1", "2"]],
    [
      "common tables",
      `WITH t AS (SELECT team, count(*) AS n FROM ${people} GROUP BY team) SELECT a.team FROM t a JOIN t b ON a.n = b.n AND a.team < b.team`,
      [],
    ],
  ])("%s", async (_name, text, expected) => {
    expect(await rows(text)).toEqual(expected);
  });
});

test("views are names for queries", async () => {
  await spark.sql(`CREATE OR REPLACE TEMP VIEW crew AS SELECT * FROM ${people} WHERE id < 3`);
  expect(await rows("SELECT c.name FROM crew AS c ORDER BY 1")).toEqual(["Ann", "Bob"]);
  await spark.sql("DROP VIEW crew");
  await expect(spark.sql("SELECT * FROM crew").then((frame) => frame.collect())).rejects.toThrow("TABLE_OR_VIEW_NOT_FOUND");
});

test("rows have values of their types", async () => {
  const [row] = await (
    await spark.sql("SELECT 9007199254740993 AS big, 1.50 AS money, DATE '2001-09-28' AS day, 'x' AS t, 2 AS t")
  ).collect();
  expect(row?.get(0)).toBe(9007199254740993n);
  expect(row?.getAs("money")).toEqual(new Decimal(150n, 2));
  expect(JSON.stringify(row?.getAs("day"))).toBe('"2001-09-28"');
  expect(row?.toJSON()).toMatchObject({ t: 2 });
  expect(row?.length).toBe(5);
});

test("what cannot run says so", async () => {
  await expect(spark.sql("ALTER SCHEMA default SET LOCATION 'x'")).rejects.toThrow("SQL_NOT_SUPPORTED");
  await expect(spark.sql("SELECT * FROM nothing.`a/b.nothing`")).rejects.toThrow("FORMAT_NOT_INSTALLED");
  const two = await spark.sql("SELECT (SELECT id FROM VALUES (1), (2) AS t(id))");
  await expect(two.collect()).rejects.toThrow("SCALAR_SUBQUERY_TOO_MANY_ROWS");
});

test("an error of a row names its condition", async () => {
  const frame = await spark.sql("SELECT 1 / (id - 1) FROM VALUES (1) AS t(id)");
  await expect(frame.collect()).rejects.toThrow("DIVIDE_BY_ZERO");
});

test("EXPLAIN shows the physical plan", async () => {
  const [row] = await (await spark.sql(`EXPLAIN SELECT team FROM ${people} WHERE id > 1 ORDER BY 1 LIMIT 3`)).collect();
  expect(row?.get(0)).toMatch(/^== Physical Plan ==\nTakeOrderedAndProject \(limit=3\)/);
});

describe("settings of a session", () => {
  test("SET changes what later queries mean, in its session alone", async () => {
    const other = spark.newSession({ "spark.sql.session.timeZone": "America/Los_Angeles" });
    const value = async (session: SparkSession, text: string): Promise<unknown> => (await (await session.sql(text)).collect())[0]?.get(0);
    expect(await value(other, "SELECT CAST(TIMESTAMP '2024-01-01 00:00:00Z' AS STRING)")).toBe("2023-12-31 16:00:00");
    await other.sql("SET TIME ZONE 'Asia/Tokyo'");
    expect(await value(other, "SELECT CAST(TIMESTAMP '2024-01-01 00:00:00Z' AS STRING)")).toBe("2024-01-01 09:00:00");
    expect(await value(spark, "SELECT CAST(TIMESTAMP '2024-01-01 00:00:00Z' AS STRING)")).toBe("2024-01-01 00:00:00");
    await other.sql("SET spark.sql.ansi.enabled=false");
    expect(await value(other, "SELECT 1 / 0")).toBeNull();
    await expect(value(spark, "SELECT 1 / 0")).rejects.toThrow("DIVIDE_BY_ZERO");
    await other.sql("RESET");
    expect((await (await other.sql("SET spark.sql.ansi.enabled")).collect())[0]?.get(1)).toBe("true");
  });
});

describe("generators and lambdas", () => {
  test.each([
    ["a generator in SELECT", "SELECT 1 AS a, explode(array(2, 3)) AS b", ["1,2", "1,3"]],
    ["several columns", "SELECT posexplode(array('x', 'y')) AS (p, v)", ["0,x", "1,y"]],
    ["LATERAL VIEW", "SELECT id, v FROM VALUES (1, array(7, 8)), (2, array()) AS t(id, l) LATERAL VIEW explode(l) e AS v", ["1,7", "1,8"]],
    [
      "OUTER",
      "SELECT id, e.v FROM VALUES (2, array(cast(null as int))), (3, null) t(id, l) LATERAL VIEW OUTER explode(l) e AS v",
      ["2,NULL", "3,NULL"],
    ],
    ["a function in FROM", "SELECT k, v FROM explode(map('a', 1)) AS m(k, v)", ["a,1"]],
    ["a lateral join", "SELECT id, c FROM VALUES (1, array(5)) t(id, l), LATERAL explode(l) AS e(c)", ["1,5"]],
    ["range", "SELECT id FROM range(3, 7, 2)", ["3", "5"]],
    [
      "lambdas see columns and one another's parameters",
      "SELECT transform(l, x -> transform(l, y -> x * y + n)) FROM VALUES (array(1, 2), 1) t(l, n)",
      ["[[2, 3], [3, 5]]"],
    ],
    ["two lambdas", "SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)", ["60"]],
  ])("%s", async (_name, text, expected) => {
    expect(await rows(text)).toEqual(expected);
  });

  test.each([
    ["SELECT explode(array(1)) AS (a, b)", "UDTF_ALIAS_NUMBER_MISMATCH"],
    ["SELECT transform(array(1), (x, y, z) -> x)", "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code });
  });
});

describe("window functions", () => {
  const sales = "(VALUES ('a', 1, 10), ('a', 2, 20), ('a', 2, 30), ('b', 5, 40), ('b', NULL, 50)) AS sales(team, day, amount)";
  test.each([
    [
      "ranks",
      "SELECT amount, rank() OVER w, dense_rank() OVER w, row_number() OVER w FROM",
      "WINDOW w AS (PARTITION BY team ORDER BY day)",
      ["10,1,1,1", "20,2,2,2", "30,2,2,3", "40,2,2,2", "50,1,1,1"],
    ],
    [
      "neighbours",
      "SELECT amount, lag(amount) OVER (ORDER BY amount), lead(amount, 2, -1) OVER (ORDER BY amount) FROM",
      "",
      ["10,NULL,30", "20,10,40", "30,20,50", "40,30,-1", "50,40,-1"],
    ],
    [
      "rows equal by the order are one step",
      "SELECT amount, sum(amount) OVER (PARTITION BY team ORDER BY day) FROM",
      "",
      ["10,10", "20,60", "30,60", "40,90", "50,50"],
    ],
    [
      "a frame of rows",
      "SELECT amount, sum(amount) OVER (ORDER BY amount ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM",
      "",
      ["10,30", "20,60", "30,90", "40,120", "50,90"],
    ],
    [
      "a frame of values",
      "SELECT amount, count(*) OVER (ORDER BY day RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM",
      "",
      ["10,1", "20,3", "30,3", "40,1", "50,1"],
    ],
    ["over groups", "SELECT max(amount) AS m, sum(sum(amount)) OVER () FROM", "GROUP BY team", ["30,150", "50,150"]],
  ])("%s", async (_name, select, clauses, expected) => {
    expect(await rows(`${select} ${sales} ${clauses} ORDER BY 1`)).toEqual(expected);
  });

  test("parts of a partition", async () => {
    expect(await rows("SELECT id, ntile(2) OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM range(3) ORDER BY 1")).toEqual([
      "0,1,0.3333333333333333",
      "1,1,0.6666666666666666",
      "2,2,1.0",
    ]);
  });

  test("a window that nobody defined", async () => {
    await expect(spark.sql("SELECT rank() OVER v FROM range(3) WINDOW w AS (ORDER BY id)")).rejects.toMatchObject({
      code: "MISSING_WINDOW_SPECIFICATION",
    });
  });
});

describe("subqueries that refer to the query around them", () => {
  const numbers = "(VALUES (1, 10), (1, 20), (2, 5)) AS numbers(k, n)";
  const outer = "(VALUES (1, 2), (2, 3), (3, NULL)) AS o(a, b)";
  test.each([
    [
      "aggregates give a row for no rows",
      `SELECT * FROM ${outer}, LATERAL (SELECT max(n), count(*) FROM ${numbers} WHERE k = a)`,
      ["1,2,20,2", "2,3,5,1", "3,NULL,NULL,0"],
    ],
    [
      "limits count for each row",
      `SELECT a, n FROM ${outer} LEFT JOIN LATERAL (SELECT n FROM ${numbers} WHERE k = a ORDER BY n DESC LIMIT 1)`,
      ["1,20", "2,5", "3,NULL"],
    ],
    [
      "offsets too",
      `SELECT a, n FROM ${outer}, LATERAL (SELECT n FROM ${numbers} WHERE k <= a ORDER BY n LIMIT 1 OFFSET 2)`,
      ["2,20", "3,20"],
    ],
    [
      "chains",
      `SELECT a, x, y FROM ${outer}, LATERAL (SELECT a + b AS x), LATERAL (SELECT x * 2 AS y)`,
      ["1,3,6", "2,5,10", "3,NULL,NULL"],
    ],
    ["set operations", `SELECT a, n FROM ${outer}, LATERAL (SELECT n FROM ${numbers} WHERE k = a EXCEPT SELECT b * 5)`, ["1,20", "2,5"]],
    [
      "unions",
      `SELECT a, n FROM ${outer}, LATERAL (SELECT DISTINCT n FROM ${numbers} WHERE k > a UNION ALL SELECT b)`,
      ["1,2", "1,5", "2,3", "3,NULL"],
    ],
    [
      "windows",
      `SELECT a, r FROM ${outer}, LATERAL (SELECT row_number() OVER (ORDER BY n) AS r FROM ${numbers} WHERE k = a)`,
      ["1,1", "1,2", "2,1"],
    ],
    ["no FROM", `SELECT a, (SELECT b + 1) FROM ${outer}`, ["1,3", "2,4", "3,NULL"]],
    ["inequalities", `SELECT a, (SELECT count(*) FROM ${numbers} WHERE k < a) FROM ${outer}`, ["1,0", "2,2", "3,3"]],
    [
      "EXISTS of a total is always true",
      `SELECT a FROM ${outer} WHERE EXISTS (SELECT max(n) FROM ${numbers} WHERE k = a)`,
      ["1", "2", "3"],
    ],
    [
      "joins inside",
      `SELECT a, m FROM ${outer}, LATERAL (SELECT numbers.n + r.n AS m FROM ${numbers} JOIN (SELECT n FROM ${numbers} WHERE k = a) r ON numbers.n < r.n)`,
      ["1,15", "1,25", "1,30"],
    ],
    [
      "questions about groups",
      `SELECT a, count(*), a IN (SELECT k FROM ${numbers}), EXISTS (SELECT 1 FROM ${numbers} WHERE k = a) FROM ${outer} GROUP BY a`,
      ["1,1,true,true", "2,1,true,true", "3,1,false,false"],
    ],
  ])("%s", async (_name, text, expected) => {
    expect((await rows(text)).toSorted()).toEqual(expected);
  });

  test("a second row of a value is an error where it is asked for", async () => {
    const text = `SELECT a, (SELECT n FROM ${numbers} WHERE k = a) FROM ${outer}`;
    await expect(rows(text)).rejects.toThrow("SCALAR_SUBQUERY_TOO_MANY_ROWS");
    expect(await rows(`${text} WHERE a > 1 ORDER BY a`)).toEqual(["2,5", "3,NULL"]);
  });
});

test("an error of a row has Spark's condition, SQLSTATE, class and place", async () => {
  const text = "SELECT id, 1 / (id - 1) FROM range(3)";
  await expect(rows(text)).rejects.toMatchObject({
    code: "DIVIDE_BY_ZERO",
    sqlState: "22012",
    exception: "SparkArithmeticException",
    queryContext: [{ startIndex: 12, stopIndex: 23, fragment: "1 / (id - 1)" }],
  });
  await expect(rows("SELECT CAST('x' AS DATE)")).rejects.toMatchObject({
    sqlState: "22018",
    exception: "SparkDateTimeException",
    params: { ansiConfig: '"spark.sql.ansi.enabled"' },
    queryContext: [{ fragment: "CAST('x' AS DATE)" }],
  });
  await expect(rows("SELECT CAST('x' AS INT)")).rejects.toMatchObject({ exception: "SparkNumberFormatException" });
});

describe("VALUES", () => {
  test("cells are computed at once, in common types", async () => {
    expect(await rows("SELECT * FROM VALUES (1, upper('a')), (2.5, NULL) AS t(x, y) ORDER BY x")).toEqual(["1.0,A", "2.5,NULL"]);
  });

  test.each([
    ["VALUES (1, 2), (3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH"],
    ["VALUES (1), (array(1))", "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE"],
    ["VALUES (rand())", "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE"],
    ["VALUES (1 / 0)", "INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION"],
  ])("%s: %s", async (text, code) => {
    await expect(rows(text)).rejects.toMatchObject({ code });
  });
});

test("a plan too deep to walk is an error of the statement", async () => {
  const deep = `${"(".repeat(10_000)}id${" + 1)".repeat(10_000)}`;
  await expect(rows(`SELECT ${deep} FROM range(1)`)).rejects.toMatchObject({ code: "FAILED_TO_PARSE_TOO_COMPLEX", sqlState: "54001" });
});

test("a join by USING gives keys once, and each side's under its table's name", async () => {
  const sides = "(VALUES (1, 'a'), (2, 'b')) AS l(k, x) FULL JOIN (VALUES (2, 'c'), (3, 'd')) AS r(k, y) USING (k)";
  expect(await rows(`SELECT * FROM ${sides} ORDER BY k`)).toEqual(["1,a,NULL", "2,b,c", "3,NULL,d"]);
  expect(await rows(`SELECT k, l.k, r.* FROM ${sides} WHERE r.k IS NOT NULL ORDER BY l.k`)).toEqual(["3,NULL,3,d", "2,2,2,c"]);
  expect(await rows(`SELECT r.k, count(*) FROM ${sides} GROUP BY r.k ORDER BY 1`)).toEqual(["NULL,1", "2,1", "3,1"]);
  expect(await rows(`SELECT * FROM (SELECT * FROM ${sides}) AS s UNION ALL SELECT 9, 'x', 'y' ORDER BY k DESC LIMIT 1`)).toEqual(["9,x,y"]);
});

describe("EXPLAIN", () => {
  const query = "SELECT team, count(*) AS n FROM VALUES (1, 10L), (2, 20L) AS t(id, team) WHERE id > 1 GROUP BY team ORDER BY n";
  const plan = async (mode: string): Promise<string> => {
    const [row] = await (await spark.sql(`EXPLAIN ${mode} ${query}`)).collect();
    const text = row?.get(0);
    return (typeof text === "string" ? text : "").replaceAll(/#\d+/g, "#x");
  };

  test("EXTENDED shows each phase", async () => {
    const text = await plan("EXTENDED");
    expect(text.match(/== .* ==/g)).toEqual([
      "== Parsed Logical Plan ==",
      "== Analyzed Logical Plan ==",
      "== Optimized Logical Plan ==",
      "== Physical Plan ==",
    ]);
    expect(text).toContain("'Aggregate ['team], ['team, 'count(*) AS n#x]");
    expect(text).toContain("team: bigint, n: bigint\nSort [n#xL ASC NULLS FIRST], true");
    expect(text).toContain("Filter (id#x > 1)");
  });

  test("COST estimates, FORMATTED numbers, CODEGEN counts", async () => {
    expect(await plan("COST")).toMatch(/LocalRelation .*, Statistics\(sizeInBytes=32.0 B, rowCount=2\)/);
    const formatted = await plan("FORMATTED");
    expect(formatted).toContain("LocalTableScan (1)");
    expect(formatted).toContain("(1) LocalTableScan\nOutput [2]: [id#x, team#x]");
    expect(await plan("CODEGEN")).toBe("Found 0 WholeStageCodegen subtrees.");
  });
});

describe("rows that subqueries once got wrong", () => {
  const a = "(VALUES (1, 1), (2, 1), (CAST(NULL AS INT), 3)) AS a(x, y)";
  const b = "(VALUES (1, 1), (CAST(NULL AS INT), 2)) AS b(x, y)";
  test.each([
    [
      "NOT IN of a correlated query: only nulls that belong to the row count",
      `SELECT a.x, a.y FROM ${a} WHERE x NOT IN (SELECT b.x FROM ${b} WHERE b.y = a.y)`,
      ["2,1", "NULL,3"],
    ],
    [
      "as a value it is true, false or unknown",
      `SELECT a.x, a.x IN (SELECT b.x FROM ${b} WHERE b.y >= a.y) FROM ${a}`,
      ["1,true", "2,NULL", "NULL,false"],
    ],
    ["NOT IN of several columns", `SELECT * FROM ${a} WHERE (x, y) NOT IN (SELECT * FROM ${b})`, ["2,1", "NULL,3"]],
    [
      "a total of totals sees the row for no rows",
      `SELECT x, (SELECT sum(c) FROM (SELECT count(*) AS c FROM ${b} WHERE b.x = a.x)) FROM ${a}`,
      ["1,1", "2,0", "NULL,0"],
    ],
    ["IN of a query in ON", `SELECT a.x FROM ${a} JOIN ${b} ON a.y = b.y AND a.x IN (SELECT 2)`, ["2"]],
    [
      "IN of a query in ON of an outer join",
      `SELECT a.x, b.x FROM ${a} LEFT JOIN ${b} ON a.y = b.y AND a.x NOT IN (SELECT 2)`,
      ["1,1", "2,NULL", "NULL,NULL"],
    ],
    ["HAVING means the column that is grouped by", `SELECT sum(x) AS y FROM ${a} GROUP BY y HAVING y < 2`, ["3"]],
  ])("%s", async (_name, text, expected) => {
    expect((await rows(text)).toSorted()).toEqual(expected);
  });
});

test("aggregates see the order of WITHIN GROUP", async () => {
  const table = "VALUES (1, 'a'), (1, 'c'), (4, 'b'), (NULL, NULL) AS t(n, s)";
  expect(
    await rows(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n), percentile_disc(0.5) WITHIN GROUP (ORDER BY n DESC), mode() WITHIN GROUP (ORDER BY n), listagg(s) WITHIN GROUP (ORDER BY s DESC) FROM ${table}`,
    ),
  ).toEqual(["1.0,1.0,1,cba"]);
  expect(await rows(`SELECT n, percentile_cont(0.5) WITHIN GROUP (ORDER BY n) OVER (PARTITION BY n) FROM ${table} WHERE n = 4`)).toEqual([
    "4,4.0",
  ]);
});

test("stars as arguments, and GROUP BY without aliases", async () => {
  expect(await rows("SELECT coalesce(t.*), count(t.*) OVER () FROM VALUES (1, 2), (NULL, 3) AS t(a, b) ORDER BY 1")).toEqual([
    "1,1",
    "3,1",
  ]);
  const session = spark.newSession({ "spark.sql.groupByAliases": "false" });
  await expect(session.sql("SELECT id AS k FROM range(3) GROUP BY k")).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITH_SUGGESTION" });
});

describe("frames by value", () => {
  const values = "(VALUES (1, 1.5, 1D), (2, 2.5, 2D), (4, 4.5, 4D)) AS t(i, d, f)";
  const frame = (order: string, offset: string): string =>
    `SELECT sum(i) OVER (ORDER BY ${order} RANGE BETWEEN ${offset} PRECEDING AND CURRENT ROW) FROM ${values} ORDER BY i`;

  test.each([
    ["i", "1.5", "1,3,4"],
    ["i", "2.9", "1,3,6"],
    ["d", "2", "1,3,6"],
    ["d", "1.9", "1,3,4"],
    ["f", "1.5", "1,3,4"],
    ["f", "2", "1,3,6"],
  ])("the order %s, %s before", async (order, offset, expected) => {
    expect((await rows(frame(order, offset))).join(",")).toBe(expected);
  });
});

describe("forms of SQL text", () => {
  test.each([
    ["trim('x', 'xax'), ltrim('x', 'xax'), rtrim('x', 'xax'), btrim('xax', 'x')", "a,ax,xa,a"],
    ["trim(LEADING 'x' FROM 'xax')", "ax"],
    ["DATE '2020-01-31' + INTERVAL '1' DAY - INTERVAL '1' MONTH", "2020-01-01"],
    ["INTERVAL 1 DAY - 2 HOURS = INTERVAL '22' HOUR", "true"],
    ["INTERVAL '3' DAY + INTERVAL '2' HOUR = INTERVAL '74' HOUR", "true"],
  ])("%s", async (expression, expected) => {
    expect((await rows(`SELECT ${expression}`)).join()).toBe(expected);
  });

  test("an interval is not compared with text", async () => {
    const refused = { code: "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES" };
    await expect(rows("SELECT INTERVAL '1' DAY < '1'")).rejects.toMatchObject(refused);
    await expect(rows("SELECT '1' = INTERVAL '1' YEAR")).rejects.toMatchObject(refused);
  });
});

describe("names", () => {
  const structs = "(SELECT named_struct('a', 1, 'b', 'x') AS s)";
  const columns = async (text: string): Promise<string[]> => (await (await spark.sql(text)).schema()).fields.map(({ name }) => name);

  test("fields of structs, alone and in expressions", async () => {
    const text = `SELECT s.a, s.a + 1, upper(s.b), named_struct('c', 1).c FROM ${structs}`;
    expect(await columns(text)).toEqual(["a", "(s.a + 1)", "upper(s.b)", "named_struct(c, 1).c"]);
  });

  test("the star of a struct stands for its fields", async () => {
    expect(await rows(`SELECT s.*, struct(s.*, 2 AS c).c FROM ${structs}`)).toEqual(["1,x,2"]);
    await expect(rows("SELECT x.* FROM VALUES (1) AS t(x)")).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION" });
  });

  test("ORDER BY a name that two columns of the result have means the input's", async () => {
    expect(await rows("SELECT -a AS b, 1 AS a, 2 AS a FROM VALUES (1), (3), (2) AS t(a) ORDER BY a")).toEqual([
      "-1,1,2",
      "-2,1,2",
      "-3,1,2",
    ]);
    await expect(rows("SELECT 1 AS c, 2 AS c FROM VALUES (1) AS t(a) ORDER BY c")).rejects.toMatchObject({ code: "AMBIGUOUS_REFERENCE" });
  });
});
