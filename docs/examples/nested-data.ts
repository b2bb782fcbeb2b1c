// Arrays, maps and structs: taken apart, changed, put together. Run: node docs/examples/nested-data.ts
import { functions as F, SparkSession } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "nested data" });
const orders = spark.createDataFrame([
  { id: 1n, tags: ["new", "gift"], prices: [3, 4.5], place: { city: "Oslo", zip: "0150" } },
  { id: 2n, tags: ["old"], prices: [10], place: { city: "Rome", zip: "00118" } },
]);
const tags = orders.select("id", F.explode(orders.col("tags")).as("tag"));
console.log((await tags.orderBy("id", "tag").collect()).map((row) => `${row.id}:${row.tag}`).join(" "));

const sums = orders.select(
  orders.col("place").getField("city").as("city"),
  F.aggregate("prices", F.lit(0.0).cast("double"), (sum, price) => sum.plus(price)).as("sum"),
  F.transform("tags", (tag) => F.upper(tag)).as("loud"),
);
console.log(JSON.stringify(await sums.orderBy("city").collect()));
const grouped = tags.groupBy("id").agg(F.collect_list(tags.col("tag")).as("tags"));
for (const row of await grouped.orderBy("id").collect()) console.log(row.id, [...row.tags].toSorted());
