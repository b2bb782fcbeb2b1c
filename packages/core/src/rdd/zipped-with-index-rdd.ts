import type { BatchFunctionArgs } from "../compute/batch-function.ts";
import { oneToOne } from "./dependency.ts";
import type { Preparation } from "./preparation.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** Records with their places in the whole. A job counts all partitions but the last one first. */
export class ZippedWithIndexRDD<T> extends RDD<[T, number]> {
  override readonly kindName = "ZippedWithIndexRDD";
  readonly #parent: RDD<T>;

  constructor(parent: RDD<T>) {
    super(parent.context, "zipWithIndex", [parent]);
    this.#parent = parent;
  }

  protected override async resolve({ signal }: Preparation): Promise<PreparedRDD> {
    const parent = this.#parent as RDD<unknown>;
    const { numPartitions } = parent.prepared;
    const starts = [0];
    if (numPartitions > 1) {
      const counted = Array.from({ length: numPartitions - 1 }, (_, partition) => partition);
      const counts = await this.context.runBuiltin<number>(
        parent,
        "zipWithIndex",
        "count",
        undefined,
        { callSite: this.callSite, signal },
        counted,
      );
      for (const count of counts) starts.push((starts.at(-1) ?? 0) + count);
    }
    const args: BatchFunctionArgs = { name: "zipWithIndex", args: { starts } };
    return {
      numPartitions,
      dependencies: [oneToOne(parent)],
      effect: "orderSensitive",
      node: { kind: "batches", parents: [parent], args: () => args },
    };
  }
}
