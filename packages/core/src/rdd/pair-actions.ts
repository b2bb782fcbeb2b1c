import { KeyMap } from "@vonk/columnar/internal";
import { checkPairs } from "../compute/pair-record.ts";
import type { ActionOptions } from "../context/job-client.ts";
import { CoGroupedRDD } from "./co-grouped-rdd.ts";
import { mapOf } from "./actions.ts";
import { engineStep } from "./narrow-step.ts";
import type { RDD } from "./rdd.ts";

type Pairs = (readonly [unknown, unknown])[];

/** Actions of pair RDDs; see {@link RDD}. */
export class PairActions<T> {
  declare protected readonly pairActions?: T;

  /** Spark's other name of {@link cogroup}. */
  groupWith<K, V, A>(this: RDD<readonly [K, V]>, a: RDD<readonly [K, A]>): RDD<[K, [V[], A[]]]>;
  groupWith<K, V, A, B>(this: RDD<readonly [K, V]>, a: RDD<readonly [K, A]>, b: RDD<readonly [K, B]>): RDD<[K, [V[], A[], B[]]]>;
  groupWith<K, V, A, B, C>(
    this: RDD<readonly [K, V]>,
    a: RDD<readonly [K, A]>,
    b: RDD<readonly [K, B]>,
    c: RDD<readonly [K, C]>,
  ): RDD<[K, [V[], A[], B[], C[]]]>;
  groupWith<K>(this: RDD<readonly [K, unknown]>, ...others: RDD<readonly [K, unknown]>[]): RDD<never> {
    return new CoGroupedRDD<never>([this, ...(others as RDD<unknown>[])], "groupWith", "groups", undefined);
  }

  /** How often each key comes. Keys that are tuples or objects are equal by value but are found in the Map by reference only. */
  async countByKey<K, V>(this: RDD<readonly [K, V]>, options?: ActionOptions): Promise<Map<K, number>> {
    const parts = await this.context.runBuiltin<Pairs>(this, "countByKey", "countByKey", undefined, options);
    return mapOf<K, number>(parts, (a, b) => a + b);
  }

  /** {@link reduceByKey} that gives its result to the driver, without a shuffle. */
  async reduceByKeyLocally<K, V>(this: RDD<readonly [K, V]>, func: (a: V, b: V) => V, options?: ActionOptions): Promise<Map<K, V>> {
    const args = { func: { user: func, call: "rdd.reduceByKeyLocally()" } };
    const parts = await this.context.runBuiltin<Pairs>(this, "reduceByKeyLocally", "reduceByKeyLocally", args, options);
    return mapOf<K, V>(parts, func);
  }

  /** All pairs as a Map; of equal keys the last one stays. Keys that are tuples or objects are found by reference only. */
  async collectAsMap<K, V>(this: RDD<readonly [K, V]>, options?: ActionOptions): Promise<Map<K, V>> {
    const pairs = await this.collect(options);
    const map = new KeyMap<V>();
    for (const [key, value] of checkPairs(pairs, "collectAsMap()")) map.set(key, value as V);
    return new Map(map.entries()) as Map<K, V>;
  }

  /** All values of a key. When the RDD has a partitioner only the partition of the key is computed. */
  async lookup<K, V>(this: RDD<readonly [K, V]>, key: K, options?: ActionOptions): Promise<V[]> {
    const callSite = this.context.callSite("lookup");
    const found = engineStep<readonly [K, V]>(
      this as RDD<unknown>,
      "filter",
      { builtin: "hasKey", args: { key } },
      true,
      "lookup",
    ).values();
    return this.context.limited(options, async (limited) => {
      const { partitioner } = await this.prepare(limited.limit?.signal);
      const partitions = partitioner === undefined ? undefined : [partitioner.getPartition(key)];
      const parts = await this.context.runBuiltin<V[]>(found, "lookup", "collect", undefined, { ...limited, callSite }, partitions);
      return parts.flat();
    });
  }
}
