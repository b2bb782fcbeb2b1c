import { newExprId, outputOf, type LogicalPlan, type SharedDefinition } from "@vonk/dataframe/internal";
import { isDeterministicPlan } from "../tree/determinism.ts";
import type { CommonTableInScope, PlanScope } from "./plan-scope.ts";

/** Common tables put in the place of a reference in one analysis; more are computed once. Each may hold references to others, which multiply. */
const expansionsMax = 200;

/** What one analysis did with common tables. */
export interface CommonTableUses {
  expansions: number;
  readonly shared: WeakMap<CommonTableInScope, SharedDefinition>;
}

/** Of an analysis that begins. */
export function newCommonTableUses(): CommonTableUses {
  return { expansions: 0, shared: new WeakMap() };
}

/**
 * What a reference to a common table stands for: its plan with columns of its own at each place, so that conditions and columns around it reach into it.
 * Two kinds are computed once instead: those whose values differ from time to time, and all beyond a number of references, since a chain of 30
 * tables that each name the one before twice would have a plan of 2^30 nodes.
 * @see Spark's InlineCTE
 */
export function resolveCommonTable(common: CommonTableInScope, scope: PlanScope): LogicalPlan {
  const { name, columnNames } = common.table;
  return { kind: "subqueryAlias", alias: [name], columnNames, child: expandedOrShared(common, scope) };
}

function expandedOrShared(common: CommonTableInScope, { common: uses, resolve }: PlanScope): LogicalPlan {
  const known = uses.shared.get(common);
  if (known !== undefined) return referenceTo(known);
  const isFull = uses.expansions++ >= expansionsMax;
  const plan = resolve(common.table.plan, common.scope);
  // What refers to the query around it has other rows for each of that query's rows.
  if (common.scope.outer.length > 0 || (!isFull && isDeterministicPlan(plan))) return plan;
  const definition: SharedDefinition = { name: common.table.name, plan };
  uses.shared.set(common, definition);
  return referenceTo(definition);
}

function referenceTo(definition: SharedDefinition): LogicalPlan {
  return { kind: "shared", definition, output: outputOf(definition.plan).map((column) => ({ ...column, exprId: newExprId() })) };
}
