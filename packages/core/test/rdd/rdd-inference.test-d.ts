// Compiled by rdd-inference.test.ts: what an RDD's type lets through and what it refuses.
import type { RDD, SparkContext } from "../../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Holds only when both types are the same. */
declare function same<A, B>(proof: Equal<A, B>): void;

export function checks(sc: SparkContext): void {
  const numbers = sc.range(0, 3);
  const pairs = sc.parallelize<[string, number]>([["a", 1]]);
  const texts = sc.textFile("a");

  const lengths = texts.map((line) => line.length);
  same<typeof lengths, RDD<number>>(true);
  const awaited = texts.map(async (line) => line.length);
  same<typeof awaited, RDD<number>>(true);
  const words = texts.flatMap((line) => line.split(" "));
  same<typeof words, RDD<string>>(true);
  const keyed = words.keyBy((word) => word.length);
  same<typeof keyed, RDD<[number, string]>>(true);
  const some = numbers.collectPartial((x) => (x > 1 ? `${x}` : undefined));
  same<typeof some, RDD<string>>(true);
  const narrowed = sc.parallelize<string | number>([1]).filter((each): each is string => typeof each === "string");
  same<typeof narrowed, RDD<string>>(true);

  const sums = pairs.reduceByKey((a, b) => a + b);
  same<typeof sums, RDD<[string, number]>>(true);
  const grouped = pairs.groupByKey();
  same<typeof grouped, RDD<[string, number[]]>>(true);
  const joined = pairs.join(keyed.map(([length, word]): [string, number] => [word, length]));
  same<typeof joined, RDD<[string, [number, number]]>>(true);
  const outer = pairs.leftOuterJoin(grouped);
  same<typeof outer, RDD<[string, [number, number[] | undefined]]>>(true);
  const cogrouped = pairs.cogroup(grouped, pairs);
  same<typeof cogrouped, RDD<[string, [number[], number[][], number[]]]>>(true);
  const folded = pairs.aggregateByKey(
    0,
    (n) => n + 1,
    (a, b) => a + b,
  );
  same<typeof folded, RDD<[string, number]>>(true);
  const mapped = pairs.mapValues((x) => [x]);
  same<typeof mapped, RDD<[string, number[]]>>(true);
  const sorted = pairs.sortByKey().values();
  same<typeof sorted, RDD<number>>(true);
  const indexed = texts.zipWithIndex();
  same<typeof indexed, RDD<[string, number]>>(true);
  const crossed = texts.cartesian(numbers);
  same<typeof crossed, RDD<[string, number]>>(true);
  const total = numbers.aggregate(
    { sum: 0 },
    (a, x) => ({ sum: a.sum + x }),
    (a) => a,
  );
  same<typeof total, Promise<{ sum: number }>>(true);
  const map = pairs.collectAsMap();
  same<typeof map, Promise<Map<string, number>>>(true);

  // @ts-expect-error numbers are no pairs
  numbers.reduceByKey((a, b) => a + b);
  // @ts-expect-error texts are no pairs
  texts.groupByKey();
  // @ts-expect-error triples are no pairs
  sc.parallelize<[number, number, number]>([]).join(pairs);
  // @ts-expect-error keys differ
  pairs.join(sc.parallelize<[number, string]>([]));
  // @ts-expect-error texts have no sum
  void texts.sum();
  // @ts-expect-error pairs have no mean
  void pairs.mean();
  // @ts-expect-error the function gives another type than its arguments
  pairs.reduceByKey((a, b) => `${a}${b}`);
  // @ts-expect-error a record is not a key
  void pairs.lookup(5);
  // @ts-expect-error the zero has another type
  void numbers.fold("", (a, b) => a + b);
}
