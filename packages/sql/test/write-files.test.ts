import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functions as F, LocalDate, nullable, schema, SparkSession, types, udf, type DataFrame } from "../src/index.ts";

let spark: SparkSession;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "write-files-"));
  spark = new SparkSession({ master: "local[2]", appName: "write-files.test" });
});

afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

const columns = schema({ city: nullable(types.string), year: types.int, n: types.bigint, day: types.date });

function rows(): DataFrame<{ city: string | null; year: number; n: bigint; day: LocalDate }> {
  const day = (text: string): LocalDate => LocalDate.of(text);
  return spark.createDataFrame(
    [
      ["Oslo", 2020, 1n, day("2020-01-01")],
      ["a/b=c %", 2020, 2n, day("2020-01-02")],
      [null, 2021, 3n, day("2021-01-01")],
      ["", 2021, 4n, day("2021-01-02")],
    ],
    columns,
  );
}

async function numbers<S extends object>(frame: DataFrame<S>): Promise<unknown[]> {
  return (await frame.collect()).map((row) => row.get(0)).toSorted((a, b) => Number(a) - Number(b));
}

const filesOf = (path: string): string[] => readdirSync(path, { recursive: true, encoding: "utf8" }).toSorted();

test("files in a folder, whole and with _SUCCESS, and back", async () => {
  const path = join(folder, "plain");
  await rows().write.parquet(path);
  const files = filesOf(path);
  expect(files[0]).toBe("_SUCCESS");
  expect(files.slice(1).every((name) => /^part-0000\d-\w+\.c000\.snappy\.parquet$/.test(name))).toBe(true);
  const back = spark.read.schema(columns).parquet(path);
  expect((await back.orderBy("n").collect()).map((row) => row.toObject())).toEqual((await rows().collect()).map((row) => row.toObject()));
  expect(await spark.read.parquet(path).columns()).toEqual(["city", "year", "n", "day"]);
});

test("no rows are a file with the columns", async () => {
  const path = join(folder, "empty");
  await rows().filter("false").write.option("compression", "zstd").parquet(path);
  expect(filesOf(path).length).toBe(2);
  expect(await spark.read.parquet(path).dtypes()).toEqual([
    ["city", "string"],
    ["year", "int"],
    ["n", "bigint"],
    ["day", "date"],
  ]);
  await expect(rows().write.option("compression", "brotli").parquet(join(folder, "never"))).rejects.toMatchObject({
    code: "PARQUET_CODEC_UNKNOWN",
  });
});

describe("what is there already", () => {
  test("is an error, stays, grows or is replaced, by mode", async () => {
    const path = join(folder, "modes");
    const two = rows().filter("n < 3").select("n");
    await two.write.parquet(path);
    await expect(two.write.parquet(path)).rejects.toMatchObject({ code: "PATH_ALREADY_EXISTS" });
    await two.write.mode("ignore").parquet(path);
    expect(await numbers(spark.read.parquet(path))).toEqual([1n, 2n]);
    await two.write.mode("append").parquet(path);
    expect(await numbers(spark.read.parquet(path))).toEqual([1n, 1n, 2n, 2n]);
    await spark.read.parquet(path).filter("n = 2").write.mode("overwrite").parquet(path);
    expect(await numbers(spark.read.parquet(path))).toEqual([2n, 2n]);
    expect(readdirSync(folder).filter((name) => name.startsWith("_modes"))).toEqual([]);
  });

  test("a job that fails leaves it, and nothing of its own", async () => {
    const path = join(folder, "kept");
    await rows().select("n").write.parquet(path);
    const before = filesOf(path);
    const fails = udf((n: bigint): bigint => {
      if (n === 4n) throw new Error("no fours");
      return n;
    }, "bigint");
    const bad = rows().select(fails("n").as("n"));
    await expect(bad.write.mode("overwrite").parquet(path)).rejects.toMatchObject({ code: "TASK_FAILED" });
    await expect(bad.write.mode("append").parquet(path)).rejects.toMatchObject({ code: "TASK_FAILED" });
    await expect(bad.write.parquet(join(folder, "new"))).rejects.toMatchObject({ code: "TASK_FAILED" });
    expect(filesOf(path)).toEqual(before);
    expect(existsSync(join(folder, "new"))).toBe(false);
    expect(await numbers(spark.read.parquet(path))).toEqual([1n, 2n, 3n, 4n]);
  });
});

describe("folders by value", () => {
  test("are made, read back as columns of their types, and left out by filters", async () => {
    const path = join(folder, "parts");
    await rows().write.partitionBy("year", "city").parquet(path);
    expect(filesOf(path).filter((name) => !name.includes("part-") && name.includes("/"))).toEqual([
      "year=2020/city=Oslo",
      "year=2020/city=a%2Fb%3Dc %25",
      "year=2021/city=__HIVE_DEFAULT_PARTITION__",
    ]);
    const back = spark.read.parquet(path);
    expect(await back.dtypes()).toEqual([
      ["n", "bigint"],
      ["day", "date"],
      ["year", "int"],
      ["city", "string"],
    ]);
    expect((await back.orderBy("n").select("n", "year", "city").collect()).map((row) => row.toSeq())).toEqual([
      [1n, 2020, "Oslo"],
      [2n, 2020, "a/b=c %"],
      [3n, 2021, null],
      [4n, 2021, null],
    ]);
    const one = back.filter(F.col("year").equalTo(2020).and(F.col("city").startsWith("O")).and(F.col("n").lt(9)));
    expect(await one.explainString()).toContain("3 folder(s), 1 read");
    expect(await numbers(one.select("n"))).toEqual([1n]);
    expect(await back.select("year").distinct().count()).toBe(2);
  });

  test("are replaced one by one when overwriting is dynamic", async () => {
    const path = join(folder, "dynamic");
    const all = rows();
    await all.write.partitionBy("year", "city").parquet(path);
    const next = all.filter("year = 2021").select("city", "year", F.expr("n + 100").as("n"), "day");
    await next.write.mode("overwrite").partitionBy("year", "city").option("partitionOverwriteMode", "dynamic").parquet(path);
    expect(await numbers(spark.read.parquet(path).select("n"))).toEqual([1n, 2n, 103n, 104n]);
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "DYNAMIC");
    try {
      // A folder that was not there before, and a query that reads what it overwrites.
      const grown = spark.read.parquet(path).filter("n = 1").select(F.lit("Bergen").as("city"), "year", "n", "day");
      await grown.write.mode("overwrite").partitionBy("year", "city").parquet(path);
      expect(await numbers(spark.read.parquet(path).select("n"))).toEqual([1n, 1n, 2n, 103n, 104n]);
      await next.filter("n = 104").write.mode("overwrite").partitionBy("year").saveAsTable("replaced");
      await next.filter("n = 103").write.mode("overwrite").partitionBy("year").saveAsTable("replaced");
      expect(await numbers(await spark.sql("SELECT n FROM replaced"))).toEqual([103n]);
      await all.write.mode("overwrite").partitionBy("year").saveAsTable("replaced");
      await next.select("city", "n", "day", "year").write.mode("overwrite").insertInto("replaced");
      expect(await numbers(await spark.sql("SELECT n FROM replaced"))).toEqual([1n, 2n, 103n, 104n]);
    } finally {
      spark.conf.unset("spark.sql.sources.partitionOverwriteMode");
      await spark.sql("DROP TABLE IF EXISTS replaced");
    }
    await next.write.mode("overwrite").partitionBy("year", "city").parquet(path);
    expect(await numbers(spark.read.parquet(path).select("n"))).toEqual([103n, 104n]);
    expect(readdirSync(folder).filter((name) => name.startsWith("_dynamic"))).toEqual([]);
  });

  test("many folders are written with few files open", async () => {
    const path = join(folder, "many");
    await spark.range(0, 300, 1, 1).withColumn("k", F.col("id").mod(100)).write.partitionBy("k").parquet(path);
    expect(await spark.read.parquet(path).count()).toBe(300);
    expect(await numbers(spark.read.parquet(path).filter("k = 7").select("id"))).toEqual([7n, 107n, 207n]);
  });

  test("columns that there are not, and folders that do not fit", async () => {
    await expect(rows().write.partitionBy("country").parquet(join(folder, "never"))).rejects.toMatchObject({
      code: "PARTITION_COLUMN_NOT_FOUND",
    });
    await expect(rows().select("n").write.partitionBy("n").parquet(join(folder, "never"))).rejects.toMatchObject({
      code: "FORMAT_NOT_WRITABLE",
    });
    const path = join(folder, "mixed");
    await rows().select("n", "year").write.partitionBy("year").parquet(path);
    await rows().select("n").write.parquet(join(path, "year=2022"));
    await rows().select("city").write.parquet(join(path, "year=2023"));
    await expect(spark.read.parquet(path).count()).rejects.toMatchObject({ code: "PARTITION_FOLDERS_DIFFER" });
  });
});

test("INSERT OVERWRITE DIRECTORY puts a query's rows in the place of what was there", async () => {
  const path = join(folder, "directory");
  await spark.sql(`INSERT OVERWRITE DIRECTORY '${path}' USING parquet SELECT id FROM range(5)`);
  await spark.sql(
    `WITH t AS (SELECT 7 AS a, 'x' AS b) INSERT OVERWRITE LOCAL DIRECTORY USING csv OPTIONS (path '${path}', sep ';') SELECT * FROM t`,
  );
  const lines = filesOf(path)
    .filter((name) => name.endsWith(".csv"))
    .map((name) => readFileSync(join(path, name), "utf8"));
  expect(lines.join("")).toBe("7;x\n");
  await expect(spark.sql("INSERT OVERWRITE DIRECTORY USING csv SELECT 1")).rejects.toMatchObject({ code: "PARSE_SYNTAX_ERROR" });
});
