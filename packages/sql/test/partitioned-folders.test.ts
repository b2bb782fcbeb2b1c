import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

/* Folders whose names are columns, read by pipelines and row by row. */

let spark: SparkSession;
let interpreted: SparkSession;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "partitioned-folders-"));
  spark = new SparkSession({ master: "local[2]", appName: "partitioned-folders.test" });
  interpreted = spark.newSession({ "spark.sql.codegen.wholeStage": "false" });
  const rows = await spark.sql(`
    SELECT id AS n, CAST(id % 3 AS INT) + 2020 AS year, IF(id % 5 = 0, NULL, id % 4 * 10000000000) AS big, id % 2 + 0.5D AS half,
      IF(id % 7 = 0, NULL, concat('city ', id % 3)) AS city, DATE'2024-02-28' + CAST(id % 3 AS INT) AS day
    FROM range(3000)`);
  await rows.write.partitionBy("year", "big", "half", "city", "day").parquet(join(folder, "parts"));
  for (const session of [spark, interpreted]) session.read.parquet(join(folder, "parts")).createOrReplaceTempView("parts");
});

afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

test.each([
  "SELECT year, big, half, city, day, count(*), sum(n) FROM parts GROUP BY ALL",
  "SELECT * FROM parts WHERE year = 2021 AND n < 100",
  "SELECT n FROM parts WHERE city LIKE '%2' AND big IS NULL AND half > 1",
  "SELECT count(*), min(day), max(year), sum(big) FROM parts",
  "SELECT city, count(*) FROM parts GROUP BY city ORDER BY city NULLS LAST",
  "SELECT a.n, b.city FROM parts a JOIN parts b ON a.n = b.n + 3 AND a.year = b.year WHERE b.day >= DATE'2024-02-29'",
  "SELECT year + 1, upper(city), big * 2 FROM parts WHERE n BETWEEN 10 AND 40",
])("%s", async (query) => {
  const linesOf = async (session: SparkSession): Promise<string[]> =>
    (await (await session.sql(query)).collect()).map((row) => row.toSeq().map(String).join("|"));
  const lines = await linesOf(spark);
  expect(lines.length).toBeGreaterThan(0);
  const expected = await linesOf(interpreted);
  expect(query.includes("ORDER BY") ? lines : lines.toSorted()).toEqual(query.includes("ORDER BY") ? expected : expected.toSorted());
});

test("are read by pipelines", async () => {
  const plan = await (await spark.sql("SELECT city, sum(n) FROM parts WHERE year = 2020 GROUP BY city")).explainString();
  expect(plan).toMatch(/\*.*BatchScan/s);
});
