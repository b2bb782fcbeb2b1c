// A DataFrame of a program's rows: conditions, new columns, groups. Run: node docs/examples/data-frame-basics.ts
import { functions as F, SparkSession } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "DataFrame basics" });
const sales = spark.createDataFrame([
  { city: "Oslo", item: "tea", amount: 12.5 },
  { city: "Oslo", item: "cups", amount: 40 },
  { city: "Rome", item: "tea", amount: 7.5 },
  { city: "Rome", item: "tea", amount: 2.5 },
]);
const large = sales.filter(sales.col("amount").gt(5)).withColumn("taxed", sales.col("amount").multiply(1.25));
await large.select("city", "taxed").orderBy(F.desc("taxed")).show();

const totals = sales.groupBy("city").agg(F.sum(sales.col("amount")).as("total"), F.count("*").as("sales"));
for (const row of await totals.orderBy("city").collect()) console.log(`${row.city}: ${row.sales} sales, ${row.total}`);
