import type { ComputationKind } from "../compute/stage-graph.ts";
import type { OutputEffect } from "../message/job.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import { oneToOne } from "./dependency.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";
import { shuffleOf } from "./shuffle-of.ts";

/** How an RDD with one parent and the same partitions is computed. */
export interface NarrowStep {
  readonly kind: ComputationKind;
  args(encoder: PlanEncoder, numPartitions: number): unknown;
  /** Spark's class for the step, where that is a class of its own. */
  readonly kindName?: string;
  /** True when keys stay as they are, so that the parent's partitioner holds. */
  readonly keepsPartitioner?: boolean;
  /** True when all tasks of its stage have to run at once. */
  readonly isBarrier?: boolean;
  readonly effect?: OutputEffect | undefined;
  /** How long a task that ends here is thought to run, in milliseconds. */
  readonly taskMs?: number | undefined;
  /** What shuffles alone give, read inside the step. */
  readonly reads?: readonly RDD<unknown>[];
}

/** Each partition is a function of the parent's partition of the same number: map, filter, mapPartitions and their like. */
export class MapPartitionsRDD<T> extends RDD<T> {
  override readonly kindName: string;
  readonly #parent: RDD<unknown>;
  readonly #step: NarrowStep;

  constructor(parent: RDD<unknown>, method: string, step: NarrowStep) {
    super(parent.context, method, [parent, ...(step.reads ?? [])]);
    this.#parent = parent;
    this.#step = step;
    this.kindName = step.kindName ?? "MapPartitionsRDD";
  }

  protected override resolve(): PreparedRDD {
    const parent = this.#parent;
    const { numPartitions, partitioner } = parent.prepared;
    const step = this.#step;
    return {
      numPartitions,
      dependencies: [oneToOne(parent), ...(step.reads ?? []).map(shuffleOf)],
      ...(step.keepsPartitioner === true && partitioner !== undefined ? { partitioner } : {}),
      ...(step.effect === undefined ? {} : { effect: step.effect }),
      ...(step.taskMs === undefined ? {} : { taskMs: step.taskMs }),
      ...(step.isBarrier === true ? { isBarrier: true } : {}),
      node: { kind: step.kind, parents: [parent], args: (encoder) => step.args(encoder, numPartitions) },
    };
  }
}
