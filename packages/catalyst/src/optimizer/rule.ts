import type { LogicalPlan } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";

/** What rules may ask for. */
export interface OptimizerContext {
  readonly session: SessionValues;
  /** Names of rules that are left out, for comparisons; {@link Rule.needed} ones run all the same. */
  readonly excludedRules?: ReadonlySet<string>;
}

/** A change of a resolved plan into an equal one. Pure; gives its input back when it has nothing to do. */
export interface Rule {
  readonly name: string;
  /** True when plans cannot be computed without it. */
  readonly needed?: boolean;
  readonly apply: (plan: LogicalPlan, context: OptimizerContext) => LogicalPlan;
}

/** Rules that run together, in this order: once, or until nothing changes. */
export interface Batch {
  readonly name: string;
  readonly strategy: "once" | { readonly fixedPoint: number };
  readonly rules: readonly Rule[];
}
