// Joins of every kind; keys are checked by the compiler. Run: node docs/examples/joins.ts
import { functions as F, SparkSession } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "joins" });
const people = spark.createDataFrame([
  { id: 1n, name: "Ann", team: "red" },
  { id: 2n, name: "Bob", team: "blue" },
  { id: 3n, name: "Cid", team: "none" },
]);
const teams = spark.createDataFrame([
  { team: "red", lead: 1n },
  { team: "blue", lead: 3n },
]);
const names = async (frame: typeof people): Promise<string> => (await frame.orderBy("id").collect()).map((row) => row.name).join(" ");

for (const row of await people.join(teams, "team", "left").orderBy("id").collect()) console.log(row.name, row.lead);
console.log("with a team:", await names(people.join(teams, "team", "left_semi")));
console.log("without:", await names(people.join(teams, "team", "left_anti")));
const leads = people.join(teams, people.col("id").equalTo(teams.col("lead"))).select(people.col("name"), teams.col("team").as("leads"));
console.log((await leads.orderBy(F.col("leads")).collect()).map((row) => `${row.name} leads ${row.leads}`).join(", "));
