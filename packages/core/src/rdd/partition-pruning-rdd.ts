import type { GroupsArgs } from "../compute/several-parents.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** Some of the parent's partitions, without reading the others. */
export class PartitionPruningRDD<T> extends RDD<T> {
  override readonly kindName = "PartitionPruningRDD";
  readonly #parent: RDD<unknown>;
  readonly #select: (parent: PreparedRDD) => readonly number[];

  /** @param select the numbers of the partitions that stay, in their new order */
  constructor(parent: RDD<unknown>, method: string, select: (parent: PreparedRDD) => readonly number[]) {
    super(parent.context, method, [parent]);
    this.#parent = parent;
    this.#select = select;
  }

  /** The partitions for whose numbers `filter` is true. */
  static create<T>(rdd: RDD<T>, filter: (partition: number) => boolean): PartitionPruningRDD<T> {
    return new PartitionPruningRDD<T>(rdd, "PartitionPruningRDD", ({ numPartitions }) =>
      Array.from({ length: numPartitions }, (_, partition) => partition).filter(filter),
    );
  }

  protected override resolve(): PreparedRDD {
    const parent = this.#parent;
    const { numPartitions, partitioner, preferredLocations } = parent.prepared;
    const kept = this.#select(parent.prepared);
    const groups = kept.map((partition) => [partition]);
    const isAll = kept.length === numPartitions;
    const args: GroupsArgs = { groups: [groups] };
    return {
      numPartitions: kept.length,
      dependencies: [{ kind: "narrow", rdd: parent, mapping: { kind: "groups", groups } }],
      ...(isAll && partitioner !== undefined ? { partitioner } : {}),
      ...(preferredLocations === undefined ? {} : { preferredLocations: kept.map((partition) => preferredLocations[partition] ?? []) }),
      node: { kind: "groups", parents: [parent], args: () => args },
    };
  }
}
