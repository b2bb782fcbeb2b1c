// A broadcast table, accumulators, and what a failing task tells.
import { SparkContext } from "@vonk/core";

await using sc = new SparkContext({ master: "local[2]", appName: "shared variables" });
const prices = sc.broadcast(
  new Map([
    ["apple", 0.5],
    ["pear", 0.75],
  ]),
);
const unknown = sc.collectionAccumulator<string>("unknown goods");
const total = sc.doubleAccumulator("total");
await sc.parallelize(["apple", "pear", "plum", "apple"]).foreach((good) => {
  const price = prices.value.get(good);
  if (price === undefined) unknown.add(good);
  else total.add(price);
});
console.log(total.value, unknown.value);

try {
  await sc
    .parallelize(["1", "2", "three"], 3)
    .map((text) => JSON.parse(text) as number)
    .count();
} catch (error) {
  const { code, cause } = error as { code: string; cause: Error };
  console.log(code, cause.message.includes("Unexpected token"));
}
