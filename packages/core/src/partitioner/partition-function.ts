import { KeyIndex, naturalCompare, portableHash } from "@vonk/columnar/internal";
import type { FunctionResolver } from "../compute/computation.ts";
import type { PartitionerPlan } from "../plan/stage-plan.ts";

/** The partition of a key, between 0 and the partitioner's number of partitions. */
export type PartitionFunction = (key: unknown) => number;

/** Makes the function that a partitioner's plain data describes. */
export function partitionFunction(plan: PartitionerPlan, functions: FunctionResolver): PartitionFunction {
  switch (plan.kind) {
    case "hash":
      return hashPartition(plan.numPartitions);
    case "identity":
      return (key) => key as number;
    case "range":
      return rangePartition(
        plan,
        plan.compare === undefined ? naturalCompare : functions.resolve<(a: unknown, b: unknown) => number>(plan.compare),
      );
    case "custom": {
      const getPartition = functions.resolve<(key: unknown) => number>(plan.getPartition);
      return getPartition;
    }
    case "coalesced": {
      const parent = partitionFunction(plan.parent, functions);
      const target = new Int32Array(plan.parent.numPartitions);
      plan.startIndices.forEach((start, index) => target.fill(index, start, plan.startIndices[index + 1] ?? target.length));
      return (key) => target[parent(key)] ?? 0;
    }
  }
}

function hashPartition(count: number): PartitionFunction {
  if (count === 1) return () => 0;
  return (key) => {
    const remainder = portableHash(key) % count;
    return remainder < 0 ? remainder + count : remainder;
  };
}

function rangePartition(plan: Extract<PartitionerPlan, { kind: "range" }>, compare: (a: unknown, b: unknown) => number): PartitionFunction {
  const { bounds, ascending } = plan;
  const last = bounds.length;
  const numbers =
    plan.compare === undefined && bounds.every((bound) => typeof bound === "number") ? Float64Array.from(bounds as number[]) : undefined;
  const search = (key: unknown): number => {
    let low = 0;
    let high = last;
    if (numbers !== undefined && typeof key === "number") {
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (key > (numbers[middle] ?? 0)) low = middle + 1;
        else high = middle;
      }
      return key !== key ? last : low;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(key, bounds[middle]) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return ascending ? search : (key) => last - search(key);
}

/** A partition function that remembers distinct keys' partitions; pays when hashing is dear and keys repeat. */
export function memoizedPartition(partition: PartitionFunction): PartitionFunction {
  const index = new KeyIndex();
  const partitions: number[] = [];
  return (key) => {
    const slot = index.slot(key);
    if (slot === partitions.length) partitions.push(partition(key));
    return partitions[slot] ?? 0;
  };
}
