// Nulls: counted, filled, dropped, compared. Run: node docs/examples/missing-values.ts
import { functions as F, nullable, schema, SparkSession, types } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "missing values" });
const people = spark.createDataFrame(
  [
    ["Ann", 31, "Oslo"],
    ["Bob", null, "Rome"],
    [null, 45, null],
  ],
  schema({ name: nullable(types.string), age: nullable(types.int), city: nullable(types.string) }),
);
const [missing] = await people
  .agg(...(["name", "age", "city"] as const).map((name) => F.count_if(people.col(name).isNull()).as(name)))
  .collect();
console.log(missing?.toObject());
await people.na.fill("unknown").na.fill(0, "age").show();
console.log((await people.na.drop("any", "name").collect()).map((row) => row.name.length).join());
console.log(
  await people.filter(people.col("city").eqNullSafe(null)).count(),
  await people.filter(people.col("city").equalTo("Oslo")).count(),
);
