import { unreachable } from "@vonk/common/internal";
import type { FunctionRef, PlanNode, StagePlan } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import { isStored } from "../storage/storage-level.ts";
import { AsyncStepComputation } from "./async-step.ts";
import { batchFunctions, BatchFunctionComputation } from "./batch-function.ts";
import { CachedComputation } from "./cached.ts";
import { CoGroupComputation } from "./cogroup.ts";
import type { Computation, ComputationInput, FunctionResolver } from "./computation.ts";
import { CustomComputation } from "./custom.ts";
import { FileComputation } from "./files.ts";
import { LostComputation } from "./lost.ts";
import { MapPartitionsComputation } from "./partition-function.ts";
import { recordStepComputation } from "./record-step.ts";
import {
  CartesianComputation,
  GroupsComputation,
  SubtractComputation,
  UnionComputation,
  ZipPartitionsComputation,
} from "./several-parents.ts";
import { ShuffledComputation } from "./shuffled.ts";
import { ParallelComputation, RangeComputation } from "./sources.ts";

/** The kinds of plan node that exist. */
export type ComputationKind =
  | "parallel"
  | "range"
  | "files"
  | "records"
  | "asyncRecords"
  | "mapPartitions"
  | "batches"
  | "shuffled"
  | "union"
  | "groups"
  | "cartesian"
  | "zipPartitions"
  | "cogroup"
  | "subtract"
  | "custom"
  | "lost";

/** Builds the computations of a stage; the last is the root. */
export function buildStageGraph(plan: StagePlan, functions: FunctionResolver, label: string): Computation {
  const made: Computation[] = [];
  for (const node of plan.nodes) {
    const parents = node.parents.map((parent) => made[parent] as Computation);
    const computation = makeComputation(node, parents, functions, `${label} rdd ${node.rddId}`);
    const { storageLevel } = node;
    made.push(storageLevel !== undefined && isStored(storageLevel) ? new CachedComputation(computation, node, storageLevel) : computation);
  }
  return made[plan.root] as Computation;
}

function makeComputation(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver, label: string): Computation {
  const kind = node.kind as ComputationKind;
  switch (kind) {
    case "parallel":
      return new ParallelComputation(node);
    case "range":
      return new RangeComputation(node);
    case "files":
      return new FileComputation(node);
    case "records":
      return recordStepComputation(node, parents, functions, label);
    case "asyncRecords":
      return new AsyncStepComputation(node, parents, functions);
    case "mapPartitions":
      return new MapPartitionsComputation(node, parents, functions);
    case "batches":
      return new BatchFunctionComputation(node, parents, functions, batchFunctions);
    case "shuffled":
      return new ShuffledComputation(node, functions);
    case "union":
      return new UnionComputation(node, parents);
    case "groups":
      return new GroupsComputation(node, parents);
    case "cartesian":
      return new CartesianComputation(node, parents);
    case "zipPartitions":
      return new ZipPartitionsComputation(node, parents, functions);
    case "cogroup":
      return new CoGroupComputation(node, parents);
    case "subtract":
      return new SubtractComputation(node, parents);
    case "custom":
      return new CustomComputation(node, parents, functions);
    case "lost":
      return new LostComputation(node);
    default:
      return unreachable(kind);
  }
}

/** Runs the async steps that a partition needs, the deepest first; undefined when it needs none. */
export function prepareAsyncSteps(root: Computation, partition: number, task: TaskRuntime): Promise<void> | undefined {
  const steps = asyncSteps(root, partition, task);
  if (steps.length === 0) return undefined;
  return (async () => {
    for (const step of steps) await step.computation.prepareAsync?.(step.partition, task);
  })();
}

/** The async steps behind a partition, each once and after those it needs. A stored partition needs none of those behind it. */
function asyncSteps(root: Computation, partition: number, task: TaskRuntime): ComputationInput[] {
  const steps: ComputationInput[] = [];
  const visited: ComputationInput[] = [];
  const seen = new Map<Computation, Set<number>>();
  const visit = (computation: Computation, at: number): void => {
    const partitions = seen.get(computation) ?? new Set();
    if (partitions.has(at)) return;
    seen.set(computation, partitions.add(at));
    const [stepsBefore, visitedBefore] = [steps.length, visited.push({ computation, partition: at })];
    for (const input of computation.inputs(at)) visit(input.computation, input.partition);
    if (steps.length > stepsBefore && computation instanceof CachedComputation && computation.openStored(at, task)) {
      steps.length = stepsBefore;
      // Another way to what lies behind may need it all the same.
      for (const each of visited.splice(visitedBefore)) seen.get(each.computation)?.delete(each.partition);
    }
    if (computation.prepareAsync !== undefined) steps.push({ computation, partition: at });
  };
  visit(root, partition);
  return steps;
}

/** All closures of a plan. */
export function closuresOf(plan: StagePlan): Uint8Array[] {
  const found: Uint8Array[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
    const { closure } = value as Partial<Extract<FunctionRef, { closure: Uint8Array }>>;
    if (closure instanceof Uint8Array) found.push(closure);
    else for (const each of Object.values(value)) visit(each);
  };
  for (const node of plan.nodes) visit(node.kind === "parallel" || node.kind === "files" ? undefined : node.args);
  visit(plan.sink);
  return found;
}
