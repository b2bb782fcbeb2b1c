"""Spark's side of the cold start: word count of a small file, to the printed result. Argument: the file."""
import sys

from pyspark.sql import SparkSession

sc = SparkSession.builder.getOrCreate().sparkContext
counts = sc.textFile(sys.argv[1]).flatMap(lambda line: line.split(" ")).map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b).collect()
print(len(counts), "words", flush=True)
