import {
  mapPlanChildren,
  planExists,
  type Expression,
  type Join,
  type JoinHint,
  type LogicalPlan,
  type UnresolvedHint,
} from "@vonk/dataframe/internal";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";

const joinHints: Readonly<Record<string, JoinHint>> = {
  BROADCAST: "broadcast",
  BROADCASTJOIN: "broadcast",
  MAPJOIN: "broadcast",
  SHUFFLE_MERGE: "merge",
  MERGEJOIN: "merge",
  MERGE: "merge",
  SHUFFLE_HASH: "shuffle_hash",
  SHUFFLE_REPLICATE_NL: "shuffle_replicate_nl",
};

/** A hint as what it asks for: how a table is joined, or into how many partitions rows go. Hints that nobody knows change nothing, as in Spark. */
export function applyHint(hint: UnresolvedHint, child: LogicalPlan, scope: PlanScope): LogicalPlan {
  const name = hint.name.toUpperCase();
  const join = Object.hasOwn(joinHints, name) ? joinHints[name] : undefined;
  if (join !== undefined) return hintTables(child, hint.args.map(nameOf), join);
  switch (name) {
    case "COALESCE":
    case "REPARTITION":
    case "REPARTITION_BY_RANGE":
    case "REBALANCE":
      return repartitioned(hint, child, scope, name !== "COALESCE");
    default:
      return child;
  }
}

function repartitioned(hint: UnresolvedHint, child: LogicalPlan, scope: PlanScope, shuffle: boolean): LogicalPlan {
  const [first] = hint.args;
  const partitions = first?.kind === "literal" ? Number(first.value) : undefined;
  const inner = expressionScope([child], scope);
  const expressions = hint.args.slice(partitions === undefined ? 0 : 1).map((item) => resolveExpression(item, inner));
  return { kind: "repartition", expressions, shuffle, child, ...(partitions === undefined ? {} : { partitions }) };
}

/** The last part of the name that a hint gives a table. */
function nameOf(expression: Expression): string {
  return (expression.kind === "unresolvedAttribute" ? (expression.nameParts.at(-1) ?? "") : "").toLowerCase();
}

/** Marks the sides of joins that are the tables named; a query's own name hides what is inside it. */
function hintTables(plan: LogicalPlan, names: readonly string[], hint: JoinHint): LogicalPlan {
  const isNamed = (side: LogicalPlan): boolean => side.kind === "subqueryAlias" && names.includes(side.alias.at(-1)?.toLowerCase() ?? "");
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === "subqueryAlias") return node;
    const inner = mapPlanChildren(node, visit);
    if (inner.kind !== "join") return inner;
    const left = isNamed(inner.left);
    const right = isNamed(inner.right);
    return left || right ? marked(inner, left, right, hint) : inner;
  };
  return planExists(plan, (node) => node.kind === "join") ? visit(plan) : plan;
}

function marked(join: Join, left: boolean, right: boolean, hint: JoinHint): Join {
  return { ...join, hint: { ...join.hint, ...(left ? { left: hint } : {}), ...(right ? { right: hint } : {}) } };
}
