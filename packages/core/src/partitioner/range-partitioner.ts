import { naturalCompare } from "@vonk/columnar/internal";
import type { PartitionerPlan } from "../plan/stage-plan.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import { Partitioner } from "./partitioner.ts";
import { partitionFunction } from "./partition-function.ts";

/** An order of keys as users give it: negative, zero or positive. */
export type Compare<K> = (a: K, b: K) => number;

/** Sends keys to partitions by sorted ranges of about equal size, so that partitions are in order. */
export class RangePartitioner extends Partitioner {
  readonly ascending: boolean;
  /** Upper bounds of all partitions but the last, ascending. */
  readonly bounds: readonly unknown[];
  readonly compare: Compare<unknown> | undefined;

  constructor(bounds: readonly unknown[], ascending: boolean, compare?: Compare<unknown>) {
    super();
    this.bounds = bounds;
    this.ascending = ascending;
    this.compare = compare;
  }

  get numPartitions(): number {
    return this.bounds.length + 1;
  }

  getPartition(key: unknown): number {
    const { compare } = this;
    const plan = { kind: "range", numPartitions: this.numPartitions, ascending: this.ascending, bounds: this.bounds } as const;
    const withOrder = compare === undefined ? plan : ({ ...plan, compare: { builtin: "given" } } as const);
    return partitionFunction(withOrder, { resolve: () => compare as never })(key);
  }

  equals(other: Partitioner): boolean {
    return (
      other instanceof RangePartitioner &&
      other.ascending === this.ascending &&
      other.compare === this.compare &&
      other.bounds.length === this.bounds.length &&
      other.bounds.every((bound, index) => naturalCompare(bound, this.bounds[index]) === 0)
    );
  }

  override toPlan(encoder: PlanEncoder): PartitionerPlan {
    const { compare, ascending, bounds, numPartitions } = this;
    const plan = { kind: "range", numPartitions, ascending, bounds } as const;
    return compare === undefined ? plan : { ...plan, compare: encoder.func(compare, "sortByKey()") };
  }
}

/** A key of a sample and how many keys it stands for. */
export type WeightedKey = readonly [key: unknown, weight: number];

/**
 * Upper bounds that cut weighted keys into `numPartitions` ranges of about equal weight; fewer when there are fewer distinct keys.
 * @see Spark's RangePartitioner.determineBounds
 */
export function determineBounds(
  sample: readonly WeightedKey[],
  numPartitions: number,
  compare: Compare<unknown> = naturalCompare,
): unknown[] {
  const ordered = sample.toSorted((a, b) => compare(a[0], b[0]));
  const total = ordered.reduce((sum, [, weight]) => sum + weight, 0);
  const step = total / numPartitions;
  const bounds: unknown[] = [];
  let weight = 0;
  let target = step;
  for (const [key, keyWeight] of ordered) {
    weight += keyWeight;
    if (weight < target || bounds.length >= numPartitions - 1) continue;
    if (bounds.length > 0 && compare(key, bounds.at(-1)) <= 0) continue;
    bounds.push(key);
    target += step;
  }
  return bounds;
}
