import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseResults, type GoldenAnswer } from "./golden-file.ts";
import { levelOf } from "./judge-statement.ts";
import { runStatement } from "./run-statement.ts";

const shared = join(import.meta.dirname, "../../../shared/tpc");
const isThere = existsSync(shared);
const given = process.env["CI"] === "true" || isThere;
const hangLimitMs = 120_000;
/** Queries whose ORDER BY leaves rows tied. */
const tied = new Set(["q77"]);

function names(): string[] {
  if (!isThere) return [];
  const number = (name: string): number => Number.parseInt(name.slice(1), 10);
  return readdirSync(join(shared, "tpcds"))
    .map((file) => file.replace(".sql", ""))
    .toSorted((a, b) => number(a) - number(b) || (a < b ? -1 : 1));
}

function queryOf(name: string): string {
  return readFileSync(join(shared, `tpcds/${name}.sql`), "utf8");
}

function answerOf(name: string): GoldenAnswer | undefined {
  return parseResults(readFileSync(join(shared, `answers-sf0.01/tpcds/${name}.sql.out`), "utf8"))[0];
}

describe.skipIf(!given)(`TPC-DS${isThere ? "" : " [needs shared]"}`, () => {
  let spark: SparkSession;

  beforeAll(() => {
    spark = new SparkSession({ master: "local[2]", appName: "tpcds" }, { "spark.sql.session.timeZone": "America/Los_Angeles" });
    const data = join(shared, "data/tpcds-sf0.01");
    for (const file of readdirSync(data)) spark.read.parquet(join(data, file)).createOrReplaceTempView(file.replace(".parquet", ""));
  });

  afterAll(() => spark.stop());

  test("every query is analysed, optimised and planned", { timeout: hangLimitMs }, async () => {
    for (const name of names().filter((one) => one !== "q30")) {
      const { physical } = await spark.executionOf((await spark.sql(queryOf(name))).plan);
      expect(physical.output.length, name).toBeGreaterThan(0);
    }
  });

  test.each(names())("%s gives Spark's answer", { timeout: hangLimitMs }, async (name) => {
    const answer = answerOf(name);
    const result = await runStatement(spark, queryOf(name), hangLimitMs);
    if (tied.has(name)) {
      expect(result.output.toSorted()).toEqual(answer?.output.split("\n").toSorted());
      return;
    }
    expect(answer === undefined ? 0 : levelOf(result, answer), result.error?.message).toBeGreaterThan(0);
  });
});
