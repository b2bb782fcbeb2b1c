import { portableHash } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { PartitionerPlan } from "../plan/stage-plan.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";

/** Assigns keys to partitions `0 … numPartitions - 1`. Equal partitioners let joins do without a shuffle. */
export abstract class Partitioner {
  abstract readonly numPartitions: number;
  /** The partition of a key. Called on the executors; what it uses is captured like any function. */
  abstract getPartition(key: unknown): number;
  /** True when both send every key to the same partition. */
  abstract equals(other: Partitioner): boolean;

  /** The form in which the partitioner travels. */
  toPlan(encoder: PlanEncoder): PartitionerPlan {
    const { numPartitions } = this;
    // A user's partitioner goes as a function; it is captured with the object it belongs to.
    const getPartition = this.getPartition.bind(this);
    return { kind: "custom", numPartitions, getPartition: encoder.func(getPartition, "partitionBy()") };
  }
}

/** Partitions by the portable hash of the key; equal keys by value meet on every machine. */
export class HashPartitioner extends Partitioner {
  readonly numPartitions: number;

  /** @throws INVALID_ARGUMENT when `numPartitions` is not a whole number of at least 1 */
  constructor(numPartitions: number) {
    super();
    this.numPartitions = checkPartitions(numPartitions, "HashPartitioner");
  }

  getPartition(key: unknown): number {
    const remainder = portableHash(key) % this.numPartitions;
    return remainder < 0 ? remainder + this.numPartitions : remainder;
  }

  equals(other: Partitioner): boolean {
    return other instanceof HashPartitioner && other.numPartitions === this.numPartitions;
  }

  override toPlan(): PartitionerPlan {
    return { kind: "hash", numPartitions: this.numPartitions };
  }
}

/** The partition is the key itself, a number; the shuffle then drops the key. For the engine's own shuffles. */
export class IdentityPartitioner extends Partitioner {
  readonly numPartitions: number;

  constructor(numPartitions: number) {
    super();
    this.numPartitions = numPartitions;
  }

  getPartition(key: unknown): number {
    return key as number;
  }

  equals(): boolean {
    return false;
  }

  override toPlan(): PartitionerPlan {
    return { kind: "identity", numPartitions: this.numPartitions };
  }
}

/** Joins neighbouring partitions of another partitioner; `startIndices` are the first ones of each group. */
export class CoalescedPartitioner extends Partitioner {
  readonly parent: Partitioner;
  readonly startIndices: readonly number[];

  constructor(parent: Partitioner, startIndices: readonly number[]) {
    super();
    this.parent = parent;
    this.startIndices = startIndices;
  }

  get numPartitions(): number {
    return this.startIndices.length;
  }

  getPartition(key: unknown): number {
    const parent = this.parent.getPartition(key);
    return this.startIndices.findLastIndex((start) => start <= parent);
  }

  equals(other: Partitioner): boolean {
    return (
      other instanceof CoalescedPartitioner &&
      other.parent.equals(this.parent) &&
      other.startIndices.length === this.startIndices.length &&
      other.startIndices.every((start, index) => start === this.startIndices[index])
    );
  }

  override toPlan(encoder: PlanEncoder): PartitionerPlan {
    return { kind: "coalesced", parent: this.parent.toPlan(encoder), startIndices: this.startIndices, numPartitions: this.numPartitions };
  }
}

/**
 * A number of partitions as given by the user.
 * @throws INVALID_ARGUMENT
 */
export function checkPartitions(count: number, call: string): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw coreErrors.create("INVALID_ARGUMENT", {
    call,
    name: "numPartitions",
    value: String(count),
    expected: "a whole number of at least 1",
  });
}
