import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkSession } from "@vonk/sql";

/** A session on whose tables queries run: the Parquet files of a folder, each a view. */
export function openTables(master: string, data: string, settings: Readonly<Record<string, string>>): SparkSession {
  const spark = new SparkSession({ master, appName: "bench", conf: { ...settings } });
  for (const table of tableNames(data)) spark.read.parquet(join(data, `${table}.parquet`)).createOrReplaceTempView(table);
  return spark;
}

/** The text of a query without its semicolon. */
export function queryText(folder: string, name: string): string {
  return readFileSync(join(folder, `${name}.sql`), "utf8")
    .trim()
    .replace(/;$/, "");
}

/** The tables that a folder holds, a Parquet file each. */
export function tableNames(data: string): string[] {
  return readdirSync(data).map((file) => file.replace(".parquet", ""));
}
