import type { ShuffledArgs } from "../compute/shuffled.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import type { Compare } from "../partitioner/range-partitioner.ts";
import { type Aggregator, ShuffleDependency } from "./dependency.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** What a shuffle does besides moving records. */
export interface ShuffleOptions {
  readonly aggregator?: Aggregator;
  readonly mapSideCombine?: boolean;
  /** Sorts each partition by key. */
  readonly ordering?: { readonly ascending: boolean; readonly compare?: Compare<never> };
  /** False when the partitioner is of no use to later joins. */
  readonly keepsPartitioner?: boolean;
}

/** The result of a shuffle: records placed by a partitioner, optionally combined by key or sorted. */
export class ShuffledRDD<T> extends RDD<T> {
  override readonly kindName = "ShuffledRDD";
  readonly #parent: RDD<unknown>;
  readonly #partitioner: () => Partitioner | Promise<Partitioner>;
  readonly #options: ShuffleOptions;

  /** @param partitioner found when the first action needs it; may run a sampling job */
  constructor(parent: RDD<unknown>, method: string, partitioner: () => Partitioner | Promise<Partitioner>, options: ShuffleOptions = {}) {
    super(parent.context, method, [parent]);
    this.#parent = parent as RDD<unknown>;
    this.#partitioner = partitioner;
    this.#options = options;
  }

  protected override async resolve(): Promise<PreparedRDD> {
    const partitioner = await this.#partitioner();
    const { aggregator, mapSideCombine = false, ordering, keepsPartitioner = true } = this.#options;
    const dependency = new ShuffleDependency(this.#parent, this.context.newShuffleId(), partitioner, aggregator, mapSideCombine);
    this.context.trackShuffle(dependency);
    return {
      numPartitions: partitioner.numPartitions,
      dependencies: [dependency],
      ...(keepsPartitioner ? { partitioner } : {}),
      node: {
        kind: "shuffled",
        parents: [],
        args: (encoder): ShuffledArgs => {
          const combine = encoder.aggregator(dependency);
          const compare = ordering?.compare;
          const order = ordering && { ascending: ordering.ascending, ...(compare === undefined ? {} : { compare: encoder.func(compare, "sortByKey()") }) };
          return {
            shuffleId: dependency.shuffleId,
            mapSideCombine,
            ...(combine === undefined ? {} : { aggregator: combine }),
            ...(order === undefined ? {} : { ordering: order }),
          };
        },
      },
    };
  }
}
