import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "recursion.test" }, { "spark.sql.cteRecursionRowLimit": "50" });
});

afterAll(() => spark.stop());

async function column(text: string): Promise<number[]> {
  return (await (await spark.sql(text)).collect()).map((row) => Number(row.internal[0])).toSorted((a, b) => a - b);
}

const upTo = (count: number): string => `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < ${count})`;

describe("recursive common tables", () => {
  test.each([
    [`${upTo(3)} SELECT * FROM r`, [1, 2, 3]],
    [`${upTo(3)} SELECT a.n * 10 + b.n FROM r a JOIN r b ON a.n < b.n`, [12, 13, 23]],
    [`${upTo(2)} SELECT (SELECT max(n) FROM r) + n FROM r`, [3, 4]],
    ["WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM r) SELECT n FROM r LIMIT 4", [1, 2, 4, 8]],
    [
      "WITH RECURSIVE r AS (WITH one AS (SELECT 1 AS n) SELECT n FROM one UNION ALL (WITH s AS (SELECT n + 1 AS m FROM r) SELECT m FROM s WHERE m < 3)) SELECT * FROM r",
      [1, 2],
    ],
    ["WITH RECURSIVE r AS (SELECT 7 UNION ALL SELECT 8) SELECT * FROM r", [7, 8]],
  ])("%s", async (text, expected) => {
    expect(await column(text)).toEqual(expected);
  });

  test("LIMIT ALL takes the limit of rows away", async () => {
    expect(await column(`${upTo(60)} SELECT n FROM r LIMIT ALL`)).toHaveLength(60);
  });

  test.each([
    ["SELECT 1 UNION ALL SELECT n + 1 FROM r", "RECURSION_ROW_LIMIT_EXCEEDED"],
    ["SELECT n FROM r UNION ALL SELECT 1", "INVALID_RECURSIVE_CTE"],
    ["SELECT 1 UNION SELECT n + 1 FROM r", "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE"],
    ["SELECT 1 UNION ALL SELECT max(n) FROM r", "INVALID_RECURSIVE_REFERENCE.PLACE"],
    ["SELECT 1 UNION ALL SELECT r.n FROM (SELECT 1) t LEFT JOIN r ON true", "INVALID_RECURSIVE_REFERENCE.PLACE"],
    ["SELECT 1 UNION ALL SELECT n + 1L FROM r", "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE"],
  ])("%s: %s", async (body, code) => {
    await expect(column(`WITH RECURSIVE r(n) AS (${body}) SELECT * FROM r`)).rejects.toMatchObject({ code });
  });

  test("too many levels", async () => {
    const text = "WITH RECURSIVE r(n) MAX RECURSION LEVEL 5 AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r";
    await expect(column(text)).rejects.toMatchObject({ code: "RECURSION_LEVEL_LIMIT_EXCEEDED" });
    await expect(column(text.replace("RECURSIVE ", ""))).rejects.toMatchObject({ code: "_LEGACY_ERROR_TEMP_0035" });
  });
});

describe("hints and clauses that say where rows are", () => {
  test.each([
    ["SELECT /*+ REPARTITION(3) */ id FROM range(10)", 3],
    ["SELECT /*+ REPARTITION(3, id) */ id FROM range(10)", 3],
    ["SELECT /*+ COALESCE(1) */ id FROM range(10)", 1],
    ["SELECT id FROM range(10) DISTRIBUTE BY id", 2],
    ["SELECT id FROM range(10) CLUSTER BY id", 2],
    ["SELECT /*+ NOTHING(x) */ id FROM range(10)", 2],
  ])("%s", async (text, partitions) => {
    const { physical } = await spark.executionOf((await spark.sql(text)).plan);
    const rdd = await physical.execute(spark.executionContext());
    expect(await rdd.getNumPartitions()).toBe(partitions);
    const rows = await rdd.collect();
    expect(rows.map(([id]) => Number(id)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("a broadcast hint decides which side of a join is built", async () => {
    const text = (hint: string): string => `SELECT /*+ ${hint} */ a.id FROM range(1000) a JOIN range(10) b ON a.id = b.id`;
    const built = async (hint: string): Promise<string> => {
      const explained = await (await spark.sql(text(hint))).explainString();
      return /Range .*/g.exec(explained.split("\n").toReversed().join("\n"))?.[0] ?? "";
    };
    expect(await built("BROADCAST(b)")).toContain("(0, 10,");
    expect(await built("MAPJOIN(a)")).toContain("(0, 1000,");
  });
});
