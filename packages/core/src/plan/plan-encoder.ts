import { toPortableUrl } from "../closure/application-url.ts";
import { captureClosure, type CapturedClosure } from "../closure/capture-closure.ts";
import type { Aggregator, PlanFunction, ShuffleDependency } from "../rdd/dependency.ts";
import type { PreparedRDD, RDD } from "../rdd/rdd.ts";
import { isStored } from "../storage/storage-level.ts";
import { closureEnvironment } from "./closure-environment.ts";
import type { AggregatorPlan, FunctionRef, PlanNode, SinkPlan, StagePlan } from "./stage-plan.ts";

/** Builds a stage's plan from the lineage, on the user's thread: functions are captured here, with the values they see now. */
export class PlanEncoder {
  readonly #appRoot: string;
  readonly #onClosure: (closure: CapturedClosure) => void;
  readonly #nodes: PlanNode[] = [];
  readonly #positions = new Map<number, number>();

  constructor(appRoot: string, onClosure: (closure: CapturedClosure) => void) {
    this.#appRoot = appRoot;
    this.#onClosure = onClosure;
  }

  /** The plan of a stage that ends in `rdd`. All its ancestors within the stage have been prepared. */
  stage(rdd: RDD<unknown>, sink: SinkPlan): StagePlan {
    const root = this.#node(rdd);
    return { nodes: this.#nodes, root, sink };
  }

  /** Captures a user function. */
  func(user: (...args: never[]) => unknown, call: string): FunctionRef {
    const env = closureEnvironment(user);
    const closure = captureClosure(user, { call, appRoot: this.#appRoot, ...(env === undefined ? {} : { env }) });
    this.#onClosure(closure);
    return { closure: closure.bytes, id: closure.id, location: closure.location };
  }

  /** What a module's export makes of an encoded value. */
  module(url: string, exportName: string, args: Uint8Array): FunctionRef {
    return { module: toPortableUrl(url, { root: this.#appRoot }), export: exportName, args };
  }

  /** A function reference of any sort; the arguments of an engine function may hold further functions. */
  ref(func: PlanFunction): FunctionRef {
    if ("user" in func) return this.func(func.user, func.call);
    if ("module" in func) return this.module(func.module, func.export, func.encodedArgs);
    return func.args === undefined ? { builtin: func.builtin } : { builtin: func.builtin, args: this.#args(func.args) };
  }

  #args(args: unknown): unknown {
    if (typeof args !== "object" || args === null || Array.isArray(args) || ArrayBuffer.isView(args)) return args;
    return Object.fromEntries(
      Object.entries(args).map(([name, value]) => [name, isPlanFunction(value) ? this.ref(value) : (value as unknown)]),
    );
  }

  aggregator({ createCombiner, mergeValue, mergeCombiners }: Aggregator): AggregatorPlan {
    return { createCombiner: this.ref(createCombiner), mergeValue: this.ref(mergeValue), mergeCombiners: this.ref(mergeCombiners) };
  }

  /** The map side of a shuffle as a sink. */
  shuffleSink(dependency: ShuffleDependency): SinkPlan {
    const aggregator =
      dependency.mapSideCombine && dependency.aggregator !== undefined ? this.aggregator(dependency.aggregator) : undefined;
    const { shuffleId, byRecord } = dependency;
    const write = { shuffleId, byRecord, partitioner: dependency.partitioner.toPlan(this) };
    return { kind: "shuffle", write: aggregator === undefined ? write : { ...write, aggregator } };
  }

  /** Nodes are made parents first, without recursion: a narrow chain may be thousands of RDDs long. */
  #node(rdd: RDD<unknown>): number {
    const open: { readonly rdd: RDD<unknown>; readonly expanded: boolean }[] = [{ rdd, expanded: false }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#positions.has(next.rdd.id)) continue;
      const prepared = next.rdd.prepared;
      if (next.expanded) {
        this.#add(next.rdd, prepared);
        continue;
      }
      open.push({ rdd: next.rdd, expanded: true });
      for (const parent of prepared.node.parents.toReversed()) open.push({ rdd: parent, expanded: false });
    }
    return this.#positions.get(rdd.id) ?? 0;
  }

  #add(rdd: RDD<unknown>, prepared: PreparedRDD): void {
    const level = rdd.getStorageLevel();
    const node: PlanNode = {
      kind: prepared.node.kind,
      rddId: rdd.id,
      parents: prepared.node.parents.map((parent) => this.#positions.get(parent.id) ?? 0),
      args: prepared.node.args(this),
      ...(isStored(level) ? { storageLevel: level } : {}),
    };
    this.#positions.set(rdd.id, this.#nodes.push(node) - 1);
  }
}

function isPlanFunction(value: unknown): value is PlanFunction {
  return (
    typeof value === "object" && value !== null && (("user" in value && "call" in value) || "builtin" in value || "encodedArgs" in value)
  );
}
