import {
  balanced,
  call,
  conjunction,
  conjuncts,
  mapPlanChildren,
  mapPlanExpressions,
  trueLiteral,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { booleanType } from "@vonk/columnar/internal";
import { expressionKey } from "../../../tree/expression-key.ts";
import type { Rule } from "../../rule.ts";

/**
 * `(a AND b) OR (a AND c)` as `a AND (b OR c)`: the common part may be the key of a join, which it cannot be inside the OR (TPC-H Q19).
 * @see Spark's BooleanSimplification
 */
export const extractCommonConditions: Rule = { name: "ExtractCommonConditions", apply: extract };

function extract(plan: LogicalPlan): LogicalPlan {
  const inner = mapPlanChildren(plan, extract);
  return inner.kind === "filter" || inner.kind === "join" ? mapPlanExpressions(inner, factor) : inner;
}

/** A condition with what all alternatives of an OR have in common taken out of it. */
export function factor(condition: Expression): Expression {
  if (condition.kind !== "call") return condition;
  if (condition.name === "and") {
    const parts = condition.args.map(factor);
    return parts.every((part, index) => part === condition.args[index]) ? condition : conjunction(parts);
  }
  if (condition.name !== "or") return condition;
  const branches = disjuncts(condition).map(conjuncts);
  const [first = [], ...rest] = branches;
  const common = first.filter((part) => rest.every((branch) => branch.some((other) => expressionKey(other) === expressionKey(part))));
  if (common.length === 0) return condition;
  const keys = new Set(common.map(expressionKey));
  const remaining = branches.map((branch) => branch.filter((part) => !keys.has(expressionKey(part))));
  // A branch of nothing but the common part makes the rest true.
  if (remaining.some((branch) => branch.length === 0)) return conjunction(common);
  const either = balanced(remaining.map(conjunction), (left, right) => call("or", [left, right], booleanType));
  return conjunction([...common, either ?? trueLiteral]);
}

function disjuncts(condition: Expression): Expression[] {
  return condition.kind === "call" && condition.name === "or" ? condition.args.flatMap(disjuncts) : [condition];
}
