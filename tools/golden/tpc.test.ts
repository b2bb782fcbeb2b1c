import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseResults } from "./golden-file.ts";
import { levelOf } from "./judge-statement.ts";
import { runStatement } from "./run-statement.ts";

const shared = join(import.meta.dirname, "../../../shared/tpc");
const isThere = existsSync(shared);
const hangLimitMs = 120_000;
const given = process.env["CI"] === "true" || isThere;

describe.skipIf(!given)(`TPC-H gives Spark's answers${isThere ? "" : " [needs shared]"}`, () => {
  let spark: SparkSession;

  beforeAll(() => {
    spark = new SparkSession({ master: "local[2]", appName: "tpch" });
    const data = join(shared, "data/tpch-sf0.01");
    for (const file of readdirSync(data)) spark.read.parquet(join(data, file)).createOrReplaceTempView(file.replace(".parquet", ""));
  });

  afterAll(() => spark.stop());

  test.each(Array.from({ length: 22 }, (_, index) => `q${index + 1}`))("%s", async (name) => {
    const [answer] = parseResults(readFileSync(join(shared, `answers-sf0.01/tpch/${name}.sql.out`), "utf8"));
    const result = await runStatement(spark, readFileSync(join(shared, `tpch/${name}.sql`), "utf8"), hangLimitMs);
    expect(result.error?.parameters).toBeUndefined();
    expect(answer === undefined ? 0 : levelOf(result, answer)).toBe(4);
  });
});
