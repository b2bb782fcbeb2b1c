import type { UnionArgs } from "../compute/several-parents.ts";
import type { SparkContext } from "../context/spark-context.ts";
import type { Dependency } from "./dependency.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** The partitions of several RDDs, one RDD after the other; partition by partition when all have the same partitioner. */
export class UnionRDD<T> extends RDD<T> {
  override readonly kindName = "UnionRDD";
  readonly #rdds: readonly RDD<unknown>[];

  constructor(context: SparkContext, rdds: readonly RDD<unknown>[]) {
    super(context, "union", rdds);
    this.#rdds = rdds;
  }

  protected override resolve(): PreparedRDD {
    const rdds = this.#rdds;
    const [first] = rdds;
    const partitioner = first?.prepared.partitioner;
    const aligned = partitioner !== undefined && rdds.every((rdd) => rdd.prepared.partitioner?.equals(partitioner) === true);
    return aligned ? this.#partitionerAware(partitioner.numPartitions) : this.#appended();
  }

  #appended(): PreparedRDD {
    const parentPartitions = this.#rdds.map((rdd) => rdd.prepared.numPartitions);
    let outStart = 0;
    const dependencies = this.#rdds.map((rdd, index): Dependency => {
      const length = parentPartitions[index] ?? 0;
      outStart += length;
      return { kind: "narrow", rdd, mapping: { kind: "range", inStart: 0, outStart: outStart - length, length } };
    });
    return {
      numPartitions: outStart,
      dependencies,
      node: { kind: "union", parents: this.#rdds, args: (): UnionArgs => ({ parentPartitions }) },
    };
  }

  /** @see Spark's PartitionerAwareUnionRDD */
  #partitionerAware(numPartitions: number): PreparedRDD {
    const partitioner = this.#rdds[0]?.prepared.partitioner;
    const own = Array.from({ length: numPartitions }, (_, partition) => [partition]);
    return {
      numPartitions,
      dependencies: this.#rdds.map((rdd) => ({ kind: "narrow", rdd, mapping: { kind: "one-to-one" } })),
      ...(partitioner === undefined ? {} : { partitioner }),
      node: { kind: "groups", parents: this.#rdds, args: () => ({ groups: this.#rdds.map(() => own) }) },
    };
  }
}
