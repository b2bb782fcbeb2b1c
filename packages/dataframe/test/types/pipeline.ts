import { functions as F, Window } from "@vonk/dataframe";
import { customers, orders, products } from "./tables.ts";

/*
 * Fifty steps: what checking a long program costs.
 */

const recent = orders
  .filter(orders.col("day").geq("2020-01-01"))
  .withColumn("year", F.year("day"))
  .withColumn("month", F.month("day"))
  .withColumn("net", orders.col("total").divide(1.21))
  .withColumn("tax", orders.col("total").minus(orders.col("total").divide(1.21)))
  .withColumn("many", orders.col("items").gt(9))
  .withColumnRenamed("id", "order")
  .drop("note")
  .filter(F.col("net").gt(0))
  .na.fill(0, "net");
const enriched = recent
  .join(customers, "customer", "left")
  .withColumn("abroad", F.col("country").notEqual("NL"))
  .withColumn("initial", F.left(F.col("name"), 1))
  .withColumn("age", F.datediff(F.col("day"), F.col("born")))
  .filter(F.col("vip").or(F.col("many")))
  .withColumnRenamed("name", "customer_name")
  .drop("born")
  .withColumn("label", F.concat_ws("-", "country", "customer_name"))
  .withColumn("key", F.md5("label"))
  .dropDuplicates("order");
const ranked = enriched
  .withColumn("rank", F.row_number().over(Window.partitionBy("country").orderBy(F.desc("net"))))
  .filter(F.col("rank").leq(10))
  .withColumn("before", F.lag("net", 1).over(Window.partitionBy("country").orderBy("day")))
  .withColumn("running", F.sum("net").over(Window.partitionBy("customer").orderBy("day")))
  .withColumn("share", F.col("net").divide(F.col("running")))
  .withColumn("size", F.when(F.col("items").gt(9), "many").when(F.col("items").gt(1), "some").otherwise("one"))
  .join(products, F.col("order").equalTo(products.col("product")), "left")
  .withColumn("kilos", F.coalesce(products.col("weight"), F.lit(0)))
  .drop("weight", "product")
  .withColumn("heavy", F.col("kilos").gt(20));
const byMonth = ranked
  .groupBy("country", "year", "month", "size")
  .agg(F.sum("net").as("net"), F.sum("tax").as("tax"), F.count("*").as("orders"), F.avg("age").as("age"), F.max("day").as("last"))
  .withColumn("per_order", F.col("net").divide(F.col("orders")))
  .filter(F.col("orders").gt(1))
  .withColumn("quarter", F.ceil(F.col("month").divide(3)))
  .withColumn("trend", F.col("net").minus(F.lag("net", 1).over(Window.partitionBy("country").orderBy("year", "month"))))
  .orderBy("country", F.desc("year"))
  .withColumnsRenamed({ net: "revenue", tax: "vat" })
  .drop("last")
  .withColumn("total", F.col("revenue").plus(F.col("vat")))
  .filter(F.col("total").isNotNull());
const byCountry = byMonth
  .groupBy("country")
  .agg(F.sum(byMonth.col("orders")).as("orders"), F.max("total").as("best"), F.collect_set("size").as("sizes"))
  .withColumn("one_size", F.size("sizes").equalTo(1))
  .filter(F.not(F.col("one_size")))
  .withColumn("level", F.when(F.col("best").gt(1000), "high").otherwise("low"))
  .withColumn("country", F.upper("country"))
  .select("country", "orders", "best", "level")
  .distinct()
  .orderBy(F.desc("best"))
  .limit(20)
  .withColumnRenamed("best", "best_month");
const [row] = await byCountry.collect();

export const result: readonly [string | null, bigint | null, string] | undefined = row && [row.country, row.orders, row.level];
