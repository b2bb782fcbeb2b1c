import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession, type DataFrame } from "../src/index.ts";

let spark: SparkSession;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "warehouse-"));
  const context = new SparkSession({ master: "local[2]", appName: "catalog.test" });
  spark = context.newSession({ "spark.sql.warehouse.dir": folder });
});

afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

async function values<S extends object>(frame: DataFrame<S>): Promise<unknown[][]> {
  return (await frame.collect()).map((row) => row.toSeq());
}

test("a saved table is there in another session, and takes rows", async () => {
  const rows = spark.createDataFrame([
    { id: 1n, kind: "a" },
    { id: 2n, kind: "b" },
  ]);
  await rows.write.partitionBy("kind").saveAsTable("things");
  await expect(rows.write.saveAsTable("things")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_ALREADY_EXISTS" });
  await rows.write.mode("ignore").saveAsTable("things");
  const other = spark.newSession({ "spark.sql.warehouse.dir": folder });
  expect(await values(await other.sql("SELECT id, kind FROM default.things ORDER BY id"))).toEqual([
    [1n, "a"],
    [2n, "b"],
  ]);
  await other.sql("INSERT INTO things VALUES (3, 'c')");
  await rows.write.insertInto("things");
  await expect(rows.select("id").write.insertInto("things")).rejects.toMatchObject({
    code: "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
  });
  expect(await spark.table("things").count()).toBe(5);
  await rows.filter("id = 1").write.mode("overwrite").insertInto("things");
  expect(await values(spark.table("THINGS"))).toEqual([[1n, "a"]]);
  expect(existsSync(join(folder, "things", "kind=a"))).toBe(true);
  await rows.write.mode("overwrite").saveAsTable("things");
  expect(await spark.table("things").columns()).toEqual(["id", "kind"]);
  expect(await spark.catalog.tableExists("things")).toBe(true);
  await spark.sql("DROP TABLE things");
  expect([await spark.catalog.tableExists("things"), existsSync(join(folder, "things"))]).toEqual([false, false]);
  await expect(rows.write.insertInto("things")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
});

test("what there is by name", async () => {
  const session = spark.newSession({ "spark.sql.warehouse.dir": folder });
  await session.range(1).write.saveAsTable("stored");
  await session.sql("CREATE TABLE held (a INT)");
  session.range(1).createOrReplaceTempView("seen");
  session.udf.register("shout", (text: string) => `${text}!`, "string");
  expect((await session.catalog.listTables()).map(({ name, isTemporary }) => `${name} ${isTemporary}`)).toEqual([
    "held false",
    "seen true",
    "stored false",
  ]);
  expect(await session.catalog.listColumns("held")).toEqual([{ name: "a", dataType: "int", nullable: true }]);
  expect([
    session.catalog.functionExists("upper"),
    session.catalog.functionExists("shout"),
    session.catalog.functionExists("nothing"),
  ]).toEqual([true, true, false]);
  expect(
    session.catalog
      .listFunctions()
      .filter((entry) => entry.isTemporary)
      .map((entry) => entry.name),
  ).toEqual(["shout"]);
  expect([session.catalog.dropTempView("seen"), session.catalog.dropTempView("seen")]).toEqual([true, false]);
  expect([session.catalog.currentCatalog(), session.catalog.currentDatabase()]).toEqual(["spark_catalog", "default"]);
});

test("CACHE TABLE keeps the rows of views, tables and queries", async () => {
  const session = spark.newSession({ "spark.sql.warehouse.dir": folder });
  await session.sql("CREATE TEMP VIEW drawn AS SELECT id, rand() AS r FROM range(3)");
  await session.sql("CACHE TABLE drawn");
  const first = await values(session.table("drawn"));
  expect(await values(session.table("drawn"))).toEqual(first);
  expect(session.catalog.isCached("drawn")).toBe(true);
  expect(await (await session.sql("SELECT * FROM drawn WHERE id > 0")).explainString()).toContain("InMemoryTableScan");
  await session.sql("UNCACHE TABLE drawn");
  expect(session.catalog.isCached("drawn")).toBe(false);
  expect(await values(session.table("drawn"))).not.toEqual(first);
  await session.sql("CACHE LAZY TABLE few AS SELECT id FROM range(5) WHERE id < 2");
  expect(await session.table("few").count()).toBe(2);
  await session.sql("CREATE TABLE held AS SELECT 1 AS a");
  await session.catalog.cacheTable("held");
  expect(session.catalog.isCached("held")).toBe(true);
  await session.sql("INSERT INTO held VALUES (2)");
  expect(await session.table("held").count()).toBe(2);
  await session.sql("UNCACHE TABLE held");
  await session.sql("CLEAR CACHE");
  expect(session.catalog.isCached("few")).toBe(false);
  await expect(session.sql("CACHE TABLE nothing")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
  await expect(session.sql("UNCACHE TABLE nothing")).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
  await session.sql("UNCACHE TABLE IF EXISTS nothing");
});

test("what is kept of a table in files follows the table", async () => {
  const session = spark.newSession({ "spark.sql.warehouse.dir": folder });
  await session.range(3).write.saveAsTable("followed");
  await session.sql("CACHE TABLE followed");
  expect(session.catalog.isCached("followed")).toBe(true);
  expect(await session.table("followed").filter("id > 0").explainString()).toContain("InMemoryTableScan");
  await session.sql("INSERT INTO followed VALUES (7)");
  expect(await session.table("followed").count()).toBe(4);
  await session.range(1).write.mode("overwrite").insertInto("followed");
  expect(await values(session.table("followed"))).toEqual([[0n]]);
  await session.sql("UNCACHE TABLE followed");
  expect(session.catalog.isCached("followed")).toBe(false);
  expect(await session.table("followed").explainString()).not.toContain("InMemoryTableScan");
  await session.sql("DROP TABLE followed");
  await expect(session.table("followed").count()).rejects.toMatchObject({ code: "TABLE_OR_VIEW_NOT_FOUND" });
});
