import { booleanType } from "@vonk/columnar/internal";
import { balanced, call, conjunction, conjuncts, mapPlanChildren, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { hasSubquery, outputIds, readsOnly, references } from "../../../tree/attributes.ts";
import { isDeterministic } from "@vonk/expression/internal";
import type { Rule } from "../../rule.ts";
import { pushDownPredicates, sidesToFilter } from "../filter/push-down-predicates.ts";

/**
 * What a condition of a join says of one side alone goes to that side as well: of `(a.x = 1 AND b.y = 2) OR (a.x = 2 AND b.y = 1)`, that `a.x` is 1 or 2.
 * It pays because fewer rows meet the join (TPC-H Q7 and Q19), and a small side is built instead of a large one. The condition itself stays. An
 * alternative that says nothing of a side lets all its rows through, so nothing is pushed there: `a.x = 1 OR b.y = 2`. Runs once, since it
 * would find the same conditions again.
 * @see Spark's PushExtraPredicateThroughJoin
 */
export const pushExtraConditions: Rule = {
  name: "PushExtraPredicateThroughJoin",
  apply: (plan, context) => {
    const derive = (node: LogicalPlan): LogicalPlan => {
      if (node.kind !== "join" || node.condition === undefined || node.nullAware === true) return mapPlanChildren(node, derive);
      const alternatives = conjuncts(node.condition).filter((condition) => condition.kind === "call" && condition.name === "or");
      if (alternatives.length === 0) return mapPlanChildren(node, derive);
      const { left, right } = sidesToFilter(node.joinType);
      const filtered = (side: LogicalPlan, may: boolean): LogicalPlan => {
        const ids = outputIds(side);
        const said = may ? alternatives.flatMap((condition) => (readsOnly(condition, ids) ? [] : (saidOf(condition, ids) ?? []))) : [];
        if (said.length === 0) return side;
        return pushDownPredicates.apply({ kind: "filter", condition: conjunction(said), child: side }, context);
      };
      const sides = { left: filtered(node.left, left), right: filtered(node.right, right) };
      return mapPlanChildren(sides.left === node.left && sides.right === node.right ? node : { ...node, ...sides }, derive);
    };
    return derive(plan);
  },
};

/** What follows from a condition for these columns alone; undefined when nothing does. */
function saidOf(condition: Expression, ids: ReadonlySet<number>): Expression | undefined {
  if (readsOnly(condition, ids)) {
    return references(condition).length > 0 && isDeterministic(condition) && !hasSubquery(condition) ? condition : undefined;
  }
  if (condition.kind !== "call" || (condition.name !== "and" && condition.name !== "or")) return undefined;
  const parts = condition.args.map((part) => saidOf(part, ids));
  const said = parts.filter((part) => part !== undefined);
  if (condition.name === "and") return said.length === 0 ? undefined : conjunction(said);
  return said.length < parts.length ? undefined : balanced(said, (left, right) => call("or", [left, right], booleanType));
}
