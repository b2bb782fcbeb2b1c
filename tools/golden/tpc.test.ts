import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applicationWays } from "../oracle/query-ways.ts";
import { parseResults } from "./golden-file.ts";
import { levelOf } from "./judge-statement.ts";
import { runStatement } from "./run-statement.ts";

const shared = join(import.meta.dirname, "../../../shared/tpc");
const isThere = existsSync(shared);
const hangLimitMs = 120_000;
const given = process.env["CI"] === "true" || isThere;

const ways = { compiled: { master: "local[2]", conf: {} }, ...applicationWays };

describe.skipIf(!given).each(Object.entries(ways))(`TPC-H gives Spark's answers, %s${isThere ? "" : " [needs shared]"}`, (_, way) => {
  const { master, conf } = way;
  let spark: SparkSession;

  beforeAll(() => {
    spark = new SparkSession({ master, appName: "tpch", conf });
    const data = join(shared, "data/tpch-sf0.01");
    for (const file of readdirSync(data)) spark.read.parquet(join(data, file)).createOrReplaceTempView(file.replace(".parquet", ""));
  });

  afterAll(() => spark.stop());

  test.each(Array.from({ length: 22 }, (_each, index) => `q${index + 1}`))("%s", async (name) => {
    const [answer] = parseResults(readFileSync(join(shared, `answers-sf0.01/tpch/${name}.sql.out`), "utf8"));
    const result = await runStatement(spark, readFileSync(join(shared, `tpch/${name}.sql`), "utf8"), hangLimitMs);
    expect(result.error?.parameters).toBeUndefined();
    expect(answer === undefined ? 0 : levelOf(result, answer)).toBe(4);
  });
});
