import type { SparkContext } from "../context/spark-context.ts";
import type { RangeArgs } from "../compute/sources.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** Numbers in even steps, made on the executors. */
export class RangeRDD extends RDD<number> {
  override readonly kindName = "RangeRDD";
  readonly #args: RangeArgs;

  constructor(context: SparkContext, args: RangeArgs) {
    super(context, "range", []);
    this.#args = args;
  }

  protected override resolve(): PreparedRDD {
    return { numPartitions: this.#args.numSlices, dependencies: [], node: { kind: "range", parents: [], args: () => this.#args } };
  }
}
