import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "grouping.test" });
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

const sales = "(VALUES ('a', 2012, 1), ('a', 2013, 2), ('b', 2012, 4), (NULL, 2013, 8)) AS sales(item, year, n)";

describe("grouping sets", () => {
  test("ROLLUP has a row a prefix; a null of the data stays apart from a column left out", async () => {
    const text = `SELECT item, sum(n), grouping(item), grouping_id(item, year) FROM ${sales} GROUP BY ROLLUP (item, year)
      HAVING grouping(year) = 1 ORDER BY grouping__id, item`;
    expect(await rows(text)).toEqual([
      [null, 8n, 0, 1n],
      ["a", 3n, 0, 1n],
      ["b", 4n, 0, 1n],
      [null, 15n, 1, 3n],
    ]);
  });

  test.each([
    ["CUBE (item, year)", 4 + 3 + 2 + 1],
    ["item, year WITH CUBE", 10],
    ["item, ROLLUP (year)", 4 + 3],
    ["GROUPING SETS ((item), (year), ())", 3 + 2 + 1],
    ["item, year GROUPING SETS (item, year)", 5],
    ["GROUPING SETS ((item, year), (item, year))", 8],
    ["ROLLUP (1, 2)", 4 + 3 + 1],
  ])("%s", async (grouping, count) => {
    expect(await rows(`SELECT item, year, count(*) FROM ${sales} GROUP BY ${grouping}`)).toHaveLength(count);
  });

  test("windows, expressions and ORDER BY see the columns of the sets", async () => {
    const text = `SELECT year + 1, rank() OVER (PARTITION BY grouping(year + 1) ORDER BY sum(n) DESC) FROM ${sales} GROUP BY CUBE (year + 1) ORDER BY 1`;
    expect(await rows(text)).toEqual([
      [null, 1],
      [2013, 2],
      [2014, 1],
    ]);
  });
});

describe("PIVOT and UNPIVOT", () => {
  test("a column a value; null where there are no rows", async () => {
    expect(
      await rows(`SELECT * FROM (SELECT item, year FROM ${sales}) PIVOT (count(*) FOR item IN ('a', 'b' AS bb, 'c')) ORDER BY year`),
    ).toEqual([
      [2012, 1n, 1n, null],
      [2013, 1n, null, null],
    ]);
    const frame = await spark.sql(`SELECT * FROM ${sales} PIVOT (sum(n) AS s, max(n) FOR (item, year) IN (('a', 2012) AS x, ('b', 2012)))`);
    expect(await frame.columns()).toEqual(["x_s", "x_max(n)", "{b, 2012}_s", "{b, 2012}_max(n)"]);
  });

  test("each value under the name of its columns, nulls when asked for", async () => {
    const table = "(VALUES (1, 2, NULL), (3, NULL, NULL)) AS t(k, a, b)";
    expect(await rows(`SELECT * FROM ${table} UNPIVOT (v FOR name IN (a, b AS bee))`)).toEqual([[1, "a", 2]]);
    expect(await rows(`SELECT * FROM ${table} UNPIVOT INCLUDE NULLS ((v, w) FOR name IN ((a, b)))`)).toEqual([
      [1, "a_b", 2, null],
      [3, "a_b", null, null],
    ]);
  });
});

test.each([
  ["SELECT grouping(n) FROM t GROUP BY ROLLUP (item)", "GROUPING_COLUMN_MISMATCH"],
  ["SELECT grouping_id(year, item) FROM t GROUP BY ROLLUP (item, year)", "GROUPING_ID_COLUMN_MISMATCH"],
  ["SELECT grouping(item) FROM t GROUP BY item", "UNSUPPORTED_GROUPING_EXPRESSION"],
  ["SELECT item FROM t GROUP BY item HAVING grouping_id() = 0", "UNSUPPORTED_GROUPING_EXPRESSION"],
  ["SELECT item FROM t GROUP BY CUBE (item, ())", "_LEGACY_ERROR_TEMP_0051"],
  ["SELECT * FROM t PIVOT (n FOR year IN (2012))", "_LEGACY_ERROR_TEMP_1006"],
  ["SELECT * FROM t PIVOT (sum(n) FOR year IN (n))", "NON_LITERAL_PIVOT_VALUES"],
  ["SELECT * FROM t PIVOT (sum(n) FOR year IN (array(1)))", "PIVOT_VALUE_DATA_TYPE_MISMATCH"],
  ["SELECT * FROM t UNPIVOT ((a, b) FOR name IN ((n), (year)))", "UNPIVOT_VALUE_SIZE_MISMATCH"],
  ["SELECT * FROM (SELECT 1 AS a, array(1) AS b) UNPIVOT (v FOR name IN (a, b))", "UNPIVOT_VALUE_DATA_TYPE_MISMATCH"],
])("%s: %s", async (text, code) => {
  await spark.sql(`CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM ${sales}`);
  await expect(spark.sql(text)).rejects.toMatchObject({ code });
});
