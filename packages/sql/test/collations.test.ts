import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "collations.test" });
});
afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => row.toSeq());
}

async function value(expression: string): Promise<unknown> {
  return (await rows(`SELECT ${expression}`))[0]?.[0];
}

const texts = "(VALUES ('a'), ('A'), ('b'), ('B '), ('b'), (NULL)) t(x)";
const collated = (name: string): string => `(SELECT x COLLATE ${name} AS c FROM ${texts})`;

describe("comparison", () => {
  test.each([
    ["'a' COLLATE UTF8_LCASE = 'A'", true],
    ["'a' COLLATE UTF8_BINARY = 'A'", false],
    ["'b ' COLLATE UTF8_LCASE = 'B'", false],
    ["'b ' COLLATE UTF8_LCASE_RTRIM = 'B'", true],
    ["'ΣΑΣ' COLLATE UTF8_LCASE = 'σας'", true],
    ["'a' COLLATE UNICODE_CI = 'A'", true],
    ["'ä' COLLATE UNICODE_CI = 'Ä'", true],
    ["'ä' COLLATE UNICODE_CI = 'a'", false],
    ["'ä' COLLATE UNICODE_CI_AI = 'A'", true],
    ["'ä' COLLATE UNICODE_AI = 'a'", true],
    ["'ä' COLLATE UNICODE_AI = 'A'", false],
    ["'straße' COLLATE de_CI = 'STRASSE'", true],
    ["'ı' COLLATE UNICODE_CI = 'I'", false],
    ["'b' COLLATE UTF8_LCASE > 'A'", true],
    ["'b' COLLATE UNICODE < 'B'", true],
    ["'B' COLLATE UTF8_LCASE IN ('a', 'b')", true],
    ["'B' COLLATE UTF8_LCASE BETWEEN 'a' AND 'c'", true],
    ["nullif('a' COLLATE UTF8_LCASE, 'A') IS NULL", true],
    ["collation('a' COLLATE unicode_ai_ci)", "SYSTEM.BUILTIN.UNICODE_CI_AI"],
  ])("%s is %s", async (expression, expected) => {
    expect(await value(expression)).toBe(expected);
  });
});

describe("relations", () => {
  test("groups, and the text of the first row of each", async () => {
    const query = `SELECT c, count(*), count(DISTINCT c) FROM ${collated("UTF8_LCASE")} GROUP BY c ORDER BY c`;
    expect(await rows(query)).toEqual([
      [null, 1n, 0n],
      ["a", 2n, 1n],
      ["b", 2n, 1n],
      ["B ", 1n, 1n],
    ]);
    expect(await rows(`SELECT count(DISTINCT c) FROM ${collated("UNICODE_CI_RTRIM")}`)).toEqual([[2n]]);
  });

  test("groups by expressions over columns under collations, with HAVING and ORDER BY", async () => {
    const query = `SELECT upper(c), count(*) FROM ${collated("UTF8_LCASE")} GROUP BY c HAVING c >= 'B' ORDER BY c DESC`;
    expect(await rows(query)).toEqual([
      ["B ", 1n],
      ["B", 2n],
    ]);
  });

  test("arrays of texts", async () => {
    const query = `SELECT count(*) FROM (SELECT DISTINCT array(c) FROM ${collated("UTF8_LCASE")})`;
    expect(await rows(query)).toEqual([[4n]]);
  });

  test("DISTINCT and UNION", async () => {
    expect(await rows(`SELECT DISTINCT c FROM ${collated("UNICODE_CI")} ORDER BY c`)).toEqual([[null], ["a"], ["b"], ["B "]]);
    expect(
      await rows(`SELECT c FROM ${collated("UTF8_LCASE")} UNION SELECT upper(c) FROM ${collated("UTF8_LCASE")} ORDER BY 1`),
    ).toHaveLength(4);
  });

  test("joins", async () => {
    const [left, right] = [collated("UTF8_LCASE"), collated("UTF8_LCASE")];
    expect(await rows(`SELECT count(*) FROM ${left} l JOIN ${right} r ON l.c = r.c`)).toEqual([[9n]]);
    expect(await rows(`SELECT count(*) FROM ${left} l LEFT JOIN ${right} r USING (c)`)).toEqual([[10n]]);
    expect(await rows(`SELECT count(*) FROM ${texts} WHERE x COLLATE UTF8_LCASE IN (SELECT x FROM ${texts} WHERE x = 'A')`)).toEqual([
      [2n],
    ]);
  });

  test("orders, greatest and least, windows", async () => {
    expect(await rows(`SELECT x FROM ${texts} ORDER BY x COLLATE UNICODE_CI, x DESC`)).toEqual([
      [null],
      ["a"],
      ["A"],
      ["b"],
      ["b"],
      ["B "],
    ]);
    expect(await rows(`SELECT max(c), min(c) FROM ${collated("UTF8_LCASE")}`)).toEqual([["B ", "a"]]);
    const counted = `SELECT count(*) OVER (PARTITION BY c) n FROM ${collated("UTF8_LCASE")} WHERE c < 'B'`;
    expect(await rows(counted)).toEqual([[2n], [2n]]);
  });
});

describe("functions that look for texts", () => {
  test.each([
    ["contains('xABy' COLLATE UTF8_LCASE, 'ab')", true],
    ["contains('xAB' COLLATE UTF8_LCASE_RTRIM, 'ab ')", true],
    ["startswith('Ärger' COLLATE UNICODE_CI_AI, 'AR')", true],
    ["endswith('fooBAR' COLLATE UTF8_LCASE, 'bar')", true],
    ["instr('xyzABCabc' COLLATE UTF8_LCASE, 'abc', 1, 2)", 7],
    ["locate('B' COLLATE UTF8_LCASE, 'aab', 1)", 3],
    ["find_in_set('B' COLLATE UTF8_LCASE, 'a,b,c')", 2],
    ["replace('aXbxc' COLLATE UTF8_LCASE, 'x', '-')", "a-b-c"],
    ["replace('İo' COLLATE UTF8_LCASE, 'o', '-')", "İ-"],
    ["translate('aAb' COLLATE UTF8_LCASE, 'a', '1')", "11b"],
    ["btrim('xXaXx' COLLATE UTF8_LCASE, 'x')", "a"],
    ["split_part('1A2a3' COLLATE UTF8_LCASE, 'a', 3)", "3"],
    ["substring_index('1A2a3' COLLATE UTF8_LCASE, 'a', 2)", "1A2"],
    ["substring_index('1A2a3' COLLATE UTF8_LCASE, 'a', -2)", "2a3"],
    ["lpad('b' COLLATE UTF8_LCASE, 3, 'A') = 'aab'", true],
  ])("%s is %s", async (expression, expected) => {
    expect(await value(expression)).toBe(expected);
  });

  test("none under a collation that heeds case and not accents", async () => {
    const refused = { code: "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE" };
    await expect(value("contains('a' COLLATE UNICODE_AI, 'b')")).rejects.toMatchObject(refused);
    expect(await value("upper('ä' COLLATE UNICODE_AI) = 'A'")).toBe(true);
  });
});

describe("which collation counts", () => {
  test("that of COLLATE before that of columns, that of columns before constants", async () => {
    const columns = `(SELECT x COLLATE UTF8_LCASE AS l, x COLLATE UNICODE AS u FROM ${texts})`;
    expect(await rows(`SELECT count(*) FROM ${columns} WHERE l = 'A'`)).toEqual([[2n]]);
    expect(await rows(`SELECT count(*) FROM ${columns} WHERE l COLLATE UTF8_BINARY = 'A'`)).toEqual([[1n]]);
    const undecided = { code: "INDETERMINATE_COLLATION_IN_EXPRESSION" };
    await expect(rows(`SELECT count(*) FROM ${columns} WHERE l = u`)).rejects.toMatchObject(undecided);
    await expect(rows(`SELECT count(*) FROM ${columns} WHERE concat(l, u) = 'A'`)).rejects.toMatchObject(undecided);
    expect(await rows(`SELECT count(concat(l, u)) FROM ${columns}`)).toEqual([[5n]]);
  });

  test("two by COLLATE are refused, and names that there are not", async () => {
    const both = "SELECT 'a' COLLATE UTF8_LCASE = 'A' COLLATE UNICODE";
    await expect(rows(both)).rejects.toMatchObject({ code: "COLLATION_MISMATCH.EXPLICIT" });
    for (const name of ["UTF8_LOWER", "UNICODE_CI_CS", "zz"]) {
      await expect(rows(`SELECT 'a' COLLATE ${name}`)).rejects.toMatchObject({ code: "COLLATION_INVALID_NAME" });
    }
  });
});

test("ORDER BY names a grouping column that HAVING uses and SELECT does not", async () => {
  expect(await rows(`SELECT upper(x), count(*) FROM ${texts} GROUP BY x HAVING x > 'A' ORDER BY x DESC`)).toEqual([
    ["B", 2n],
    ["A", 1n],
    ["B ", 1n],
  ]);
});

describe("rows that are equal under a collation", () => {
  const left = "SELECT x COLLATE UTF8_LCASE AS c FROM VALUES ('a'), ('A'), ('b'), (NULL) AS t(x)";
  const right = "SELECT x COLLATE UTF8_LCASE AS c FROM VALUES ('A'), ('B'), (NULL) AS t(x)";

  test.each<[string, unknown[]]>([
    [`SELECT lower(c) FROM (${left} INTERSECT ${right})`, [null, "a", "b"]],
    [`SELECT lower(c) FROM (${left} INTERSECT ALL ${right})`, [null, "a", "b"]],
    [`SELECT lower(c) FROM (${left} EXCEPT ${right})`, []],
    [`SELECT lower(c) FROM (${left} EXCEPT ALL ${right})`, ["a"]],
    [`SELECT size(collect_set(c)) FROM (${left})`, [2]],
  ])("%s", async (text, expected) => {
    const met = (await rows(text)).map(([cell]) => cell);
    expect(met).toHaveLength(expected.length);
    expect(met).toEqual(expect.arrayContaining(expected));
  });

  test("dropDuplicates", async () => {
    const frame = (await spark.sql(`SELECT c, 1 AS n FROM (${left})`)).dropDuplicates(["c"]);
    expect(await frame.count()).toBe(3);
  });
});

test("DEFAULT COLLATION of tables, views and schemas", async () => {
  await spark.sql("CREATE TABLE lower_table (a STRING, b STRING COLLATE UTF8_BINARY, c ARRAY<STRING>) DEFAULT COLLATION UTF8_LCASE");
  await spark.sql("INSERT INTO lower_table VALUES ('x', 'x', array('x'))");
  expect(await rows("SELECT a = 'X', b = 'X', c[0] = 'X' FROM lower_table")).toEqual([[true, false, true]]);
  await spark.sql("CREATE VIEW lower_view DEFAULT COLLATION UTF8_LCASE AS SELECT 'y' AS a, CAST(1 AS STRING) AS b WHERE 'q' = 'Q'");
  expect(await rows("SELECT a = 'Y', collation(b) FROM lower_view")).toEqual([[true, "SYSTEM.BUILTIN.UTF8_LCASE"]]);
  await spark.sql("ALTER VIEW lower_view AS SELECT 'z' AS a");
  expect(await rows("SELECT a = 'Z' FROM lower_view")).toEqual([[true]]);
  await spark.sql("CREATE SCHEMA lower_schema DEFAULT COLLATION UTF8_LCASE");
  await spark.sql("CREATE TABLE lower_schema.t (a STRING)");
  expect(await (await spark.sql("SELECT * FROM lower_schema.t")).dtypes()).toEqual([["a", "string collate UTF8_LCASE"]]);
  await expect(spark.sql("CREATE TABLE bad (a STRING) DEFAULT COLLATION nowhere")).rejects.toMatchObject({
    code: "COLLATION_INVALID_NAME",
  });
});
