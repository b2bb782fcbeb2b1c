import type { ZipPartitionsArgs } from "../compute/several-parents.ts";
import { coreErrors } from "../errors.ts";
import { oneToOne } from "./dependency.ts";
import type { ModuleFunction } from "./module-step.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** Partitions of equal numbers of two RDDs by a library's function, `(partition, left, right, task) => iterable`. @throws PARTITIONS_DIFFER */
export function moduleZip<U>(left: RDD<unknown>, right: RDD<unknown>, name: string, func: ModuleFunction): RDD<U> {
  return new ModuleZipRDD<U>(left, right, name, func);
}

class ModuleZipRDD<U> extends RDD<U> {
  override readonly kindName: string;
  readonly #left: RDD<unknown>;
  readonly #right: RDD<unknown>;
  readonly #func: ModuleFunction;

  constructor(left: RDD<unknown>, right: RDD<unknown>, name: string, func: ModuleFunction) {
    super(left.context, name, [left, right]);
    this.kindName = name;
    this.#left = left;
    this.#right = right;
    this.#func = func;
  }

  protected override resolve(): PreparedRDD {
    const [left, right] = [this.#left, this.#right];
    const { numPartitions } = left.prepared;
    if (right.prepared.numPartitions !== numPartitions) {
      const sides = { left: numPartitions, right: right.prepared.numPartitions };
      throw coreErrors.create("PARTITIONS_DIFFER", { call: `${this.kindName}()`, ...sides });
    }
    const { module, export: name, args } = this.#func;
    return {
      numPartitions,
      dependencies: [oneToOne(left), oneToOne(right)],
      effect: "unordered",
      node: {
        kind: "zipPartitions",
        parents: [left, right],
        args: (encoder): ZipPartitionsArgs => ({
          shape: "module",
          func: encoder.module(module, name, this.context.codec.encodeValue(args)),
        }),
      },
    };
  }
}
