import type { CoGroupArgs, CoGroupOutput } from "../compute/cogroup.ts";
import type { CoGroupSide, SubtractArgs } from "../compute/several-parents.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import { HashPartitioner } from "../partitioner/partitioner.ts";
import { partitionerOf } from "./default-partitioner.ts";
import { type Dependency, oneToOne, ShuffleDependency } from "./dependency.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** The values of equal keys of several pair RDDs, together; or the join of two. RDDs that lie right already are not shuffled. */
export class CoGroupedRDD<T> extends RDD<T> {
  override readonly kindName = "CoGroupedRDD";
  readonly #rdds: readonly RDD<unknown>[];
  readonly #output: CoGroupOutput;
  readonly #partitions: number | Partitioner | undefined;

  constructor(rdds: readonly RDD<unknown>[], method: string, output: CoGroupOutput, partitions: number | Partitioner | undefined) {
    super((rdds[0] as RDD<unknown>).context, method, rdds);
    this.#rdds = rdds;
    this.#output = output;
    this.#partitions = partitions;
  }

  protected override resolve(): PreparedRDD {
    const partitioner = partitionerOf(this.#partitions, this.#rdds);
    const { sides, parents, dependencies } = sidesOf(this.#rdds, partitioner);
    const args: CoGroupArgs = { sides, output: this.#output };
    return {
      numPartitions: partitioner.numPartitions,
      dependencies,
      partitioner,
      effect: "unordered",
      node: { kind: "cogroup", parents, args: () => args },
    };
  }
}

/** The pairs of one RDD whose keys another does not have. */
export class SubtractedRDD<T> extends RDD<T> {
  override readonly kindName = "SubtractedRDD";
  readonly #left: RDD<unknown>;
  readonly #right: RDD<unknown>;
  readonly #partitions: number | Partitioner | undefined;

  constructor(left: RDD<unknown>, right: RDD<unknown>, method: string, partitions: number | Partitioner | undefined) {
    super(left.context, method, [left, right]);
    this.#left = left;
    this.#right = right;
    this.#partitions = partitions;
  }

  protected override resolve(): PreparedRDD {
    const { partitioner: known, numPartitions } = this.#left.prepared;
    const given = this.#partitions ?? known ?? new HashPartitioner(Math.max(1, numPartitions));
    const partitioner = partitionerOf(given, [this.#left]);
    const { sides, parents, dependencies } = sidesOf([this.#left, this.#right], partitioner);
    const args: SubtractArgs = { sides: sides as [CoGroupSide, CoGroupSide] };
    return {
      numPartitions: partitioner.numPartitions,
      dependencies,
      partitioner,
      effect: "unordered",
      node: { kind: "subtract", parents, args: () => args },
    };
  }
}

interface Sides {
  readonly sides: CoGroupSide[];
  /** Parents within the stage. */
  readonly parents: RDD<unknown>[];
  readonly dependencies: Dependency[];
}

/** How each RDD gets to the partitions of `partitioner`: it lies there already, or through a shuffle; one shuffle for an RDD that comes twice. */
function sidesOf(rdds: readonly RDD<unknown>[], partitioner: Partitioner): Sides {
  const found: Sides = { sides: [], parents: [], dependencies: [] };
  const known = new Map<RDD<unknown>, CoGroupSide>();
  for (const rdd of rdds) {
    const side = known.get(rdd) ?? addSide(found, rdd, partitioner);
    known.set(rdd, side);
    found.sides.push(side);
  }
  return found;
}

function addSide({ parents, dependencies }: Sides, rdd: RDD<unknown>, partitioner: Partitioner): CoGroupSide {
  if (rdd.prepared.partitioner?.equals(partitioner) === true) {
    dependencies.push(oneToOne(rdd));
    return { kind: "narrow", parent: parents.push(rdd) - 1 };
  }
  const dependency = new ShuffleDependency(rdd, rdd.context.newShuffleId(), partitioner);
  rdd.context.trackShuffle(dependency);
  dependencies.push(dependency);
  return { kind: "shuffle", shuffleId: dependency.shuffleId };
}
