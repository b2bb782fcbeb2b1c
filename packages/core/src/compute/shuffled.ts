import type { AggregatorPlan, FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import { naturalCompare } from "@vonk/columnar/internal";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { combineByKey } from "../shuffle/external-combiner.ts";
import { sortByKey, type SortOrder } from "../shuffle/external-sorter.ts";
import { batchesOfReaders } from "../storage/block-store.ts";
import { distinctRecords } from "./distinct.ts";
import type { BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";

/** How a shuffled RDD orders the records of a partition. */
export interface OrderingPlan {
  readonly ascending: boolean;
  readonly compare?: FunctionRef;
}

/** Arguments of a plan node of kind `shuffled`. */
export interface ShuffledArgs {
  readonly shuffleId: number;
  readonly aggregator?: AggregatorPlan;
  /** True when the map side combined, so that values are combiners already. */
  readonly mapSideCombine: boolean;
  readonly ordering?: OrderingPlan;
  /** Records are `[key, null]`; each key comes out once, bare. */
  readonly distinctKeys?: boolean;
  /** What each partition reads; absent means the reducer with its own number. */
  readonly reads?: readonly (readonly ReducerRead[])[];
}

/** A reducer, or what some map partitions in a row wrote for it. */
export interface ReducerRead {
  readonly reducer: number;
  /** The first map partition, and the one behind the last; absent means all. */
  readonly maps?: readonly [from: number, end: number];
}

/** The reduce side of a shuffle: reads, then combines or sorts. */
export class ShuffledComputation implements Computation {
  readonly #args: ShuffledArgs;
  readonly #functions: FunctionResolver;

  constructor(node: PlanNode, functions: FunctionResolver) {
    this.#args = node.args as ShuffledArgs;
    this.#functions = functions;
  }

  inputs(): readonly ComputationInput[] {
    return [];
  }

  compute(partition: number, task: TaskRuntime): BatchIterator {
    const { shuffleId, aggregator, mapSideCombine, ordering, distinctKeys, reads } = this.#args;
    const blocks = readAll(shuffleId, reads?.[partition] ?? [{ reducer: partition }], task);
    if (aggregator !== undefined) {
      const combined = combineByKey(blocks, resolveAggregator(aggregator, mapSideCombine, this.#functions), task);
      return ordering === undefined ? combined : sortByKey(combined, sortOrder(ordering, this.#functions), task);
    }
    if (ordering !== undefined) return sortByKey(blocks, sortOrder(ordering, this.#functions), task);
    if (distinctKeys === true) return distinctRecords(blocks, task);
    return batchesOfReaders(blocks, task.executor.settings.batchRecords);
  }
}

/** The order that a plan asks for. */
export function sortOrder({ ascending, compare }: OrderingPlan, functions: FunctionResolver): SortOrder {
  if (compare === undefined) return { natural: true, ascending, compare: naturalCompare };
  return { natural: false, ascending, compare: functions.resolve<(a: unknown, b: unknown) => number>(compare) };
}

function* readAll(
  shuffleId: number,
  reads: readonly ReducerRead[],
  task: TaskRuntime,
): ReturnType<TaskRuntime["executor"]["shuffles"]["read"]> {
  for (const { reducer, maps } of reads) yield* task.executor.shuffles.read(shuffleId, reducer, task, maps);
}

/** What the reduce side does with each value of a key. */
export interface ReduceFunctions {
  readonly create: (value: unknown) => unknown;
  readonly merge: (combiner: unknown, value: unknown) => unknown;
  readonly mergeCombiners: (a: unknown, b: unknown) => unknown;
}

/** The functions of the reduce side. */
export function resolveAggregator(plan: AggregatorPlan, mapSideCombine: boolean, functions: FunctionResolver): ReduceFunctions {
  const mergeCombiners = functions.resolve<(a: unknown, b: unknown) => unknown>(plan.mergeCombiners);
  if (mapSideCombine) return { create: (value) => value, merge: mergeCombiners, mergeCombiners };
  return {
    create: functions.resolve<(value: unknown) => unknown>(plan.createCombiner),
    merge: functions.resolve<(combiner: unknown, value: unknown) => unknown>(plan.mergeValue),
    mergeCombiners,
  };
}
