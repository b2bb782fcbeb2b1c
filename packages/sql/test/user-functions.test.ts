import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Decimal, functions as F, LocalDate, SparkSession, types, udf, type DataFrame } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "user-functions.test" });
});

afterAll(() => spark.stop());

async function values<S extends object>(frame: DataFrame<S>): Promise<unknown[][]> {
  return (await frame.collect()).map((row) => row.toSeq());
}

test("a function of the program takes and gives values as rows have them", async () => {
  const suffix = "!";
  const shout = udf((text: string) => text.toUpperCase() + suffix, "string");
  const next = udf((day: LocalDate) => new LocalDate(day.epochDay + 1), types.date);
  const twice = udf(
    (amount: Decimal | null) => (amount === null ? null : new Decimal(amount.unscaled * 2n, amount.scale)),
    "decimal(10,2)",
  );
  const frame = spark.createDataFrame([{ s: "oslo", d: LocalDate.of("2020-02-28"), m: Decimal.of("1.50") }]);
  const [row] = await frame
    .select(shout("s").as("a"), next(frame.col("d")).as("b"), twice("m").as("c"), shout(F.lit("x")).as("e"))
    .collect();
  const text: string | undefined = row?.a;
  expect([text, String(row?.b), String(row?.c), row?.e]).toEqual(["OSLO!", "2020-02-29", "3.00", "X!"]);
  const named = udf((n: bigint) => n * n, "bigint", { name: "square" });
  expect(await spark.range(2).select(named("id")).columns()).toEqual(["square(id)"]);
});

test("in conditions, groups and inside other expressions", async () => {
  const even = udf((n: bigint) => n % 2n === 0n, "boolean");
  expect(await values(spark.range(6).filter(even("id")))).toEqual([[0n], [2n], [4n]]);
  const grouped = spark.range(6).groupBy(even("id").as("even")).agg(F.sum("id").as("s"));
  expect((await values(grouped)).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
    [false, 9n],
    [true, 6n],
  ]);
  const frame = spark.range(3);
  expect(
    await values(
      frame.select(
        F.when(even(frame.col("id")), frame.col("id").plus(1))
          .otherwise(0n)
          .as("x"),
      ),
    ),
  ).toEqual([[1n], [0n], [3n]]);
});

test("async functions run many calls at once, and may stand anywhere", async () => {
  const slow = udf(
    async (n: bigint) => {
      await wait(50);
      return n * 10n;
    },
    "bigint",
    { name: "slow" },
  );
  const start = performance.now();
  const frame = spark.range(0, 40, 1, 2);
  expect((await values(frame.select("id", slow("id").as("x")))).at(-1)).toEqual([39n, 390n]);
  expect(performance.now() - start).toBeLessThan(1500);
  expect(await values(frame.filter(slow("id").geq(380n)))).toEqual([[38n], [39n]]);
  expect(await values(spark.range(2).select(slow(slow("id")).plus(1n).as("x")))).toEqual([[1n], [101n]]);
  expect(await frame.select(slow("id")).explainString()).toContain("AsyncEval [slow(id)]");
});

test("SQL text calls registered functions by name, in subqueries and views too", async () => {
  spark.udf.register("shout", (text: string) => `${text}!`, "string");
  const plus = spark.udf.register(
    "plus_one",
    udf((n: bigint) => n + 1n, "bigint"),
  );
  expect(await values(await spark.sql("SELECT shout('a'), PLUS_ONE(id) FROM range(1)"))).toEqual([["a!", 1n]]);
  expect(
    await values(await spark.sql("WITH t AS (SELECT plus_one(id) AS n FROM range(2)) SELECT n FROM t WHERE n IN (SELECT plus_one(1L))")),
  ).toEqual([[2n]]);
  await spark.sql("CREATE OR REPLACE TEMP VIEW shouted AS SELECT shout('v') AS s");
  expect(await values(await spark.sql("SELECT s FROM shouted"))).toEqual([["v!"]]);
  expect(await values(spark.range(1).select(plus("id").as("x")))).toEqual([[1n]]);
  expect(await values(spark.range(1).selectExpr("plus_one(id) + 1 AS x"))).toEqual([[2n]]);
  await expect(spark.newSession().sql("SELECT shout('a')")).rejects.toMatchObject({ code: "UNRESOLVED_ROUTINE" });
});

test("errors of the function, and values of another type", async () => {
  const fails = udf((n: bigint): bigint => {
    if (n === 1n) throw new RangeError("no ones here");
    return n;
  }, "bigint");
  await expect(spark.range(3).select(fails("id")).collect()).rejects.toMatchObject({
    code: "TASK_FAILED",
    cause: { message: "no ones here" },
  });
  const wrong = udf((n: bigint) => String(n), "int");
  await expect(spark.range(1).select(wrong("id")).collect()).rejects.toMatchObject({ cause: { code: "VALUE_TYPE_MISMATCH" } });
});
