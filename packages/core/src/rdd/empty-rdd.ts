import { type PreparedRDD, RDD } from "./rdd.ts";
import type { SparkContext } from "../context/spark-context.ts";

/** No partitions and no records. */
export class EmptyRDD<T> extends RDD<T> {
  override readonly kindName = "EmptyRDD";

  constructor(context: SparkContext) {
    super(context, "emptyRDD", []);
  }

  protected override resolve(): PreparedRDD {
    return { numPartitions: 0, dependencies: [], node: { kind: "parallel", parents: [], args: () => ({ slices: [] }) } };
  }
}
