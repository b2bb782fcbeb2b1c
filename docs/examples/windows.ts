// Window functions: ranks, neighbours, running sums. Run: node docs/examples/windows.ts
import { functions as F, SparkSession, Window } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "windows" });
const readings = spark.createDataFrame([
  { sensor: "a", hour: 1, value: 20 },
  { sensor: "a", hour: 2, value: 26 },
  { sensor: "a", hour: 3, value: 23 },
  { sensor: "b", hour: 1, value: 5 },
  { sensor: "b", hour: 2, value: 9 },
]);
const inOrder = Window.partitionBy("sensor").orderBy("hour");
const byValue = Window.partitionBy("sensor").orderBy(F.desc("value"));
await readings
  .withColumn("change", readings.col("value").minus(F.lag(readings.col("value")).over(inOrder)))
  .withColumn("so_far", F.sum("value").over(inOrder.rowsBetween(Window.unboundedPreceding, Window.currentRow)))
  .withColumn("rank", F.rank().over(byValue))
  .orderBy("sensor", "hour")
  .show();
