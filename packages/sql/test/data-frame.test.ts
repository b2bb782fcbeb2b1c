import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  Decimal,
  functions as F,
  LocalDate,
  nullable,
  schema,
  SparkSession,
  Timestamp,
  types,
  Window,
  type DataFrame,
} from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "data-frame.test" });
});

afterAll(() => spark.stop());

const saleColumns = schema({ city: types.string, year: types.int, amount: nullable(types.double) });

function sales(): DataFrame<{ city: string; year: number; amount: number | null }> {
  return spark.createDataFrame(
    [
      ["Oslo", 2020, 10],
      ["Oslo", 2021, 20],
      ["Rome", 2020, 5],
      ["Rome", 2021, null],
      ["Bern", 2021, 7],
    ],
    saleColumns,
  );
}

async function lines<S extends object>(frame: DataFrame<S>): Promise<string[]> {
  return (await frame.cellTexts(await frame.collect())).map((cells) => cells.map((cell) => cell ?? "NULL").join(","));
}

describe("rows to rows", () => {
  test("select by name, by column, by expression, by star", async () => {
    const df = sales();
    expect(await lines(df.select("city", df.col("year").plus(1).as("next"), F.upper("city").as("u")).limit(1))).toEqual(["Oslo,2021,OSLO"]);
    expect(await df.select("*", F.lit(1).as("one")).columns()).toEqual(["city", "year", "amount", "one"]);
    expect(await lines(df.selectExpr("year * 2 AS d", "city").where("d > 4041").orderBy("city"))).toEqual([
      "4042,Bern",
      "4042,Oslo",
      "4042,Rome",
    ]);
  });

  test("columns are put in, renamed and left out in their places", async () => {
    const df = sales();
    expect(await df.withColumn("year", F.lit("x")).withColumn("new", F.lit(1)).columns()).toEqual(["city", "year", "amount", "new"]);
    expect(await df.withColumns({ a: F.lit(1), city: F.lit(2) }).columns()).toEqual(["city", "year", "amount", "a"]);
    expect(await df.withColumnRenamed("year", "y").withColumnsRenamed({ city: "c", amount: "a" }).columns()).toEqual(["c", "y", "a"]);
    expect(await df.drop("year", df.col("amount")).columns()).toEqual(["city"]);
    expect(await df.toDF("a", "b", "c").columns()).toEqual(["a", "b", "c"]);
  });

  test("conditions and values of conditions", async () => {
    const df = sales();
    const kept = df.filter(df.col("amount").gt(6).and(df.col("city").notEqual("Bern")).or(df.col("amount").isNull()));
    expect(await lines(kept.select("city", "year"))).toEqual(["Oslo,2020", "Oslo,2021", "Rome,2021"]);
    const size = F.when(df.col("amount").geq(10), "big").when(df.col("amount").isNull(), "none").otherwise("small");
    expect(await lines(df.select(size.as("s")))).toEqual(["big", "big", "small", "none", "small"]);
    expect(await lines(df.filter(df.col("city").isin("Bern", "Rome").and(df.col("year").between(2021, 2022))).select("city"))).toEqual([
      "Rome",
      "Bern",
    ]);
    expect(await lines(df.select(df.col("city").substr(1, 2).as("p"), df.col("year").cast("string").as("t")).limit(1))).toEqual([
      "Os,2020",
    ]);
  });

  test("order, limits, duplicates", async () => {
    const df = sales();
    expect(await lines(df.orderBy(F.desc("amount"), "city").select("amount"))).toEqual(["20.0", "10.0", "7.0", "5.0", "NULL"]);
    expect(await lines(df.sort(df.col("amount").asc_nulls_last()).offset(3).limit(1).select("amount"))).toEqual(["20.0"]);
    expect(await df.dropDuplicates("city").count()).toBe(3);
    expect(await df.select("city").distinct().count()).toBe(3);
    expect((await df.tail(2)).map((row) => row.city)).toEqual(["Rome", "Bern"]);
    expect((await df.take(2)).map((row) => row.year)).toEqual([2020, 2021]);
    expect((await df.head())?.city).toBe("Oslo");
    expect(await df.filter("false").first()).toBeUndefined();
    expect([await df.isEmpty(), await df.filter("false").isEmpty()]).toEqual([false, true]);
  });

  test("partitions and samples", async () => {
    const numbers = spark.range(1000);
    expect(await numbers.repartition(7).count()).toBe(1000);
    expect(await numbers.repartition(3, "id").coalesce(2).count()).toBe(1000);
    const sample = await numbers.sample(0.1, { seed: 5 }).collect();
    expect(sample.length).toBeGreaterThan(50);
    expect(sample.length).toBeLessThan(200);
    expect((await numbers.sample(0.1, { seed: 5 }).collect()).map((row) => row.id)).toEqual(sample.map((row) => row.id));
    expect(() => numbers.sample(2)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error);
    expect(() => numbers.limit(-1)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error);
  });

  test("generators and higher-order functions", async () => {
    const one = spark.range(1);
    expect(await lines(one.select(F.explode(F.array(F.lit(1), F.lit(2))).as("e")))).toEqual(["1", "2"]);
    expect(await lines(one.select(F.posexplode(F.array(F.lit("x"))).as("p", "v")))).toEqual(["0,x"]);
    const list = F.array(F.lit(1), F.lit(2), F.lit(3));
    expect(await lines(one.select(F.transform(list, (x, i) => x.plus(i)).as("t")))).toEqual(["[1, 3, 5]"]);
    expect(
      await lines(
        one.select(
          F.aggregate(
            list,
            F.lit(0),
            (sum, x) => sum.plus(x),
            (sum) => sum.multiply(10),
          ).as("t"),
        ),
      ),
    ).toEqual(["60"]);
  });
});

describe("groups", () => {
  test("aggregates by key, by form, by name", async () => {
    const df = sales();
    const totals = df.groupBy("city").agg(F.sum(df.col("amount")).as("total"), F.count("*").as("n"), F.countDistinct("year").as("years"));
    expect(await lines(totals.orderBy("city"))).toEqual(["Bern,7.0,1,1", "Oslo,30.0,2,2", "Rome,5.0,2,2"]);
    expect(await lines(df.groupBy("city").count().orderBy("city"))).toEqual(["Bern,1", "Oslo,2", "Rome,2"]);
    expect(await df.groupBy("city").sum("amount").columns()).toEqual(["city", "sum(amount)"]);
    expect(await df.groupBy("city").max().columns()).toEqual(["city", "max(year)", "max(amount)"]);
    expect(await lines(df.groupBy("city").agg({ amount: "max" }).orderBy("city"))).toEqual(["Bern,7.0", "Oslo,20.0", "Rome,5.0"]);
    expect(await lines(df.agg(F.avg("amount").as("a")))).toEqual(["10.5"]);
  });

  test("pivot: a column a value, null where there are no rows", async () => {
    const df = sales();
    expect(await lines(df.groupBy("city").pivot("year", [2020, 2021]).sum("amount").orderBy("city"))).toEqual([
      "Bern,NULL,7.0",
      "Oslo,10.0,20.0",
      "Rome,5.0,NULL",
    ]);
    const two = df.groupBy("city").pivot("year", [2020]).agg(F.count("*").as("n"), F.max("amount"));
    expect(await two.columns()).toEqual(["city", "2020_n", "2020_max(amount)"]);
    expect(await lines(two.filter("city = 'Bern'"))).toEqual(["Bern,NULL,NULL"]);
  });

  test("windows", async () => {
    const df = sales();
    const byYear = Window.partitionBy("city").orderBy("year");
    const rows = df.select(
      "city",
      "year",
      F.row_number().over(byYear).as("n"),
      F.sum("amount").over(byYear.rowsBetween(Window.unboundedPreceding, 0)).as("sofar"),
      F.lag("amount", 1).over(byYear).as("before"),
    );
    expect(await lines(rows.orderBy("city", "year"))).toEqual([
      "Bern,2021,1,7.0,NULL",
      "Oslo,2020,1,10.0,NULL",
      "Oslo,2021,2,30.0,10.0",
      "Rome,2020,1,5.0,NULL",
      "Rome,2021,2,5.0,5.0",
    ]);
  });
});

describe("two frames", () => {
  test.each([
    ["inner", ["Oslo,Ann", "Oslo,Ann"]],
    ["left", ["Bern,NULL", "Oslo,Ann", "Oslo,Ann", "Rome,NULL", "Rome,NULL"]],
    ["right", ["Oslo,Ann", "Oslo,Ann", "Paris,Bob"]],
    ["full_outer", ["Bern,NULL", "Oslo,Ann", "Oslo,Ann", "Paris,Bob", "Rome,NULL", "Rome,NULL"]],
  ] as const)("a %s join by name", async (kind, expected) => {
    const mayors = spark.createDataFrame([
      { city: "Oslo", mayor: "Ann" },
      { city: "Paris", mayor: "Bob" },
    ]);
    expect((await lines(sales().join(mayors, "city", kind).select("city", "mayor"))).toSorted()).toEqual(expected);
  });

  test("joins by condition, and with itself", async () => {
    const df = sales();
    const old = spark.createDataFrame([{ city: "Oslo", year: 2000n }]);
    const joined = df.join(old, df.col("city").equalTo(old.col("city")), "left_semi");
    expect(await joined.columns()).toEqual(["city", "year", "amount"]);
    expect(await joined.count()).toBe(2);
    expect(
      await df
        .join(old, df.col("city").equalTo(old.col("city")))
        .select(df.col("year"), old.col("year").as("old"))
        .columns(),
    ).toEqual(["year", "old"]);
    const later = df.alias("later");
    const pairs = df.join(
      later,
      df
        .col("city")
        .equalTo(F.col("later.city"))
        .and(df.col("year").lt(F.col("later.year"))),
    );
    expect(await pairs.count()).toBe(2);
    await expect(df.join(df, df.col("city").equalTo(df.col("city"))).count()).rejects.toMatchObject({ code: "AMBIGUOUS_REFERENCE" });
    expect(await df.crossJoin(old).count()).toBe(5);
  });

  test("unions and set operations", async () => {
    const df = sales();
    expect(await df.union(df).count()).toBe(10);
    expect(
      await lines(
        df
          .unionByName(df.select("amount", "year", "city"))
          .groupBy("city")
          .count()
          .orderBy("city"),
      ),
    ).toEqual(["Bern,2", "Oslo,4", "Rome,4"]);
    const more = spark.createDataFrame([{ city: "Paris", size: 2n }]);
    expect(await lines(df.unionByName(more, true).filter("city = 'Paris'"))).toEqual(["Paris,NULL,NULL,2"]);
    await expect(df.unionByName(more as unknown as typeof df).count()).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITH_SUGGESTION" });
    const oslo = df.filter(df.col("city").equalTo("Oslo"));
    expect([await df.intersect(oslo).count(), await df.subtract(oslo).count(), await df.exceptAll(oslo).count()]).toEqual([2, 3, 3]);
  });
});

describe("nulls and summaries", () => {
  test("fill, drop, replace", async () => {
    const df = sales();
    expect(await lines(df.na.fill(0).filter("city = 'Rome'").select("amount"))).toEqual(["5.0", "0.0"]);
    expect(await df.na.drop().count()).toBe(4);
    expect(await df.dropna("all").count()).toBe(5);
    expect(
      await lines(
        df.na
          .replace(new Map([["Oslo", "Kristiania"]]))
          .select("city")
          .limit(1),
      ),
    ).toEqual(["Kristiania"]);
  });

  test("describe and summary", async () => {
    expect(await lines(sales().describe("amount"))).toEqual(["count,4", "mean,10.5", "stddev,6.658328118479393", "min,5.0", "max,20.0"]);
    expect(await lines(sales().summary("count", "50%").select("summary", "city", "amount"))).toEqual(["count,5,4", "50%,NULL,7.0"]);
  });
});

describe("kept rows", () => {
  test("a query computes them once; others start from them", async () => {
    const kept = spark.range(10).withColumn("r", F.rand()).cache();
    const first = await kept.collect();
    expect((await kept.collect()).map((row) => row.r)).toEqual(first.map((row) => row.r));
    expect(await kept.filter("id > 4").explainString()).toContain("InMemoryTableScan");
    expect(kept.storageLevel).toBe("MEMORY_AND_DISK");
    await kept.unpersist();
    expect(kept.storageLevel).toBe("NONE");
    expect(await kept.explainString()).not.toContain("InMemoryTableScan");
  });
});

describe("rows of the program", () => {
  test("types come from values, or from a schema", async () => {
    const day = LocalDate.of("2020-01-31");
    const rows = [
      { s: "x", n: 1, b: 2n, f: true, d: day, t: new Date(0), l: [1n], m: new Map([["k", 1]]), o: { a: "y" }, z: Decimal.of("1.5") },
    ];
    const frame = spark.createDataFrame(rows);
    expect((await frame.dtypes()).map(([, type]) => type)).toEqual([
      "string",
      "double",
      "bigint",
      "boolean",
      "date",
      "timestamp",
      "array<bigint>",
      "map<string,double>",
      "struct<a:string>",
      "decimal(38,18)",
    ]);
    const [row] = await frame.collect();
    expect(row?.d.toString()).toBe("2020-01-31");
    expect(row?.toObject()).toMatchObject({ s: "x", n: 1, b: 2n, t: new Timestamp(0n), l: [1n], m: new Map([["k", 1]]), o: { a: "y" } });
    expect(() => spark.createDataFrame([])).toThrow(expect.objectContaining({ code: "EMPTY_ROWS" }) as Error);
    expect(() => spark.createDataFrame([["x", "y", 1]] as unknown as [], saleColumns)).toThrow(
      expect.objectContaining({ code: "VALUE_TYPE_MISMATCH" }) as Error,
    );
    expect(() => LocalDate.of("2020-02-30")).toThrow(expect.objectContaining({ code: "VALUE_MALFORMED" }) as Error);
    expect(() => F.col("a").cast("strng" as "string")).toThrow(expect.objectContaining({ code: "TYPE_TEXT_MALFORMED" }) as Error);
  });

  test("what the compiler knows of sources", async () => {
    const cities = schema({ city: types.string, size: types.bigint });
    const known = spark.createDataFrame([{ city: "Oslo", size: 1n }], cities);
    const [row] = await known.collect();
    const size: bigint | undefined = row?.size;
    expect(size).toBe(1n);
    // @ts-expect-error -- no such column
    await expect(known.select("zise").count()).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITH_SUGGESTION" });
    // @ts-expect-error -- text is no BIGINT
    expect(() => spark.createDataFrame([{ city: "Oslo", size: "big" }], cities)).toThrow("VALUE_TYPE_MISMATCH");
    // @ts-expect-error -- the column is never null
    expect(() => spark.createDataFrame([{ city: null, size: 1n }], cities)).toThrow("VALUE_TYPE_MISMATCH");
    const inferred = spark.createDataFrame([{ city: "Oslo", size: 3 }]);
    // @ts-expect-error -- no such column
    await expect(inferred.filter(F.col("sise").gt(2)).count()).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITH_SUGGESTION" });
    // @ts-expect-error -- no such column
    expect(() => spark.read.schema(cities).parquet("cities").select("town")).not.toThrow();
    expect((await spark.range(3).first())?.id).toBe(0n);
  });

  test("equal names: by position alone", async () => {
    const [row] = await spark.range(1).selectExpr("1 AS a", "2 AS a").collect();
    expect([row?.[0], row?.[1], row?.length]).toEqual([1, 2, 2]);
    expect(() => row?.a as unknown).toThrow(expect.objectContaining({ code: "AMBIGUOUS_COLUMN_NAME" }) as Error);
    expect(row?.toJSON()).toEqual({ a: 2 });
    expect(String(row)).toBe("[1,2]");
    const [other] = await spark.range(1).selectExpr("'x' AS `1`", "'y' AS `0`", "'z' AS length").collect();
    expect([other?.[0], other?.getAs("0"), other?.length, other?.getAs("length")]).toEqual(["x", "y", 3, "z"]);
  });

  test("a column is no value of the program", () => {
    expect(() => `${F.col("a") as unknown as string}`).toThrow(expect.objectContaining({ code: "CANNOT_CONVERT_COLUMN" }) as Error);
  });
});

test("show reads no more than it prints, and prints as Spark does", async () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await spark.range(3).show(2);
  await sales().printSchema();
  const printed = print.mock.calls.map(([text]) => String(text));
  print.mockRestore();
  expect(printed).toEqual([
    "+---+\n| id|\n+---+\n|  0|\n|  1|\n+---+\nonly showing top 2 rows\n",
    "root\n |-- city: string (nullable = false)\n |-- year: integer (nullable = false)\n |-- amount: double (nullable = true)\n",
  ]);
});

test("rows one after the other", async () => {
  const ids: bigint[] = [];
  for await (const row of spark.range(0, 10, 3, 2).toLocalIterator()) ids.push(row.id);
  await spark.range(2).foreach((row) => ids.push(row.id));
  expect(ids).toEqual([0n, 3n, 6n, 9n, 0n, 1n]);
});

test("views by name", async () => {
  sales().createOrReplaceTempView("sales_view");
  expect(() => sales().createTempView("sales_view")).toThrow("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS");
  expect(await lines(await spark.sql("SELECT max(amount) FROM sales_view"))).toEqual(["20.0"]);
  expect(await spark.table("sales_view").count()).toBe(5);
});

test("all stages of a query say where the program asked for its rows", async () => {
  await using session = new SparkSession({ master: "local[2]", appName: "sites" });
  const names: string[] = [];
  session.sparkContext.addSparkListener((event) => {
    if (event.Event === "SparkListenerStageCompleted") names.push((event["Stage Info"] as { "Stage Name": string })["Stage Name"]);
  });
  const frame = session.range(0, 1000, 1, 4).groupBy("id").count().orderBy("id");
  const [first] = await frame.take(1);
  expect(first?.get(0)).toBe(0n);
  await frame.collect();
  await expect.poll(() => names.length).toBeGreaterThan(3);
  for (const name of names) expect(name).toMatch(/^collect at data-frame\.test\.ts:\d+$/);
});
