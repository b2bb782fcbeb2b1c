import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSystems } from "@vonk/filesystem/internal";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileFormat } from "./parquet-format.ts";

const golden = join(import.meta.dirname, "../../test/golden");
const files = new FileSystems(import.meta.dirname);
let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "parquet-format-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

test("a table knows its columns and rows, and has a partition a row group", async () => {
  const table = await fileFormat.open(files, [join(golden, "groups.parquet")], {});
  const scan = table.scan(
    table.schema.fields.slice(0, 1).map((field) => field.name),
    [],
  );
  expect(table.statistics.rowCount).toBeGreaterThan(0);
  expect(scan.partitions.length).toBeGreaterThan(1);
});

test("queries read files by name, and count rows without reading a column", async () => {
  await using spark = new SparkSession({ master: "local[2]", appName: "parquet" });
  const path = join(golden, "groups.parquet");
  const rows = await spark.read.parquet(path).collect();
  const [counted] = await (await spark.sql(`SELECT count(*) FROM parquet.\`${path}\``)).collect();
  expect(counted?.get(0)).toBe(BigInt(rows.length));
});

test("pipelines that the executor has no memory for go row by row", async () => {
  const path = join(golden, "groups.parquet");
  const query = `SELECT count(*) n FROM parquet.\`${path}\` WHERE required IS NOT NULL`;
  await using spark = new SparkSession({ master: "local[1]", appName: "parquet", conf: { "spark.memory.fraction": "0.002" } });
  const [row] = await (await spark.sql(query)).collect();
  expect(row?.get(0)).toBe(BigInt((await spark.read.parquet(path).collect()).length));
});

test("no files, and files of different columns, are refused", async () => {
  await expect(fileFormat.open(files, [scratch], {})).rejects.toThrow("PARQUET_NO_FILES");
  const two = [join(golden, "groups.parquet"), join(golden, "nested.parquet")];
  await expect(fileFormat.open(files, two, {})).rejects.toThrow("PARQUET_SCHEMA_MISMATCH");
});

test("queries of files with Bloom filters and indexes of pages, row by row and compiled", async () => {
  const path = join(scratch, "indexed");
  await using spark = new SparkSession({ master: "local[1]", appName: "parquet" });
  const all = await spark.sql("SELECT id, cast(id % 7 AS INT) small, concat('t', id * 3) text FROM range(0, 3000, 1, 1)");
  const bloom = { "parquet.bloom.filter.enabled#text": "true", "parquet.page.row.count.limit": 100 };
  await all.write.options(bloom).parquet(path);
  const rows = async (condition: string): Promise<unknown[]> => {
    const from = `FROM parquet.\`${path}\` WHERE ${condition}`;
    const ids = (await (await spark.sql(`SELECT id, text ${from} ORDER BY id`)).collect()).map((row) => row.get(0));
    const [counted] = await (await spark.sql(`SELECT count(id), count(DISTINCT text) ${from}`)).collect();
    expect(counted?.toSeq()).toEqual([BigInt(ids.length), BigInt(ids.length)]);
    return ids;
  };
  expect(await rows("text = 't300'")).toEqual([100n]);
  expect(await rows("text IN ('t299', 't4')")).toEqual([]);
  expect(await rows("id BETWEEN 1498 AND 1501 AND small < 10")).toEqual([1498n, 1499n, 1500n, 1501n]);
  expect(await rows("id IN (5, 2999, 4000)")).toEqual([5n, 2999n]);
});

test("intervals come back as intervals, compiled too", async () => {
  const path = join(scratch, "intervals");
  await using spark = new SparkSession({ master: "local[1]", appName: "parquet" });
  const frame = await spark.sql(
    "SELECT make_ym_interval(1, CAST(id AS INT)) ym, make_dt_interval(0, 0, 0, id) dt, id FROM range(0, 20, 1, 1)",
  );
  await frame.write.parquet(path);
  const read = spark.read.parquet(path);
  expect((await read.dtypes()).map(([, type]) => type)).toEqual(["interval year to month", "interval day to second", "bigint"]);
  const query = `SELECT CAST(max(ym) AS STRING), count(id) FROM parquet.\`${path}\` WHERE dt > INTERVAL '5' SECOND AND ym < INTERVAL '2-3' YEAR TO MONTH`;
  for (const way of ["true", "false"]) {
    spark.conf.set("spark.sql.codegen.wholeStage", way);
    const [row] = await (await spark.sql(query)).collect();
    expect(row?.toSeq()).toEqual(["INTERVAL '2-2' YEAR TO MONTH", 9n]);
  }
});

test("conditions that leave rows out before they are read find the same rows", async () => {
  const path = join(scratch, "pruned");
  await using spark = new SparkSession({ master: "local[1]", appName: "parquet" });
  const columns =
    "if(id % 10 = 3, null, id) n, CAST(id / 4 AS DECIMAL(10, 2)) d, concat(char(65 + id DIV 100), id) t, CAST(id % 50 AS INT) i";
  const frame = await spark.sql(`SELECT ${columns} FROM range(0, 2000, 1, 1)`);
  await frame.write.option("parquet.page.row.count.limit", 50).parquet(path);
  const counts = async (rows: string): Promise<readonly unknown[]> => {
    const [row] = await (await spark.sql(`SELECT ${rows} FROM parquet.\`${path}\``)).collect();
    return row?.toSeq() ?? [];
  };
  const conditions = [
    ["d > 7", 1971],
    ["d < 3.125 OR d > 499.5", 14],
    ["d = 7.125", 0],
    ["d IN (1.25, 8.375, 9000)", 1],
    ["n IS NULL AND i = 3", 40],
    ["n <=> 17 OR n <=> null", 201],
    ["t LIKE 'C2_5'", 10],
    ["startswith(t, 'D') AND t LIKE '%5'", 10],
    ["t LIKE 'zz%' OR (n > 1990 AND i = 45)", 1],
    ["i = 7.5", 0],
    ["i >= 48.5 AND n < 100", 2],
  ] as const;
  const unfiltered = await counts(conditions.map(([condition]) => `count_if(${condition})`).join());
  expect(unfiltered).toEqual(conditions.map(([, count]) => BigInt(count)));
  for (const [condition, count] of conditions) {
    const [row] = await (await spark.sql(`SELECT count(t) FROM parquet.\`${path}\` WHERE ${condition}`)).collect();
    expect([condition, row?.get(0)]).toEqual([condition, BigInt(count)]);
  }
});
