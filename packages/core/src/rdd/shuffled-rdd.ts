import type { BatchFunctionArgs } from "../compute/batch-function.ts";
import type { OrderingPlan, ShuffledArgs } from "../compute/shuffled.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import type { Compare } from "../partitioner/range-partitioner.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import { type Aggregator, oneToOne, ShuffleDependency } from "./dependency.ts";
import type { Preparation } from "./preparation.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** What a shuffle does besides moving records. */
export interface ShuffleOptions {
  readonly aggregator?: Aggregator;
  readonly mapSideCombine?: boolean;
  /** Sorts each partition by key. */
  readonly ordering?: { readonly ascending: boolean; readonly compare?: Compare<never> };
  /** Places records by their whole value and keeps one of those that are equal. */
  readonly distinctKeys?: boolean;
  /** False when the partitioner is of no use to later joins. */
  readonly keepsPartitioner?: boolean;
}

/** Gives the partitioner when the first action needs it; may run jobs, under the preparation's signal. */
export type PartitionerFinder = (self: RDD<unknown>, preparation: Preparation) => Partitioner | Promise<Partitioner>;

/**
 * The result of a shuffle: records placed by a partitioner, optionally combined by key or sorted.
 * When the parent's records lie where the partitioner wants them there is no shuffle, and the rest is done partition by partition.
 */
export class ShuffledRDD<T> extends RDD<T> {
  readonly #parent: RDD<unknown>;
  readonly #partitioner: PartitionerFinder;
  readonly #options: ShuffleOptions;

  /** @param partitioner found when the first action needs it; may run a sampling job */
  constructor(parent: RDD<unknown>, method: string, partitioner: PartitionerFinder, options: ShuffleOptions = {}) {
    super(parent.context, method, [parent]);
    this.#parent = parent;
    this.#partitioner = partitioner;
    this.#options = options;
  }

  override get kindName(): string {
    const isLocal = this.isPrepared && this.prepared.node.kind === "batches";
    return isLocal ? "MapPartitionsRDD" : "ShuffledRDD";
  }

  protected override resolve(preparation: Preparation): PreparedRDD | Promise<PreparedRDD> {
    const partitioner = this.#partitioner(this, preparation);
    return partitioner instanceof Promise ? partitioner.then((found) => this.#placedBy(found)) : this.#placedBy(partitioner);
  }

  #placedBy(partitioner: Partitioner): PreparedRDD {
    if (this.#parent.prepared.partitioner?.equals(partitioner) === true) return this.#local(partitioner);
    const { aggregator, mapSideCombine = false, distinctKeys = false, keepsPartitioner = true } = this.#options;
    const options = { aggregator, mapSideCombine, byRecord: distinctKeys };
    const dependency = new ShuffleDependency(this.#parent, this.context.newShuffleId(), partitioner, options);
    this.context.trackShuffle(dependency);
    return {
      numPartitions: partitioner.numPartitions,
      dependencies: [dependency],
      ...(keepsPartitioner ? { partitioner } : {}),
      ...this.#effect(),
      node: {
        kind: "shuffled",
        parents: [],
        args: (encoder): ShuffledArgs => ({
          shuffleId: dependency.shuffleId,
          mapSideCombine,
          ...this.#combineAndOrder(encoder),
          ...(distinctKeys ? { distinctKeys } : {}),
        }),
      },
    };
  }

  #local(partitioner: Partitioner): PreparedRDD {
    const parent = this.#parent;
    const { distinctKeys = false } = this.#options;
    return {
      numPartitions: partitioner.numPartitions,
      dependencies: [oneToOne(parent)],
      partitioner,
      ...this.#effect(),
      node: {
        kind: "batches",
        parents: [parent],
        args: (encoder): BatchFunctionArgs => ({ name: "combine", args: { ...this.#combineAndOrder(encoder), distinctKeys } }),
      },
    };
  }

  /** Combining gives keys in another order when it spills. Records of a shuffle themselves are read in the order of maps and writing. */
  #effect(): Pick<PreparedRDD, "effect"> {
    const { aggregator, ordering, distinctKeys } = this.#options;
    if (aggregator === undefined && distinctKeys !== true) return {};
    return { effect: ordering === undefined ? "unordered" : "ordered" };
  }

  #combineAndOrder(encoder: PlanEncoder): Pick<ShuffledArgs, "aggregator" | "ordering"> {
    const { aggregator, ordering } = this.#options;
    return {
      ...(aggregator === undefined ? {} : { aggregator: encoder.aggregator(aggregator) }),
      ...(ordering === undefined ? {} : { ordering: orderingPlan(ordering, encoder) }),
    };
  }
}

function orderingPlan({ ascending, compare }: NonNullable<ShuffleOptions["ordering"]>, encoder: PlanEncoder): OrderingPlan {
  return compare === undefined ? { ascending } : { ascending, compare: encoder.func(compare, "sortByKey()") };
}
