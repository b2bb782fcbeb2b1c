import type { UnionArgs } from "../compute/several-parents.ts";
import type { SparkContext } from "../context/spark-context.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import { type Dependency, oneToOne } from "./dependency.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** The partitions of several RDDs, one RDD after the other; partition by partition when all have the same partitioner. */
export class UnionRDD<T> extends RDD<T> {
  readonly #rdds: readonly RDD<unknown>[];

  constructor(context: SparkContext, rdds: readonly RDD<unknown>[]) {
    super(context, "union", rdds);
    this.#rdds = rdds;
  }

  override get kindName(): string {
    return this.isPrepared && this.prepared.node.kind === "groups" ? "PartitionerAwareUnionRDD" : "UnionRDD";
  }

  protected override resolve(): PreparedRDD {
    // One without partitions adds nothing, and must not stand in the way of a partitioner.
    const rdds = this.#rdds.filter((rdd) => rdd.prepared.numPartitions > 0);
    const [first] = rdds;
    const partitioner = first?.prepared.partitioner;
    const isAligned = partitioner !== undefined && rdds.every((rdd) => rdd.prepared.partitioner?.equals(partitioner) === true);
    return isAligned ? partitionerAware(rdds, partitioner) : appended(rdds);
  }
}

function appended(rdds: readonly RDD<unknown>[]): PreparedRDD {
  const parentPartitions = rdds.map((rdd) => rdd.prepared.numPartitions);
  let outStart = 0;
  const dependencies = rdds.map((rdd, index): Dependency => {
    const length = parentPartitions[index] ?? 0;
    outStart += length;
    return { kind: "narrow", rdd, mapping: { kind: "range", inStart: 0, outStart: outStart - length, length } };
  });
  return {
    numPartitions: outStart,
    dependencies,
    node: { kind: "union", parents: rdds, args: (): UnionArgs => ({ parentPartitions }) },
  };
}

/** @see Spark's PartitionerAwareUnionRDD */
function partitionerAware(rdds: readonly RDD<unknown>[], partitioner: Partitioner): PreparedRDD {
  const { numPartitions } = partitioner;
  const own = Array.from({ length: numPartitions }, (_, partition) => [partition]);
  return {
    numPartitions,
    dependencies: rdds.map(oneToOne),
    partitioner,
    node: { kind: "groups", parents: rdds, args: () => ({ groups: rdds.map(() => own) }) },
  };
}
