// SQL text and DataFrames over the same views. Run: node docs/examples/sql-and-views.ts
import { functions as F, SparkSession } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "SQL and views" });
await spark.sql(
  "CREATE TEMP VIEW flights AS SELECT * FROM VALUES ('AMS', 'OSL', 12), ('AMS', 'FCO', 40), ('OSL', 'AMS', 3) AS t(origin, dest, delay)",
);
const worst = await spark.sql(`
  WITH ranked AS (SELECT *, row_number() OVER (PARTITION BY origin ORDER BY delay DESC) AS n FROM flights)
  SELECT origin, dest, delay FROM ranked WHERE n = 1 ORDER BY origin
`);
await worst.show();

const late = spark.table("flights").filter("delay > 10").groupBy("origin").agg(F.count("*").as("late"));
late.createOrReplaceTempView("late");
console.log((await (await spark.sql("SELECT origin || ': ' || late AS text FROM late")).collect()).map((row) => row["text"]).join());
console.log((await spark.catalog.listTables()).map((table) => table.name).join(" "));
