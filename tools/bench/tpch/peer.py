"""TPC-H on another engine: peer.py ENGINE SOURCE DATA QUERIES RUNS, ENGINE duckdb, polars or spark, SOURCE parquet or cached.

One warm-up and RUNS timed runs a query, two threads, rows fetched inside the timing. Prints one line of JSON: {query: {ms, rows}}.
"""
import datetime
import decimal
import json
import os
import pathlib
import re
import statistics
import sys
import time

TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"]


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, datetime.date) else value


def duckdb_engine(source, data):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    kind = "table" if source == "cached" else "view"
    for table in TABLES:
        connection.execute(f"create {kind} {table} as select * from read_parquet('{data}/{table}.parquet')")
    return lambda text: connection.execute(text).fetchall()


def polars_engine(source, data):
    os.environ["POLARS_MAX_THREADS"] = "2"
    import polars

    read = (lambda path: polars.read_parquet(path).lazy()) if source == "cached" else polars.scan_parquet
    context = polars.SQLContext({table: read(f"{data}/{table}.parquet") for table in TABLES})
    year = re.compile(r"\byear\((\w+)\)")
    return lambda text: context.execute(year.sub(r"extract(year from \1)", text)).collect(engine="streaming").rows()


def spark_engine(source, data):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "8g").config("spark.ui.showConsoleProgress", "false")
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for table in TABLES:
        frame = spark.read.parquet(f"{data}/{table}.parquet")
        if source == "cached":
            frame = frame.cache()
            frame.count()
        frame.createOrReplaceTempView(table)
    return lambda text: [tuple(row) for row in spark.sql(text).collect()]


def main():
    engine, source, data, queries, runs = sys.argv[1:6]
    run = {"duckdb": duckdb_engine, "polars": polars_engine, "spark": spark_engine}[engine](source, data)
    results = {}
    for number in range(1, 23):
        text = pathlib.Path(queries, f"q{number}.sql").read_text().strip().rstrip(";")
        times = []
        for _ in range(int(runs) + 1):
            start = time.perf_counter()
            rows = run(text)
            times.append((time.perf_counter() - start) * 1000)
        results[f"q{number}"] = {"ms": statistics.median(times[1:]), "rows": [[plain(value) for value in row] for row in rows]}
    print("RESULT " + json.dumps(results), flush=True)


main()
