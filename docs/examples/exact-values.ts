// A schema, and values that JavaScript does not have: exact decimals, 64-bit integers, days. Run: node docs/examples/exact-values.ts
import { Decimal, functions as F, LocalDate, nullable, schema, SparkSession, types } from "@vonk/sql";

await using spark = new SparkSession({ master: "local[2]", appName: "exact values" });
const invoiceColumns = schema({
  number: types.bigint,
  day: types.date,
  total: types.decimal(12, 2),
  note: nullable(types.string),
});
const invoices = spark.createDataFrame(
  [
    { number: 9007199254740993n, day: LocalDate.of("2024-02-28"), total: Decimal.of("0.10"), note: null },
    { number: 9007199254740994n, day: LocalDate.of("2024-12-31"), total: Decimal.of("0.20"), note: "last" },
  ],
  invoiceColumns,
);
await invoices.printSchema();
const [sum] = await invoices.agg(F.sum(invoices.col("total")).as("total"), F.max(invoices.col("number")).as("number")).collect();
console.log(String(sum?.total), sum?.number);
const due = await invoices.select(F.date_add("day", 2).as("due"), F.coalesce(invoices.col("note"), F.lit("none")).as("note")).collect();
console.log(due.map((row) => `${row.due.toString()} ${row.note}`).join(", "));
