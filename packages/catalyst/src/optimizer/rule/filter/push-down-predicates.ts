import {
  conjunction,
  conjuncts,
  mapPlanChildren,
  outputOf,
  type Expression,
  type Filter,
  type Join,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { hasSubquery, outputIds, readsOnly, substitute } from "../../../tree/attributes.ts";
import { isDeterministic } from "@vonk/expression/internal";
import type { Rule } from "../../rule.ts";

/**
 * Moves conditions towards the tables, through projections, joins, unions, windows and aggregates as far as they still mean the same, and merges
 * filters that meet. It pays because fewer rows travel. A condition must not pass a limit (`SELECT * FROM (… LIMIT 10) WHERE a` would
 * choose other ten rows), nor an expression that differs from call to call.
 * @see Spark's PushDownPredicates and PushPredicateThroughJoin
 */
export const pushDownPredicates: Rule = { name: "PushDownPredicates", apply: push };

function push(plan: LogicalPlan): LogicalPlan {
  const pushed = pushOne(plan);
  return mapPlanChildren(pushed, push);
}

function pushOne(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === "join") return pushJoinCondition(plan);
  if (plan.kind !== "filter") return plan;
  const { child } = plan;
  switch (child.kind) {
    case "filter":
      return pushOne({
        ...plan,
        condition: conjunction([...conjuncts(child.condition), ...conjuncts(plan.condition)]),
        child: child.child,
      });
    case "project":
      return throughProject(plan, child);
    case "aggregate":
      return throughAggregate(plan, child);
    case "join":
      return throughJoin(plan, child);
    case "union":
      return throughUnion(plan, child);
    case "sort":
    case "distinct":
    case "repartition":
      return { ...child, child: pushOne({ ...plan, child: child.child }) };
    default:
      return plan;
  }
}

function filterOf(conditions: readonly Expression[], child: LogicalPlan): LogicalPlan {
  return conditions.length === 0 ? child : pushOne({ kind: "filter", condition: conjunction(conditions), child });
}

function throughProject(filter: Filter, project: Extract<LogicalPlan, { kind: "project" }>): LogicalPlan {
  if (!project.projections.every(isDeterministic)) return filter;
  const values = new Map(project.projections.flatMap((item) => (item.kind === "alias" ? [[item.exprId, item.child] as const] : [])));
  return {
    ...project,
    child: filterOf(
      conjuncts(filter.condition).map((condition) => substitute(condition, values)),
      project.child,
    ),
  };
}

/** Conditions on grouping columns alone hold for whole groups. */
function throughAggregate(filter: Filter, aggregate: Extract<LogicalPlan, { kind: "aggregate" }>): LogicalPlan {
  if (aggregate.groupings.length === 0) return filter;
  const groupings = new Map<number, Expression>();
  for (const item of aggregate.aggregates) {
    const value = item.kind === "alias" ? item.child : item;
    if ((item.kind === "alias" || item.kind === "attribute") && aggregate.groupings.includes(value)) groupings.set(item.exprId, value);
    else if (item.kind === "attribute") groupings.set(item.exprId, item);
  }
  const ids = new Set(groupings.keys());
  const conditions = conjuncts(filter.condition);
  const passing = conditions.filter((condition) => isDeterministic(condition) && readsOnly(condition, ids) && !hasSubquery(condition));
  if (passing.length === 0) return filter;
  const below = {
    ...aggregate,
    child: filterOf(
      passing.map((condition) => substitute(condition, groupings)),
      aggregate.child,
    ),
  };
  const staying = conditions.filter((condition) => !passing.includes(condition));
  return staying.length === 0 ? below : { ...filter, condition: conjunction(staying), child: below };
}

function throughUnion(filter: Filter, union: Extract<LogicalPlan, { kind: "union" }>): LogicalPlan {
  const [first, ...rest] = union.children.map((child) => [child, outputOf(child)] as const);
  if (first === undefined || !isDeterministic(filter.condition)) return filter;
  const others = rest.map(([child, output]) => {
    const columns = new Map(first[1].map((column, index) => [column.exprId, output[index] ?? column]));
    return filterOf([substitute(filter.condition, columns)], child);
  });
  return { ...union, children: [filterOf([filter.condition], first[0]), ...others] };
}

/** Which sides of a join may lose rows early by a condition above it. */
function throughJoin(filter: Filter, join: Join): LogicalPlan {
  const left = outputIds(join.left);
  const right = outputIds(join.right);
  const conditions = conjuncts(filter.condition);
  const movable = conditions.filter((condition) => isDeterministic(condition));
  const toLeft = join.joinType === "right" || join.joinType === "full" ? [] : movable.filter((condition) => readsOnly(condition, left));
  const rightKept = join.joinType === "inner" || join.joinType === "cross" || join.joinType === "right";
  const toRight = rightKept ? movable.filter((condition) => !toLeft.includes(condition) && readsOnly(condition, right)) : [];
  const rest = conditions.filter((condition) => !toLeft.includes(condition) && !toRight.includes(condition));
  const sides: Join = { ...join, left: filterOf(toLeft, join.left), right: filterOf(toRight, join.right) };
  if (rest.length === 0) return sides;
  if (join.joinType !== "inner" && join.joinType !== "cross") {
    return sides.left === join.left && sides.right === join.right ? filter : { ...filter, condition: conjunction(rest), child: sides };
  }
  const inside = rest.filter((condition) => isDeterministic(condition) && !hasSubquery(condition));
  const staying = rest.filter((condition) => !inside.includes(condition));
  const joined: Join =
    inside.length === 0
      ? sides
      : {
          ...sides,
          joinType: "inner",
          condition: conjunction([...(join.condition === undefined ? [] : conjuncts(join.condition)), ...inside]),
        };
  return staying.length === 0 ? joined : { ...filter, condition: conjunction(staying), child: joined };
}

/** Conditions of ON that read one side only become filters of that side, where rows without a match are not kept. */
function pushJoinCondition(join: Join): LogicalPlan {
  if (join.condition === undefined || join.nullAware === true) return join;
  const left = outputIds(join.left);
  const right = outputIds(join.right);
  const conditions = conjuncts(join.condition);
  const may = sidesToFilter(join.joinType);
  const toLeft = may.left ? conditions.filter((condition) => isDeterministic(condition) && readsOnly(condition, left)) : [];
  const toRight = may.right
    ? conditions.filter((condition) => !toLeft.includes(condition) && isDeterministic(condition) && readsOnly(condition, right))
    : [];
  if (toLeft.length === 0 && toRight.length === 0) return join;
  const rest = conditions.filter((condition) => !toLeft.includes(condition) && !toRight.includes(condition));
  const { condition: _, ...without } = join;
  return {
    ...without,
    left: filterOf(toLeft, join.left),
    right: filterOf(toRight, join.right),
    ...(rest.length === 0 ? {} : { condition: conjunction(rest) }),
  };
}

/** Which sides of a join may be filtered by what its ON says of them: those whose rows without a match are not kept. */
export function sidesToFilter(joinType: Join["joinType"]): { readonly left: boolean; readonly right: boolean } {
  return {
    left: joinType === "inner" || joinType === "cross" || joinType === "right" || joinType === "semi",
    right: joinType !== "right" && joinType !== "full",
  };
}
