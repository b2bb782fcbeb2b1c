// A report: rows to columns, subtotals, statistics. Run: node docs/examples/pivot-report.ts
import { functions as F, SparkSession } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "pivot report" });
const sales = spark.createDataFrame([
  { year: "2023", quarter: "q1", amount: 10 },
  { year: "2023", quarter: "q2", amount: 20 },
  { year: "2024", quarter: "q1", amount: 15 },
]);
await sales
  .groupBy("year")
  .pivot("quarter", ["q1", "q2"])
  .agg(F.sum(sales.col("amount")))
  .na.fill(0)
  .orderBy("year")
  .show();
const totals = await sales
  .rollup("year")
  .agg(F.sum(sales.col("amount")).as("amount"))
  .collect();
console.log(
  totals
    .map((row) => `${row.year ?? "all"} ${row.amount}`)
    .toSorted()
    .join(", "),
);
await sales.describe("amount").show();
