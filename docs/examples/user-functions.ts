// Functions of the program in DataFrames and in SQL, sync and async. Run: node docs/examples/user-functions.ts
import { setTimeout as wait } from "node:timers/promises";
import { SparkSession, udf } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "user functions" });
const greeting = "Hello";
const greet = udf((name: string) => `${greeting}, ${name}!`, "string");
const people = spark.createDataFrame([{ name: "Ann" }, { name: "Bob" }]);
console.log((await people.select(greet("name").as("text")).collect()).map((row) => row.text).join(" "));

// Calls of an async function run side by side, a bounded number at once.
const lookUp = udf(
  async (id: bigint) => {
    await wait(20);
    return `user ${id}`;
  },
  "string",
  { name: "look_up" },
);
console.log((await spark.range(50).select(lookUp("id").as("user")).tail(1))[0]?.user);

spark.udf.register("shout", (text: string) => text.toUpperCase(), "string");
people.createOrReplaceTempView("people");
console.log((await (await spark.sql("SELECT shout(name) AS s FROM people ORDER BY s DESC")).collect()).map((row) => row["s"]).join(" "));
