import type { CartesianArgs } from "../compute/several-parents.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** All pairs of the records of two RDDs: partition i × n + j pairs partition i of the left with partition j of n of the right. */
export class CartesianRDD<T> extends RDD<T> {
  override readonly kindName = "CartesianRDD";
  readonly #left: RDD<unknown>;
  readonly #right: RDD<unknown>;

  constructor(left: RDD<unknown>, right: RDD<unknown>) {
    super(left.context, "cartesian", [left, right]);
    this.#left = left;
    this.#right = right;
  }

  protected override resolve(): PreparedRDD {
    const [left, right] = [this.#left, this.#right];
    const rightPartitions = right.prepared.numPartitions;
    const numPartitions = left.prepared.numPartitions * rightPartitions;
    const groups = (of: (partition: number) => number): readonly (readonly number[])[] =>
      Array.from({ length: numPartitions }, (_, partition) => [of(partition)]);
    const args: CartesianArgs = { rightPartitions };
    return {
      numPartitions,
      dependencies: [
        { kind: "narrow", rdd: left, mapping: { kind: "groups", groups: groups((partition) => Math.floor(partition / rightPartitions)) } },
        { kind: "narrow", rdd: right, mapping: { kind: "groups", groups: groups((partition) => partition % rightPartitions) } },
      ],
      node: { kind: "cartesian", parents: [left, right], args: () => args },
    };
  }
}
