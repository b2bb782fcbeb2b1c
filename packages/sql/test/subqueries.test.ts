import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(async () => {
  spark = new SparkSession({ master: "local[2]", appName: "subqueries.test" });
  await spark.sql("CREATE TEMP VIEW t AS SELECT * FROM VALUES (0, 1), (1, 2), (1, 3) AS t(a, b)");
  await spark.sql("CREATE TEMP VIEW u AS SELECT * FROM VALUES (0, 2), (0, 3) AS u(a, b)");
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

describe("subqueries and groups", () => {
  test.each<[string, unknown[][]]>([
    ["SELECT a AS k FROM t GROUP BY a HAVING (SELECT a = 1)", [[1]]],
    ["SELECT a AS k FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM u WHERE u.b = sum(t.b))", []],
    ["SELECT a AS k FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM u WHERE u.b + 2 = sum(t.b))", [[1]]],
    [
      "SELECT a, (SELECT a), sum(b) FROM t GROUP BY 1, 2 ORDER BY a",
      [
        [0, 0, 1n],
        [1, 1, 5n],
      ],
    ],
    [
      "SELECT a, sum(b) OVER (PARTITION BY EXISTS (SELECT 1 FROM u WHERE u.a = t.a)) FROM t ORDER BY b",
      [
        [0, 1n],
        [1, 5n],
        [1, 5n],
      ],
    ],
    ["SELECT a FROM t WHERE a IN (SELECT 1 FROM u WHERE u.a = t.a HAVING count(*) = 0)", [[1], [1]]],
  ])("%s", async (text, expected) => expect(await rows(text)).toEqual(expected));

  test.each([
    [
      "SELECT a FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM u WHERE sum(t.b + u.b) > 1)",
      "AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES",
    ],
    ["SELECT a FROM t WHERE (SELECT count(*) FROM u WHERE u.a = t.a GROUP BY t.b) = 1", "CORRELATED_REFERENCE"],
    ["SELECT a FROM t ORDER BY (SELECT max(b) FROM u WHERE u.a = t.a)", "UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY"],
    ["SELECT a FROM t ORDER BY a IN (SELECT a FROM u)", "UNSUPPORTED_IN_EXISTS_SUBQUERY"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code: `UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.${code}` });
  });
});
