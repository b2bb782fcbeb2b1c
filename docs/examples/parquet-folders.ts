// Parquet files in folders by value, written, overwritten and read in part. Run: node docs/examples/parquet-folders.ts
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functions as F, SparkSession } from "@vonk/sql";

const folder = mkdtempSync(join(tmpdir(), "vonk-example-"));
const path = join(folder, "events");
{
  await using spark = new SparkSession({ master: "local[2]", appName: "Parquet folders" });
  const events = spark.range(1000).select(F.col("id"), F.col("id").mod(3).plus(2020).cast("int").as("year"));
  await events.write.partitionBy("year").parquet(path);
  console.log(readdirSync(path).toSorted().join(" "));

  const stored = spark.read.parquet(path);
  console.log(await stored.count(), await stored.filter(stored.col("year").equalTo(2021)).count());
  const plan = await stored.filter(stored.col("year").equalTo(2021)).explainString();
  console.log(/\d+ folder\(s\), \d+ read/.exec(plan)?.[0]);

  // A query may read what it overwrites: the new folder takes the old one's place at the end.
  await stored.filter("id < 10").write.mode("overwrite").partitionBy("year").parquet(path);
  console.log(await spark.read.parquet(path).count());
}
rmSync(folder, { recursive: true });
