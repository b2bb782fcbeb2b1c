import type { CustomArgs } from "../compute/custom.ts";
import type { SparkContext } from "../context/spark-context.ts";
import type { TaskContext } from "../executor/task-context.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import { invalid } from "./check-argument.ts";
import { isAsync } from "./narrow-step.ts";
import type { RecordIterator } from "./record-iterator.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** What `compute` may give: the partition's records, at once or bit by bit. */
export type ComputedRecords<T> = Iterable<T> | Iterator<T> | AsyncIterable<T> | Promise<Iterable<T>>;

/**
 * A user's own kind of RDD: what Spark's users get by extending `RDD`.
 *
 * A subclass lists its partitions and says how one is computed; the rest has defaults. `compute` runs in tasks, where the RDD
 * itself never is: `this` is then an object with the subclass's own fields and methods, captured when an action runs, and without
 * the engine's part (`context`, `map`…). So fields hold what a closure may hold; `#private` ones are refused, and `super` is not there.
 *
 * ```ts
 * class Pages extends CustomRDD<string, { page: number }> {
 *   url: string;
 *   constructor(sc: SparkContext, url: string) {
 *     super(sc);
 *     this.url = url;
 *   }
 *   override getPartitions() {
 *     return [{ page: 1 }, { page: 2 }];
 *   }
 *   override async *compute({ page }: { page: number }) {
 *     yield await (await fetch(`${this.url}?page=${page}`)).text();
 *   }
 * }
 * ```
 * @typeParam P what describes a partition; any value that a record may be
 */
export abstract class CustomRDD<T, P = number> extends RDD<T> {
  /** @param parents RDDs whose records `compute` reads; see {@link getParents} */
  constructor(context: SparkContext, parents: readonly RDD<unknown>[] = []) {
    super(context, new.target.name, parents);
  }

  override get kindName(): string {
    return this.constructor.name;
  }

  /** Lists the partitions, on the driver, when the first action needs them. */
  abstract getPartitions(): readonly P[] | Promise<readonly P[]>;

  /**
   * The records of a partition, in a task; may be async or a generator.
   * @param inputs a parent's records each, of the partitions that {@link getParents} names
   */
  abstract compute(partition: P, context: TaskContext, inputs: readonly RecordIterator<never>[]): ComputedRecords<T>;

  /** The partitions of a parent that a partition reads: the one of the same number, unless it is overridden. On the driver. */
  getParents(partition: number, _parent: number): readonly number[] {
    return [partition];
  }

  /** Hosts near a partition's data. On the driver. */
  getPreferredLocations(_partition: P): readonly string[] {
    return [];
  }

  /** The partitioner by which the records lie, when there is one. On the driver. */
  getPartitioner(): Partitioner | undefined {
    return undefined;
  }

  /**
   * How sure it is that computing a partition again gives the same records. On the driver. `INDETERMINATE` has all that was made of the
   * records computed again when some are lost; by default the parents' level holds.
   */
  getOutputDeterministicLevel(): "DETERMINATE" | "UNORDERED" | "INDETERMINATE" | undefined {
    return undefined;
  }

  protected override resolve(): PreparedRDD | Promise<PreparedRDD> {
    const listed = this.getPartitions();
    return listed instanceof Promise ? listed.then((partitions) => this.#resolved(partitions)) : this.#resolved(listed);
  }

  #resolved(partitions: readonly P[]): PreparedRDD {
    const { parents } = this;
    const groups = parents.map((parent, number) => partitions.map((_, index) => this.#read(parent, number, index)));
    const partitioner = this.getPartitioner();
    const args = (encoder: PlanEncoder): CustomArgs => {
      const compute = this.compute.bind(ownPart(this) as this);
      return {
        func: encoder.func(compute, `${this.kindName}.compute()`),
        className: this.kindName,
        isAsync: isAsync(compute),
        partitions: partitions.map((partition) => this.context.codec.encode([partition])),
        groups,
      };
    };
    const level = this.getOutputDeterministicLevel();
    return {
      numPartitions: partitions.length,
      ...(level === undefined ? {} : { effect: effects[level] }),
      dependencies: parents.map((rdd, parent) => ({ kind: "narrow", rdd, mapping: { kind: "groups", groups: groups[parent] ?? [] } })),
      ...(partitioner === undefined ? {} : { partitioner }),
      preferredLocations: partitions.map((partition) => this.getPreferredLocations(partition)),
      node: { kind: "custom", parents, args },
    };
  }

  #read(parent: RDD<unknown>, number: number, partition: number): readonly number[] {
    const read = this.getParents(partition, number);
    const { numPartitions } = parent.prepared;
    if (read.every((each) => Number.isInteger(each) && each >= 0 && each < numPartitions)) return read;
    const expected = `numbers from 0 to ${numPartitions - 1}, the partitions of ${parent.toString()}`;
    throw invalid(`${this.kindName}.getParents(${partition}, ${number})`, "its result", JSON.stringify(read), expected);
  }
}

const effects = { DETERMINATE: "ordered", UNORDERED: "unordered", INDETERMINATE: "indeterminate" } as const;

/** The subclass's own fields and methods, for tasks. */
function ownPart(rdd: object): object {
  const own: Record<string, unknown> = {};
  for (let at = rdd; at !== CustomRDD.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (!driverSide.has(name) && !Object.hasOwn(own, name) && value !== undefined) own[name] = value;
    }
  }
  return own;
}

/** What tasks have no use for, and what often cannot travel. */
const driverSide = new Set([
  "constructor",
  "context",
  "callSite",
  "recordType",
  "getPartitions",
  "getParents",
  "getPreferredLocations",
  "getPartitioner",
  "getOutputDeterministicLevel",
]);
