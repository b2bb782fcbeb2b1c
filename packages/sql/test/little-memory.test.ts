import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

/*
 * Queries whose pipelines do not fit the executor go row by row, whatever asks for their rows.
 */

const folder = mkdtempSync(join(tmpdir(), "vonk-little-memory-"));
const rows = 50_000;
const wide = `SELECT k, t, count(*) AS c FROM wide GROUP BY k, t`;
let spark: SparkSession;
let warnings = 0;

beforeAll(async () => {
  const plenty = new SparkSession({ master: "local[2]" });
  await (await plenty.sql(`SELECT id AS k, repeat(CAST(id AS STRING), 40) AS t FROM range(${rows})`)).write.parquet(join(folder, "wide"));
  await plenty.stop();
  spark = new SparkSession({ master: "local[2]", conf: { "spark.executor.memory": "16m" } });
  const { log } = spark.sparkContext;
  const warn = log.warn.bind(log);
  log.warn = (message, ...rest) => {
    if (message.startsWith("A query goes row by row")) warnings++;
    else warn(message, ...rest);
  };
  spark.read.parquet(join(folder, "wide")).createOrReplaceTempView("wide");
});

afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

async function falls(action: () => Promise<void>): Promise<void> {
  const before = warnings;
  await action();
  expect(warnings).toBe(before + 1);
}

test("collect", { timeout: 60_000 }, () =>
  falls(async () => {
    const counted = await (await spark.sql(`SELECT count(*), sum(k), sum(c), max(length(t)) AS m FROM (${wide})`)).collect();
    expect(counted.map((row) => row.toSeq().map(String))).toEqual([[String(rows), "1249975000", String(rows), "200"]]);
  }),
);

test("toLocalIterator", { timeout: 60_000 }, () =>
  falls(async () => {
    let count = 0;
    for await (const row of (await spark.sql(wide)).toLocalIterator()) count += Number(row.get(2));
    expect(count).toBe(rows);
  }),
);

test("writing leaves the files of one attempt", { timeout: 60_000 }, () =>
  falls(async () => {
    const path = join(folder, "written");
    await (await spark.sql(wide)).write.parquet(path);
    expect(readdirSync(path).filter((file) => !file.endsWith(".parquet") && file !== "_SUCCESS" && !file.endsWith(".crc"))).toEqual([]);
    const read = await (await spark.sql(`SELECT count(*), count(DISTINCT k) FROM parquet.\`${path}\``)).collect();
    expect(read.map((row) => row.toSeq().map(String))).toEqual([[String(rows), String(rows)]]);
  }),
);
