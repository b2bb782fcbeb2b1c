import { KeyMap } from "@vonk/columnar/internal";
import { type Random, seededRandom } from "@vonk/common/internal";
import type { Batch, BatchIterator } from "./computation.ts";

/** Arguments of the sampling functions: keep a record when its number lies in [low, high), or for fractions by key. */
export interface BernoulliArgs {
  readonly seed: number;
  readonly low: number;
  readonly high: number;
  /** Key and fraction, for sampling pairs by key; replaces low and high. */
  readonly byKey?: readonly (readonly [unknown, number])[];
}

/** Arguments of sampling with replacement. */
export interface PoissonArgs {
  readonly seed: number;
  readonly fraction: number;
  readonly byKey?: readonly (readonly [unknown, number])[];
}

/** The random numbers of a partition: equal seeds and partitions give equal numbers. */
function partitionRandom(seed: number, partition: number): Random {
  return seededRandom((BigInt(Math.trunc(seed)) << 20n) ^ BigInt(partition + 1));
}

/** Keeps each record with a probability; the cells [low, high) of one seed are disjoint, so that they split an RDD. */
export function* bernoulliSample(batches: BatchIterator, partition: number, raw: unknown): BatchIterator {
  const { seed, low, high, byKey } = raw as BernoulliArgs;
  const random = partitionRandom(seed, partition);
  const fractions = byKey === undefined ? undefined : fractionTable(byKey);
  for (const batch of batches) {
    yield batch.filter((record) => {
      const draw = random.next();
      return fractions === undefined ? draw >= low && draw < high : draw < (fractions.get((record as readonly unknown[])[0]) ?? 0);
    });
  }
}

/** Gives each record as often as a Poisson number says. */
export function* poissonSample(batches: BatchIterator, partition: number, raw: unknown): BatchIterator {
  const { seed, fraction, byKey } = raw as PoissonArgs;
  const random = partitionRandom(seed, partition);
  const fractions = byKey === undefined ? undefined : fractionTable(byKey);
  for (const batch of batches) {
    const kept: Batch = [];
    for (const record of batch) {
      const mean = fractions === undefined ? fraction : (fractions.get((record as readonly unknown[])[0]) ?? 0);
      for (let count = poisson(mean, random); count > 0; count--) kept.push(record);
    }
    yield kept;
  }
}

function fractionTable(byKey: readonly (readonly [unknown, number])[]): KeyMap<number> {
  const table = new KeyMap<number>();
  for (const [key, fraction] of byKey) table.set(key, fraction);
  return table;
}

/** A Poisson number by multiplying uniforms; costs about `mean` draws. @see Knuth, TAOCP vol. 2, 3.4.1 */
function poisson(mean: number, random: Random): number {
  if (mean <= 0) return 0;
  const limit = Math.exp(-Math.min(mean, 500));
  let product = random.next();
  let count = 0;
  while (product > limit) {
    product *= random.next();
    count++;
  }
  return count;
}
