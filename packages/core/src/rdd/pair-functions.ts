import { Partitioner } from "../partitioner/partitioner.ts";
import { checkFraction } from "./check-argument.ts";
import { CoGroupedRDD, SubtractedRDD } from "./co-grouped-rdd.ts";
import { partitionerOf } from "./default-partitioner.ts";
import type { Aggregator, PlanFunction } from "./dependency.ts";
import { ExactSampleRDD } from "./exact-sample-rdd.ts";
import { batchStep, engineStep, plainStep, recordStep } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";
import { ShuffledRDD } from "./shuffled-rdd.ts";
import { sketchPrecision } from "./sketch-precision.ts";
import { type Awaitable, checked } from "./transformations.ts";
import { randomSeed } from "@vonk/common/internal";

/** Fractions by key for sampling. */
export type Fractions<K> = Iterable<readonly [K, number]>;

/** A literal's type as its primitive: after `[word, 1] as const` the counts are numbers, not ones. */
export type Widened<V> = V extends number
  ? number
  : V extends string
    ? string
    : V extends boolean
      ? boolean
      : V extends bigint
        ? bigint
        : V;

/** Transformations of RDDs whose records are `[key, value]` pairs; see {@link RDD}. Keys are compared by value. */
export class PairFunctions<T> {
  declare protected readonly pairFunctions?: T;

  // ---- values alone

  /** The keys, as often as they come. */
  keys<K, V>(this: RDD<readonly [K, V]>): RDD<K> {
    return plainStep(this as RDD<unknown>, "keys", "keys");
  }

  /** The values. */
  values<K, V>(this: RDD<readonly [K, V]>): RDD<V> {
    return plainStep(this as RDD<unknown>, "values", "values");
  }

  /** Each value through `func`. Keeps the partitioner. */
  mapValues<K, V, U>(this: RDD<readonly [K, V]>, func: (value: V) => Awaitable<U>): RDD<[K, U]> {
    return recordStep(this as RDD<unknown>, "mapValues", func, true);
  }

  /** A pair for each item of what `func` gives for a value. Keeps the partitioner. */
  flatMapValues<K, V, U>(this: RDD<readonly [K, V]>, func: (value: V) => Awaitable<Iterable<U>> | AsyncIterable<U>): RDD<[K, U]> {
    return recordStep(this as RDD<unknown>, "flatMapValues", func, true);
  }

  // ---- values of equal keys combined

  /**
   * One pair a key, its values combined: `createCombiner` starts with a value, `mergeValue` adds one, `mergeCombiners` joins two combiners.
   * All later ones may change and return their first argument.
   * @param mapSideCombine false combines after the shuffle only
   */
  combineByKey<K, V, C>(
    this: RDD<readonly [K, V]>,
    createCombiner: (value: V) => C,
    mergeValue: (combiner: C, value: V) => C,
    mergeCombiners: (a: C, b: C) => C,
    partitions?: number | Partitioner,
    mapSideCombine = true,
  ): RDD<[K, C]> {
    const call = "rdd.combineByKey()";
    const aggregator: Aggregator = {
      createCombiner: { user: createCombiner, call },
      mergeValue: { user: mergeValue, call },
      mergeCombiners: { user: mergeCombiners, call },
    };
    return combined(this as RDD<unknown>, "combineByKey", aggregator, partitions, mapSideCombine);
  }

  /** One pair a key, its values combined by `func`, which is associative and commutative. Values are combined before the shuffle too. */
  reduceByKey<K, V>(
    this: RDD<readonly [K, V]>,
    func: (a: Widened<V>, b: Widened<V>) => Widened<V>,
    partitions?: number | Partitioner,
  ): RDD<[K, Widened<V>]> {
    const merge: PlanFunction = { user: func, call: "rdd.reduceByKey()" };
    const aggregator: Aggregator = { createCombiner: { builtin: "identity" }, mergeValue: merge, mergeCombiners: merge };
    return combined(this as RDD<unknown>, "reduceByKey", aggregator, partitions);
  }

  /** Like {@link reduceByKey}, each key starting from a copy of `zero` in each partition. */
  foldByKey<K, V>(
    this: RDD<readonly [K, V]>,
    zero: Widened<V>,
    func: (a: Widened<V>, b: Widened<V>) => Widened<V>,
    partitions?: number | Partitioner,
  ): RDD<[K, Widened<V>]> {
    const merge: PlanFunction = { user: func, call: "rdd.foldByKey()" };
    return combined(this as RDD<unknown>, "foldByKey", zeroAggregator(this as RDD<unknown>, zero, merge, merge), partitions);
  }

  /** One pair a key: `seqFunc` adds values to a copy of `zero`, `combFunc` joins the results of partitions. Both may change their first argument. */
  aggregateByKey<K, V, U>(
    this: RDD<readonly [K, V]>,
    zero: U,
    seqFunc: (combiner: U, value: V) => U,
    combFunc: (a: U, b: U) => U,
    partitions?: number | Partitioner,
  ): RDD<[K, U]> {
    const call = "rdd.aggregateByKey()";
    const aggregator = zeroAggregator(this, zero, { user: seqFunc, call }, { user: combFunc, call });
    return combined(this as RDD<unknown>, "aggregateByKey", aggregator, partitions);
  }

  /** One pair a key, with all its values in no promised order. Nothing is combined before the shuffle: prefer {@link reduceByKey} where it will do. */
  groupByKey<K, V>(this: RDD<readonly [K, V]>, partitions?: number | Partitioner): RDD<[K, V[]]> {
    const aggregator: Aggregator = {
      createCombiner: { builtin: "listOf" },
      mergeValue: { builtin: "append" },
      mergeCombiners: { builtin: "concat" },
    };
    return combined(this as RDD<unknown>, "groupByKey", aggregator, partitions, false);
  }

  /** About how many distinct values each key has; `relativeSD` is the relative accuracy. @throws INVALID_ARGUMENT */
  countApproxDistinctByKey<K, V>(this: RDD<readonly [K, V]>, relativeSD = 0.05, partitions?: number | Partitioner): RDD<[K, number]> {
    const args = { precision: sketchPrecision(relativeSD, "countApproxDistinctByKey()") };
    const aggregator: Aggregator = {
      createCombiner: { builtin: "sketchOf", args },
      mergeValue: { builtin: "sketchAdd", args },
      mergeCombiners: { builtin: "sketchMerge" },
    };
    const sketches = combined<K, Uint8Array>(this, "countApproxDistinctByKey", aggregator, partitions);
    return engineStep(sketches as RDD<unknown>, "mapValues", { builtin: "sketchEstimate" }, true, "countApproxDistinctByKey");
  }

  /** The same pairs, placed by a partitioner. */
  partitionBy<K, V>(this: RDD<readonly [K, V]>, partitioner: Partitioner): RDD<[K, V]> {
    return new ShuffledRDD<[K, V]>(this, "partitionBy", () => partitioner);
  }

  // ---- samples

  /** A random part of the pairs, for each key about the fraction given for it; keys without one are left out. @throws INVALID_ARGUMENT */
  sampleByKey<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Fractions<K>,
    seed: number = randomSeed(),
  ): RDD<[K, V]> {
    const byKey = checkFractions(fractions, withReplacement, "sampleByKey()");
    const args = { seed, low: 0, high: 0, fraction: 0, byKey };
    return batchStep(this as RDD<unknown>, "sampleByKey", withReplacement ? "poisson" : "bernoulli", args, true);
  }

  /** Like {@link sampleByKey} with exactly ⌈count × fraction⌉ pairs of each key. A job counts the keys first. @throws INVALID_ARGUMENT */
  sampleByKeyExact<K, V>(
    this: RDD<readonly [K, V]>,
    withReplacement: boolean,
    fractions: Fractions<K>,
    seed: number = randomSeed(),
  ): RDD<[K, V]> {
    const byKey = checkFractions(fractions, withReplacement, "sampleByKeyExact()");
    return new ExactSampleRDD<[K, V]>(this, withReplacement, byKey, seed);
  }

  // ---- two and more RDDs by key

  /** `[key, [left, right]]` for every pair of values of a key that both have. RDDs with equal partitioners are joined without a shuffle. */
  join<K, V, W>(this: RDD<readonly [K, V]>, other: RDD<readonly [K, W]>, partitions?: number | Partitioner): RDD<[K, [V, W]]> {
    return new CoGroupedRDD<[K, [V, W]]>([this, other], "join", "join", checked(partitions, "join()"));
  }

  /** {@link join} that keeps left pairs without a partner, with undefined. */
  leftOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitions?: number | Partitioner,
  ): RDD<[K, [V, W | undefined]]> {
    const sides = [this as RDD<unknown>, other as RDD<unknown>];
    return new CoGroupedRDD<[K, [V, W | undefined]]>(sides, "leftOuterJoin", "leftOuter", checked(partitions, "leftOuterJoin()"));
  }

  /** {@link join} that keeps right pairs without a partner, with undefined. */
  rightOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitions?: number | Partitioner,
  ): RDD<[K, [V | undefined, W]]> {
    const sides = [this as RDD<unknown>, other as RDD<unknown>];
    return new CoGroupedRDD<[K, [V | undefined, W]]>(sides, "rightOuterJoin", "rightOuter", checked(partitions, "rightOuterJoin()"));
  }

  /** {@link join} that keeps pairs of both sides without a partner, with undefined. */
  fullOuterJoin<K, V, W>(
    this: RDD<readonly [K, V]>,
    other: RDD<readonly [K, W]>,
    partitions?: number | Partitioner,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    const sides = [this as RDD<unknown>, other as RDD<unknown>];
    return new CoGroupedRDD<[K, [V | undefined, W | undefined]]>(
      sides,
      "fullOuterJoin",
      "fullOuter",
      checked(partitions, "fullOuterJoin()"),
    );
  }

  /** `[key, [values, others…]]` for every key of any of two to four RDDs. */
  cogroup<K, V, A>(this: RDD<readonly [K, V]>, a: RDD<readonly [K, A]>, partitions?: number | Partitioner): RDD<[K, [V[], A[]]]>;
  cogroup<K, V, A, B>(
    this: RDD<readonly [K, V]>,
    a: RDD<readonly [K, A]>,
    b: RDD<readonly [K, B]>,
    partitions?: number | Partitioner,
  ): RDD<[K, [V[], A[], B[]]]>;
  cogroup<K, V, A, B, C>(
    this: RDD<readonly [K, V]>,
    a: RDD<readonly [K, A]>,
    b: RDD<readonly [K, B]>,
    c: RDD<readonly [K, C]>,
    partitions?: number | Partitioner,
  ): RDD<[K, [V[], A[], B[], C[]]]>;
  cogroup<K>(this: RDD<readonly [K, unknown]>, ...given: (RDD<readonly [K, unknown]> | number | Partitioner | undefined)[]): RDD<never> {
    const isPartitions = (each: unknown): each is number | Partitioner => typeof each === "number" || each instanceof Partitioner;
    const others = given.filter((each) => each !== undefined && !isPartitions(each)) as RDD<unknown>[];
    return new CoGroupedRDD<never>([this, ...others], "cogroup", "groups", checked(given.find(isPartitions), "cogroup()"));
  }

  /** Pairs whose key `other` does not have. */
  subtractByKey<K, V, W>(this: RDD<readonly [K, V]>, other: RDD<readonly [K, W]>, partitions?: number | Partitioner): RDD<[K, V]> {
    return new SubtractedRDD<[K, V]>(this, other, "subtractByKey", checked(partitions, "subtractByKey()"));
  }
}

function combined<K, C>(
  parent: RDD<unknown>,
  method: string,
  aggregator: Aggregator,
  partitions: number | Partitioner | undefined,
  mapSideCombine = true,
): RDD<[K, C]> {
  checked(partitions, `${method}()`);
  return new ShuffledRDD<[K, C]>(parent, method, () => partitionerOf(partitions, [parent]), { aggregator, mapSideCombine });
}

/** The zero value travels encoded: each key starts from a copy of its own. */
function zeroAggregator(rdd: RDD<unknown>, zero: unknown, mergeValue: PlanFunction, mergeCombiners: PlanFunction): Aggregator {
  const args = { zero: rdd.context.codec.encode([zero]), merge: mergeValue };
  return { createCombiner: { builtin: "zeroThenMerge", args }, mergeValue, mergeCombiners };
}

function checkFractions<K>(fractions: Fractions<K>, withReplacement: boolean, call: string): (readonly [K, number])[] {
  const byKey = [...fractions];
  for (const [, fraction] of byKey) checkFraction(fraction, withReplacement, call);
  return byKey;
}
