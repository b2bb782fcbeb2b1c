import { outputOf, type Attribute, type LogicalPlan, type UnresolvedAttribute } from "@vonk/dataframe/internal";
import { Scope, type ScopeMatch } from "./scope.ts";

/**
 * The plans of DataFrames in one analysis. `df.col("a")` names a column of the plan that its `planId` marks, wherever an equally named one stands beside it.
 */
export interface FramePlans {
  /** Columns by plan; several lists when a plan stands at several places, as in a join with itself. */
  readonly outputs: Map<number, readonly Attribute[][]>;
  /** Plans that need no second look. */
  readonly resolved: WeakSet<LogicalPlan>;
}

/** Of an analysis that begins. */
export function newFramePlans(): FramePlans {
  return { outputs: new Map(), resolved: new WeakSet() };
}

/** Notes what a DataFrame's plan turned out to give. */
export function rememberOutput(frames: FramePlans, planId: number, plan: LogicalPlan): void {
  frames.outputs.set(planId, [...(frames.outputs.get(planId) ?? []), [...outputOf(plan)]]);
}

/**
 * The column of a DataFrame, when it still is one of those in scope; undefined when it is not, and then its name decides.
 * @throws AnalysisError AMBIGUOUS_REFERENCE when its DataFrame stands at several places
 */
export function findInFrame(expression: UnresolvedAttribute, scopes: readonly Scope[], frames: FramePlans): ScopeMatch | undefined {
  const outputs = expression.planId === undefined ? undefined : frames.outputs.get(expression.planId);
  if (outputs === undefined) return undefined;
  const present = new Map(scopes.flatMap((scope) => scope.attributes.map((attribute) => [attribute.exprId, attribute] as const)));
  const candidates = outputs.flat().filter((attribute) => present.has(attribute.exprId));
  // Of two places of one plan, the one under an alias is meant by that alias.
  const plain = candidates.filter((attribute) => present.get(attribute.exprId)?.qualifier.join() === attribute.qualifier.join());
  return new Scope(plain.length > 0 ? plain : candidates, false).find(expression.nameParts, expression.origin);
}
