import type { ZipPartitionsArgs } from "../compute/several-parents.ts";
import { coreErrors } from "../errors.ts";
import { oneToOne } from "./dependency.ts";
import type { UserFunction } from "./narrow-step.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** Partitions of equal numbers of several RDDs, read side by side. */
export class ZippedPartitionsRDD<T> extends RDD<T> {
  override readonly kindName: string;
  readonly #rdds: readonly RDD<unknown>[];
  readonly #method: string;
  readonly #func: UserFunction | undefined;
  readonly #isEvaluator: boolean;
  readonly #keepsPartitioner: boolean;

  /** @param func absent pairs up the records of two RDDs */
  constructor(
    rdds: readonly RDD<unknown>[],
    method: string,
    func: UserFunction | undefined,
    isEvaluator: boolean,
    keepsPartitioner: boolean,
  ) {
    super((rdds[0] as RDD<unknown>).context, method, rdds);
    this.kindName = `ZippedPartitionsRDD${rdds.length}`;
    this.#rdds = rdds;
    this.#method = method;
    this.#func = func;
    this.#isEvaluator = isEvaluator;
    this.#keepsPartitioner = keepsPartitioner;
  }

  protected override resolve(): PreparedRDD {
    const rdds = this.#rdds;
    const [first] = rdds as readonly [RDD<unknown>];
    const { numPartitions, partitioner } = first.prepared;
    for (const rdd of rdds) {
      const right = rdd.prepared.numPartitions;
      if (right !== numPartitions) throw coreErrors.create("PARTITIONS_DIFFER", { call: `${this.#method}()`, left: numPartitions, right });
    }
    const func = this.#func;
    const isEvaluator = this.#isEvaluator;
    return {
      numPartitions,
      dependencies: rdds.map(oneToOne),
      // zip() pairs by position; what a user's function does with the order is its own business, as in Spark.
      ...(func === undefined ? { effect: "orderSensitive" } : {}),
      ...(this.#keepsPartitioner && partitioner !== undefined ? { partitioner } : {}),
      node: {
        kind: "zipPartitions",
        parents: rdds,
        args: (encoder): ZipPartitionsArgs =>
          func === undefined
            ? { shape: "records" }
            : { shape: isEvaluator ? "evaluator" : "records", func: encoder.func(func, `rdd.${this.#method}()`) },
      },
    };
  }
}
