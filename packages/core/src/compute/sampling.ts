import { KeyMap } from "@vonk/columnar/internal";
import { type Random, seededRandom } from "@vonk/common/internal";
import type { Batch, BatchIterator } from "./computation.ts";
import { keyOf } from "./pair-record.ts";

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
      return fractions === undefined ? draw >= low && draw < high : draw < (fractions.get(keyOf(record, "sampleByKey()")) ?? 0);
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
      const mean = fractions === undefined ? fraction : (fractions.get(keyOf(record, "sampleByKey()")) ?? 0);
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

/** Arguments of exact sampling by key: for each partition, `[key, records, picks]`. */
export interface ExactSampleArgs {
  readonly seed: number;
  readonly withReplacement: boolean;
  readonly picks: readonly (readonly (readonly [key: unknown, records: number, picks: number])[])[];
}

/** Picks exactly as many records of each key as the plan says. @see Knuth, TAOCP vol. 2, 3.4.2, algorithm S */
export function* sampleExactly(batches: BatchIterator, partition: number, raw: unknown): BatchIterator {
  const { seed, withReplacement, picks } = raw as ExactSampleArgs;
  const random = partitionRandom(seed, partition);
  const left = new KeyMap<{ records: number; picks: number }>();
  for (const [key, records, count] of picks[partition] ?? []) left.set(key, { records, picks: count });
  for (const batch of batches) {
    const kept: Batch = [];
    for (const record of batch) {
      const state = left.get(keyOf(record, "sampleByKeyExact()"));
      if (state === undefined || state.picks === 0) continue;
      const times = withReplacement
        ? binomial(state.picks, 1 / state.records, random)
        : Number(random.next() * state.records < state.picks);
      state.records--;
      state.picks -= times;
      for (let count = 0; count < times; count++) kept.push(record);
    }
    yield kept;
  }
}

/** How many of `count` throws with this chance hit; costs about `count * chance` steps. */
function binomial(count: number, chance: number, random: Random): number {
  if (chance >= 1) return count;
  const miss = Math.log1p(-chance);
  // Gaps between hits are geometric.
  let hits = 0;
  for (let at = Math.floor(Math.log(1 - random.next()) / miss); at < count; at += 1 + Math.floor(Math.log(1 - random.next()) / miss))
    hits++;
  return hits;
}
