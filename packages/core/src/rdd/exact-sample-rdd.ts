import { KeyMap } from "@vonk/columnar/internal";
import { type Random, seededRandom } from "@vonk/common/internal";
import type { BatchFunctionArgs } from "../compute/batch-function.ts";
import type { ExactSampleArgs } from "../compute/sampling.ts";
import { oneToOne } from "./dependency.ts";
import type { Preparation } from "./preparation.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/**
 * Exactly ⌈count × fraction⌉ pairs of each key.
 *
 * 1. A job counts the pairs of each key by partition.
 * 2. The picks of a key are dealt out to the partitions at random, in proportion to what they hold.
 * 3. Each partition picks exactly its share.
 * Spark gets there by accepting, rejecting and waitlisting random numbers, in two passes as well.
 */
export class ExactSampleRDD<T> extends RDD<T> {
  override readonly kindName = "MapPartitionsRDD";
  readonly #parent: RDD<unknown>;
  readonly #withReplacement: boolean;
  readonly #fractions: readonly (readonly [unknown, number])[];
  readonly #seed: number;

  constructor(parent: RDD<unknown>, withReplacement: boolean, fractions: readonly (readonly [unknown, number])[], seed: number) {
    super(parent.context, "sampleByKeyExact", [parent]);
    this.#parent = parent;
    this.#withReplacement = withReplacement;
    this.#fractions = fractions;
    this.#seed = seed;
  }

  protected override async resolve({ signal }: Preparation): Promise<PreparedRDD> {
    const parent = this.#parent;
    const { numPartitions, partitioner } = parent.prepared;
    const counts = await this.context.runBuiltin<(readonly [unknown, number])[]>(parent, "sampleByKeyExact", "countByKey", undefined, {
      callSite: this.callSite,
      signal,
    });
    const sample: ExactSampleArgs = { seed: this.#seed, withReplacement: this.#withReplacement, picks: this.#deal(counts) };
    const args: BatchFunctionArgs = { name: "sampleExactly", args: sample };
    return {
      numPartitions,
      dependencies: [oneToOne(parent)],
      effect: "orderSensitive",
      ...(partitioner === undefined ? {} : { partitioner }),
      node: { kind: "batches", parents: [parent], args: () => args },
    };
  }

  #deal(counts: readonly (readonly (readonly [unknown, number])[])[]): [unknown, number, number][][] {
    const byKey = new KeyMap<{ readonly partition: number; readonly records: number }[]>();
    counts.forEach((pairs, partition) => {
      for (const [key, records] of pairs) {
        const places = byKey.get(key) ?? [];
        places.push({ partition, records });
        byKey.set(key, places);
      }
    });
    const picks = counts.map((): [unknown, number, number][] => []);
    const random = seededRandom(this.#seed);
    for (const [key, fraction] of this.#fractions) {
      const places = byKey.get(key) ?? [];
      const total = places.reduce((sum, { records }) => sum + records, 0);
      const shares = share(
        places.map(({ records }) => records),
        Math.ceil(total * fraction),
        this.#withReplacement,
        random,
      );
      places.forEach(({ partition, records }, at) => picks[partition]?.push([key, records, shares[at] ?? 0]));
    }
    return picks;
  }
}

/** Deals picks among places with so many records each; without replacement a place gives no more than it has. */
function share(records: readonly number[], picks: number, withReplacement: boolean, random: Random): number[] {
  const left = [...records];
  const shares = records.map(() => 0);
  let total = left.reduce((sum, count) => sum + count, 0);
  for (let pick = 0; pick < picks && total > 0; pick++) {
    let at = 0;
    for (let draw = random.next() * total; at < left.length - 1 && draw >= (left[at] ?? 0); at++) draw -= left[at] ?? 0;
    shares[at] = (shares[at] ?? 0) + 1;
    if (withReplacement) continue;
    left[at] = (left[at] ?? 0) - 1;
    total--;
  }
  return shares;
}
