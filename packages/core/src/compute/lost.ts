import { coreErrors } from "../errors.ts";
import type { PlanNode } from "../plan/stage-plan.ts";
import type { BatchIterator, Computation, ComputationInput } from "./computation.ts";

/** Partitions that exist as stored blocks only, after a local checkpoint: to compute one is to have lost it. */
export class LostComputation implements Computation {
  readonly #rddId: number;

  constructor(node: PlanNode) {
    this.#rddId = node.rddId;
  }

  inputs(): readonly ComputationInput[] {
    return [];
  }

  /** @throws CHECKPOINT_BLOCK_LOST */
  compute(partition: number): BatchIterator {
    throw coreErrors.create("CHECKPOINT_BLOCK_LOST", { partition, rddId: this.#rddId });
  }
}
