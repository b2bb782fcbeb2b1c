import { SparkConf } from "@vonk/core";
import { expect, test } from "vitest";
import { functions as F, SparkSession, udf } from "../src/index.ts";

/*
 * A master that there is not: whatever needs the application fails, so what works needs none.
 */
function session(): SparkSession {
  return new SparkSession(new SparkConf().set("spark.master", "nowhere://").set("spark.app.name", "without-job.test"));
}

test("queries of constants need no application", async () => {
  await using spark = session();
  const rows = async (text: string): Promise<unknown[][]> => (await (await spark.sql(text)).collect()).map((row) => row.toSeq());
  expect(await rows("SELECT 1 + 1, upper('a')")).toEqual([[2, "A"]]);
  expect(await rows("SELECT x * 2 FROM VALUES (1) AS t(x) WHERE x < 5 LIMIT 1")).toEqual([[2]]);
  await expect(rows("SELECT 1 / (x - 1) FROM VALUES (1) AS t(x)")).rejects.toMatchObject({ code: "DIVIDE_BY_ZERO" });
  const frame = spark.createDataFrame([{ a: 1 }, { a: 2 }]);
  expect((await frame.filter(frame.col("a").gt(1)).select(frame.col("a").plus(1).as("b")).collect()).map((row) => row.b)).toEqual([3]);
});

test("tables, groups, functions of the program and of chance need one", async () => {
  await using spark = session();
  const frame = spark.createDataFrame([{ a: 1 }]);
  const same = udf((a: number) => a, "double");
  for (const needs of [spark.range(1), frame.groupBy("a").count(), frame.select(same("a")), frame.select(F.rand())]) {
    await expect(needs.collect()).rejects.toThrow("nowhere");
  }
});
