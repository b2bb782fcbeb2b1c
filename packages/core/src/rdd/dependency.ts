import type { NarrowMapping } from "../message/job.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import type { RDD } from "./rdd.ts";

/** An edge of the lineage. */
export type Dependency = NarrowDependency | ShuffleDependency;

/** Each child partition reads a few parent partitions, in the same stage. */
export interface NarrowDependency {
  readonly kind: "narrow";
  readonly rdd: RDD<unknown>;
  readonly mapping: NarrowMapping;
}

/** Functions that combine the values of a key; see {@link RDD.combineByKey}. */
export interface Aggregator {
  readonly createCombiner: PlanFunction;
  readonly mergeValue: PlanFunction;
  readonly mergeCombiners: PlanFunction;
}

/** A function for a plan: the user's, with the name of the call that took it, one of the engine's by name, or what a library's export makes of encoded arguments. */
export type PlanFunction =
  // A user function's own types are checked where it is given; the plan carries it untyped.
  | { readonly user: (...args: never[]) => unknown; readonly call: string }
  | { readonly builtin: string; readonly args?: unknown }
  | { readonly module: string; readonly export: string; readonly encodedArgs: Uint8Array };

/** The child's partitions are made from all of the parent's, through a shuffle. */
export class ShuffleDependency {
  readonly kind = "shuffle";
  readonly rdd: RDD<unknown>;
  readonly shuffleId: number;
  readonly partitioner: Partitioner;
  readonly aggregator: Aggregator | undefined;
  readonly mapSideCombine: boolean;
  /** True when records are placed by their whole value instead of their key. */
  readonly byRecord: boolean;

  constructor(
    rdd: RDD<unknown>,
    shuffleId: number,
    partitioner: Partitioner,
    options: { readonly aggregator?: Aggregator | undefined; readonly mapSideCombine?: boolean; readonly byRecord?: boolean } = {},
  ) {
    this.rdd = rdd;
    this.shuffleId = shuffleId;
    this.partitioner = partitioner;
    this.aggregator = options.aggregator;
    this.mapSideCombine = options.mapSideCombine ?? false;
    this.byRecord = options.byRecord ?? false;
  }
}

/** Each partition reads the parent's partition of the same number. */
export function oneToOne(rdd: RDD<unknown>): NarrowDependency {
  return { kind: "narrow", rdd, mapping: { kind: "one-to-one" } };
}
