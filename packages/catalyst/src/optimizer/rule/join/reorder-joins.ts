import { assert } from "@vonk/common/internal";
import { conjunction, conjuncts, mapPlanChildren, outputOf, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { outputIds, readsOnly, references } from "../../../tree/attributes.ts";
import { estimate, joinedRows, type Estimate } from "../../../statistics/estimate.ts";
import type { Rule } from "../../rule.ts";

/**
 * Chooses the order of inner joins: the largest table is probed, and those that leave the fewest rows are joined to it first; tables without a
 * condition between them come last. Queries that list tables with commas need it: in written order they would build products.
 *
 * Greedy, as the number of orders grows with the factorial; for the star and snowflake shapes of reporting queries that is the best order or
 * near it. @see Moerkotte, "Building Query Compilers" (2020), greedy operator ordering
 */
export const reorderJoins: Rule = { name: "ReorderJoin", apply: reorder };

function reorder(plan: LogicalPlan): LogicalPlan {
  if (!isInner(plan)) return mapPlanChildren(plan, reorder);
  const inputs: LogicalPlan[] = [];
  const conditions: Expression[] = [];
  flatten(plan, inputs, conditions);
  if (inputs.length < 2) return plan;
  const ordered = order(inputs.map(reorder), conditions);
  const output = outputOf(plan);
  const now = outputOf(ordered);
  return output.every((column, index) => column.exprId === now[index]?.exprId)
    ? ordered
    : { kind: "project", projections: output, child: ordered };
}

function isInner(plan: LogicalPlan): plan is Extract<LogicalPlan, { kind: "join" }> {
  return plan.kind === "join" && (plan.joinType === "inner" || plan.joinType === "cross") && plan.hint === undefined;
}

/** Columns may be narrowed between two joins; the projection is left out and made again on top. */
function flatten(plan: LogicalPlan, inputs: LogicalPlan[], conditions: Expression[]): void {
  if (plan.kind === "project" && plan.projections.every((item) => item.kind === "attribute") && isInner(plan.child)) {
    flatten(plan.child, inputs, conditions);
  } else if (isInner(plan)) {
    flatten(plan.left, inputs, conditions);
    flatten(plan.right, inputs, conditions);
    if (plan.condition !== undefined) conditions.push(...conjuncts(plan.condition));
  } else {
    inputs.push(plan);
  }
}

interface Candidate {
  readonly plan: LogicalPlan;
  readonly size: Estimate;
  readonly ids: ReadonlySet<number>;
}

function order(inputs: readonly LogicalPlan[], all: readonly Expression[]): LogicalPlan {
  const left: Candidate[] = inputs.map((plan) => ({ plan, size: estimate(plan), ids: outputIds(plan) }));
  const first = left.reduce((best, candidate) => (candidate.size.rows > best.size.rows ? candidate : best));
  left.splice(left.indexOf(first), 1);
  let conditions = all;
  let current = first;
  while (left.length > 0) {
    const { candidate, usable, rows } = cheapest(current, left, conditions);
    left.splice(left.indexOf(candidate), 1);
    conditions = conditions.filter((condition) => !usable.includes(condition));
    const join: LogicalPlan = {
      kind: "join",
      left: current.plan,
      right: candidate.plan,
      joinType: usable.length === 0 ? "cross" : "inner",
      lateral: false,
      ...(usable.length === 0 ? {} : { condition: conjunction(usable) }),
    };
    current = {
      plan: join,
      size: {
        rows,
        distinct: new Map([...current.size.distinct, ...candidate.size.distinct]),
        tableRows: new Map([...current.size.tableRows, ...candidate.size.tableRows]),
      },
      ids: new Set([...current.ids, ...candidate.ids]),
    };
  }
  return conditions.length === 0 ? current.plan : { kind: "filter", condition: conjunction(conditions), child: current.plan };
}

function cheapest(
  current: Candidate,
  left: readonly Candidate[],
  conditions: readonly Expression[],
): { readonly candidate: Candidate; readonly usable: readonly Expression[]; readonly rows: number } {
  let best: { candidate: Candidate; usable: readonly Expression[]; rows: number; cost: number } | undefined;
  for (const candidate of left) {
    const both = new Set([...current.ids, ...candidate.ids]);
    const usable = conditions.filter((condition) => readsOnly(condition, both));
    const linked = usable.some(
      (condition) => condition.kind === "call" && condition.name === "=" && links(condition, current.ids, candidate.ids),
    );
    const rows = joinedRows(current.size, candidate.size, usable.length === 0 ? undefined : conjunction(usable), current.ids);
    const cost = linked ? rows : rows * 1e12;
    if (best === undefined || cost < best.cost || (cost === best.cost && candidate.size.rows < best.candidate.size.rows))
      best = { candidate, usable, rows, cost };
  }
  assert(best !== undefined, "there is a table left to join");
  return best;
}

/** True when a condition compares something of one side with something of the other. */
function links(condition: Expression, left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  const columns = references(condition);
  return columns.some(({ exprId }) => left.has(exprId)) && columns.some(({ exprId }) => right.has(exprId));
}
