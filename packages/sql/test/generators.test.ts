import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "generators.test" });
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

describe("generators in a select list", () => {
  test.each<[string, unknown[][]]>([
    [
      "SELECT explode(array(0, 1)), explode(array(10, 20))",
      [
        [0, 10],
        [0, 20],
        [1, 10],
        [1, 20],
      ],
    ],
    [
      "SELECT col + 1 AS next, explode(array(1, 2)) AS col",
      [
        [2, 1],
        [3, 2],
      ],
    ],
    [
      "SELECT explode(list) AS x, explode(array(array(1), array(2))) AS list",
      [
        [1, [1]],
        [2, [2]],
      ],
    ],
    ["SELECT posexplode(array('x')) AS (pos, v), pos, v FROM VALUES (42) AS t(pos)", [[0, "x", 42, "x"]]],
    [
      "SELECT explode(array(1, 2)) AS x, count(*) OVER ()",
      [
        [1, 2n],
        [2, 2n],
      ],
    ],
    [
      "SELECT explode(collect_list(id)) AS x, count(*) FROM range(2)",
      [
        [0n, 2n],
        [1n, 2n],
      ],
    ],
    ["SELECT explode(list) AS x FROM VALUES (array('a', 'b')) AS t(list) GROUP BY ALL HAVING x = 'b'", [["b"]]],
    ["SELECT id, explode(list) FROM VALUES (1, array('a')) AS t(id, list) GROUP BY id, 2", [[1, "a"]]],
  ])("%s", async (text, expected) => expect(await rows(text)).toEqual(expected));

  test.each([
    ["SELECT 1 + explode(array(1))", "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS"],
    ["SELECT explode(array(1)), explode(array(2)), count(*)", "UNSUPPORTED_GENERATOR.MULTI_GENERATOR"],
    ["SELECT 1 FROM VALUES (1) ORDER BY explode(array(1))", "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT"],
    ["SELECT 1 AS (a, b)", "MULTI_ALIAS_WITHOUT_GENERATOR"],
    ["SELECT 1 AS a, explode(array(1)) AS a, a", "AMBIGUOUS_LATERAL_COLUMN_ALIAS"],
    ["SELECT explode(NULL)", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code });
  });
});
