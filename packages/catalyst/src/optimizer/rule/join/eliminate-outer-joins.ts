import { conjuncts, mapPlanChildren, type Expression, type Join, type LogicalPlan } from "@vonk/dataframe/internal";
import { findFunction, isDeterministic } from "@vonk/expression/internal";
import { outputIds, substitute } from "../../../tree/attributes.ts";
import type { Rule } from "../../rule.ts";

/**
 * An outer join whose rows without a partner are turned away above keeps none: `a LEFT JOIN b … WHERE b.x > 1` is an inner join, since null is not
 * greater. It pays because inner joins can be reordered, and either side can leave rows of the other out (TPC-H Q2, whose subquery is such a join).
 * @see Spark's EliminateOuterJoin; Galindo-Legaria and Rosenthal, "Outerjoin Simplification and Reordering" (1997)
 */
export const eliminateOuterJoins: Rule = { name: "EliminateOuterJoin", apply: (plan) => eliminate(plan, []) };

/** The plan, of whose rows only those matter for which all conditions of `held` are true. */
function eliminate(plan: LogicalPlan, held: readonly Expression[]): LogicalPlan {
  switch (plan.kind) {
    case "filter":
      return mapPlanChildren(plan, (child) => eliminate(child, [...held, ...conditionsOf(plan.condition)]));
    case "project": {
      if (held.length === 0 || !plan.projections.every(isDeterministic)) break;
      const values = new Map(plan.projections.flatMap((item) => (item.kind === "alias" ? [[item.exprId, item.child] as const] : [])));
      const below = held.map((condition) => substitute(condition, values));
      return mapPlanChildren(plan, (child) => eliminate(child, below));
    }
    case "join":
      return plan.nullAware === true ? mapPlanChildren(plan, (child) => eliminate(child, [])) : eliminateJoin(plan, held);
    default:
  }
  return mapPlanChildren(plan, (child) => eliminate(child, []));
}

function eliminateJoin(join: Join, held: readonly Expression[]): LogicalPlan {
  const joinType = strictType(join, held);
  const on = join.condition === undefined ? [] : conditionsOf(join.condition);
  const both = [...held, ...on];
  const [left, right] = heldBySides({ ...join, joinType }, held, on, both);
  const sides = { left: eliminate(join.left, left), right: eliminate(join.right, right) };
  const same = joinType === join.joinType && sides.left === join.left && sides.right === join.right;
  return same ? join : { ...join, ...sides, joinType };
}

/** What holds for the rows of each side that matter. */
function heldBySides(
  { joinType }: Join,
  held: readonly Expression[],
  on: readonly Expression[],
  both: readonly Expression[],
): readonly [readonly Expression[], readonly Expression[]] {
  switch (joinType) {
    case "inner":
    case "cross":
      return [both, both];
    case "semi":
      return [both, on];
    // Rows of the side that is kept may have no partner, for which ON says nothing.
    case "left":
      return [held, both];
    case "right":
      return [both, held];
    case "anti":
    case "existence":
      return [[], on];
    default:
      return [[], []];
  }
}

/** The join's type without the rows that the conditions turn away. A full join keeps its left rows when those that have none there are turned away. */
function strictType(join: Join, held: readonly Expression[]): Join["joinType"] {
  const { joinType } = join;
  if (joinType !== "left" && joinType !== "right" && joinType !== "full") return joinType;
  const turnsAway = (side: LogicalPlan): boolean => {
    const ids = outputIds(side);
    return held.some((condition) => isNotTrue(condition, ids));
  };
  if (joinType === "left") return turnsAway(join.right) ? "inner" : "left";
  if (joinType === "right") return turnsAway(join.left) ? "inner" : "right";
  if (turnsAway(join.left)) return turnsAway(join.right) ? "inner" : "left";
  return turnsAway(join.right) ? "right" : "full";
}

function conditionsOf(condition: Expression): readonly Expression[] {
  return conjuncts(condition).filter(isDeterministic);
}

/** Whether a condition is null or false in every row in which these columns are null. */
function isNotTrue(condition: Expression, nulls: ReadonlySet<number>): boolean {
  if (condition.kind === "call") {
    const [first] = condition.args;
    switch (condition.name) {
      case "and":
        return condition.args.some((part) => isNotTrue(part, nulls));
      case "or":
        return condition.args.every((part) => isNotTrue(part, nulls));
      case "isnotnull":
        return first !== undefined && isNull(first, nulls);
      case "not":
        if (first?.kind === "call" && first.name === "isnull") return first.args.every((part) => isNull(part, nulls));
        break;
      default:
    }
  }
  if (condition.kind === "literal") return condition.value !== true;
  return isNull(condition, nulls);
}

/** Whether an expression is null in every row in which these columns are null. */
function isNull(expression: Expression, nulls: ReadonlySet<number>): boolean {
  switch (expression.kind) {
    case "attribute":
      return nulls.has(expression.exprId);
    case "literal":
      return expression.value === null;
    case "alias":
    case "cast":
      return isNull(expression.child, nulls);
    case "call": {
      const definition = findFunction(expression.name);
      if (definition?.kind === "scalar" && definition.nulls === "propagate") return expression.args.some((part) => isNull(part, nulls));
      const [first] = expression.args;
      if (expression.name === "in") return first !== undefined && isNull(first, nulls);
      return expression.name === "coalesce" && expression.args.every((part) => isNull(part, nulls));
    }
    default:
      return false;
  }
}
