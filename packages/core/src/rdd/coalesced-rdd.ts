import type { GroupsArgs } from "../compute/several-parents.ts";
import { invalid } from "./check-argument.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** What a {@link PartitionCoalescer} is told. */
export interface CoalesceInput {
  /** Partitions wanted at most; fewer than the parent has. */
  readonly maxPartitions: number;
  readonly parentPartitions: number;
  /** Hosts near a parent partition's data. */
  preferredLocations(partition: number): readonly string[];
}

/** Chooses which parent partitions become one. Runs on the driver. */
export interface PartitionCoalescer {
  /** For each new partition the parent's that it reads; every parent partition once. */
  coalesce(input: CoalesceInput): readonly (readonly number[])[];
}

/** Fewer partitions, each made of several of the parent's, without a shuffle. */
export class CoalescedRDD<T> extends RDD<T> {
  override readonly kindName = "CoalescedRDD";
  readonly #parent: RDD<unknown>;
  readonly #maxPartitions: number;
  readonly #coalescer: PartitionCoalescer;

  constructor(parent: RDD<unknown>, maxPartitions: number, coalescer: PartitionCoalescer = neighbours) {
    super(parent.context, "coalesce", [parent]);
    this.#parent = parent;
    this.#maxPartitions = maxPartitions;
    this.#coalescer = coalescer;
  }

  protected override resolve(): PreparedRDD {
    const parent = this.#parent;
    const { numPartitions: parentPartitions, preferredLocations } = parent.prepared;
    const groups =
      parentPartitions <= this.#maxPartitions
        ? Array.from({ length: parentPartitions }, (_, partition) => [partition])
        : this.#coalescer.coalesce({
            maxPartitions: this.#maxPartitions,
            parentPartitions,
            preferredLocations: (partition) => preferredLocations?.[partition] ?? [],
          });
    checkGroups(groups, parentPartitions);
    const args: GroupsArgs = { groups: [groups] };
    return {
      numPartitions: groups.length,
      dependencies: [{ kind: "narrow", rdd: parent, mapping: { kind: "groups", groups } }],
      node: { kind: "groups", parents: [parent], args: () => args },
      ...(preferredLocations === undefined
        ? {}
        : { preferredLocations: groups.map((group) => commonest(group.flatMap((each) => preferredLocations[each] ?? []))) }),
    };
  }
}

/**
 * Runs of neighbouring partitions of equal length, so that the order of records stays.
 * Spark's default gives up the order for locality where partitions have preferred hosts.
 */
const neighbours: PartitionCoalescer = {
  coalesce({ maxPartitions, parentPartitions }) {
    const start = (index: number): number => Math.floor((index * parentPartitions) / maxPartitions);
    return Array.from({ length: maxPartitions }, (_, index) =>
      Array.from({ length: start(index + 1) - start(index) }, (_each, offset) => start(index) + offset),
    );
  },
};

/** The host that is named most often. */
function commonest(hosts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  const best = [...counts].toSorted((a, b) => b[1] - a[1])[0];
  return best === undefined ? [] : [best[0]];
}

/** A coalescer of the user's may forget partitions or name them twice. @throws INVALID_ARGUMENT */
function checkGroups(groups: readonly (readonly number[])[], parentPartitions: number): void {
  const used = groups.flat();
  const isWhole =
    used.length === parentPartitions &&
    new Set(used).size === parentPartitions &&
    used.every((each) => each >= 0 && each < parentPartitions);
  if (!isWhole) throw invalid("coalesce()", "coalescer", JSON.stringify(groups), `every partition from 0 to ${parentPartitions - 1} once`);
}
