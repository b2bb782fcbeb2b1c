import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(async () => {
  spark = new SparkSession({ master: "local[2]", appName: "pipes.test" });
  await spark.sql("CREATE TEMP VIEW t AS VALUES (0, 'abc'), (1, 'def') AS t(x, y)");
});

afterAll(() => spark.stop());

describe("pipes", () => {
  test.each<[string, unknown[][]]>([
    ["FROM range(3) |> WHERE id > 0 |> SELECT id + 1 AS x |> AGGREGATE sum(x) AS s |> EXTEND s + 1 AS t", [[5n, 6n]]],
    [
      "TABLE t |> SET x = x + 1, y = concat(y, x) |> ORDER BY x",
      [
        [1, "abc1"],
        [2, "def2"],
      ],
    ],
    ["TABLE t |> DROP x |> WHERE y = 'abc'", [["abc"]]],
    ["VALUES (1, 'a') AS t(x, y) |> PIVOT (sum(x) FOR y IN ('a'))", [[1n]]],
    [
      "TABLE t |> TABLESAMPLE (100 PERCENT) |> UNPIVOT (v FOR n IN (x)) |> ORDER BY v",
      [
        ["abc", "x", 0],
        ["def", "x", 1],
      ],
    ],
    [
      "FROM range(3) AS r |> JOIN range(1) AS s ON r.id = s.id |> UNION ALL VALUES (1L, 2L) |> ORDER BY 1",
      [
        [0n, 0n],
        [1n, 2n],
      ],
    ],
    ["TABLE t |> EXCEPT ALL SELECT 0, 'abc'", [[1, "def"]]],
    [
      "FROM range(4) |> AGGREGATE count(*) AS c GROUP BY id % 2 AS m |> ORDER BY m",
      [
        [0n, 2n],
        [1n, 2n],
      ],
    ],
    [
      "TABLE t |> AGGREGATE count(*) GROUP BY 2 |> ORDER BY y",
      [
        ["abc", 1n],
        ["def", 1n],
      ],
    ],
    ["TABLE t |> SELECT x, sum(x) OVER w AS s WINDOW w AS (ORDER BY x) |> ORDER BY x |> LIMIT 1 OFFSET 1", [[1, 1n]]],
    ["TABLE t |> AS u |> JOIN t ON u.x < t.x |> SELECT u.x, t.y", [[0, "def"]]],
    ["SELECT count(*) FROM range(10) TABLESAMPLE (3 ROWS)", [[3n]]],
  ])("%s", async (text, expected) => {
    expect((await (await spark.sql(text)).collect()).map((row) => [...row.internal])).toEqual(expected);
  });

  test.each([
    ["TABLE t |> SET z = 1", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
    ["TABLE t |> DROP z", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
    ["TABLE t |> EXTEND 1 AS z |> WHERE t.x = 1", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
    ["TABLE t |> SELECT sum(x)", "PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION"],
    ["TABLE t |> AGGREGATE x", "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION"],
    ["TABLE t |> AGGREGATE count(*) GROUP BY 3", "GROUP_BY_POS_OUT_OF_RANGE"],
    ["TABLE t |> ORDER BY x LIMIT 1", "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS"],
    ["TABLE t |> FROM u", "PARSE_SYNTAX_ERROR"],
    ["SELECT * FROM t TABLESAMPLE (101 PERCENT)", "_LEGACY_ERROR_TEMP_0064"],
    ["SELECT * FROM t TABLESAMPLE (10M)", "_LEGACY_ERROR_TEMP_0015"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code });
  });
});
