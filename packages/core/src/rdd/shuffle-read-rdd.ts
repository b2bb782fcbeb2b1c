import type { ShuffledArgs, ReducerRead } from "../compute/shuffled.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";
import { shuffleOf } from "./shuffle-of.ts";

/**
 * The records of a shuffle in partitions of the reader's choice: several reducers together, or one reducer's map outputs apart. Made when the
 * sizes of the map outputs are known.
 * @see Spark's sql/core ShuffledRowRDD.scala
 */
export class ShuffleReadRDD<T> extends RDD<T> {
  override readonly kindName = "ShuffleReadRDD";
  readonly #shuffled: RDD<T>;
  readonly #reads: readonly (readonly ReducerRead[])[];

  /**
   * @param shuffled what a shuffle alone gives, as `partitionBy` does
   * @param reads what each partition reads
   */
  constructor(shuffled: RDD<T>, reads: readonly (readonly ReducerRead[])[]) {
    super(shuffled.context, "shuffleRead", [shuffled]);
    this.#shuffled = shuffled;
    this.#reads = reads;
  }

  protected override resolve(): PreparedRDD {
    const dependency = shuffleOf(this.#shuffled);
    const args: ShuffledArgs = { shuffleId: dependency.shuffleId, mapSideCombine: false, reads: this.#reads };
    return {
      numPartitions: this.#reads.length,
      dependencies: [dependency],
      node: { kind: "shuffled", parents: [], args: () => args },
    };
  }
}
