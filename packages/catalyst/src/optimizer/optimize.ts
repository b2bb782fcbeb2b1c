import { outputOf, type LogicalPlan } from "@vonk/dataframe/internal";
import { assert } from "@vonk/common/internal";
import { withinStack } from "../error/within-stack.ts";
import { batches } from "./batches.ts";
import type { OptimizerContext, Rule } from "./rule.ts";

/** What a rule changed, for those who watch. */
export interface RuleTrace {
  readonly rule: string;
  readonly before: LogicalPlan;
  readonly after: LogicalPlan;
}

/** An equal plan that costs less. After each rule the columns of the result must be what they were: anything else is a bug of the rule. */
export function optimize(plan: LogicalPlan, context: OptimizerContext, trace?: (step: RuleTrace) => void): LogicalPlan {
  return withinStack(() => applyBatches(plan, context, trace));
}

function applyBatches(plan: LogicalPlan, context: OptimizerContext, trace: ((step: RuleTrace) => void) | undefined): LogicalPlan {
  let current = plan;
  for (const batch of batches) {
    const rounds = batch.strategy === "once" ? 1 : batch.strategy.fixedPoint;
    for (let round = 0; round < rounds; round++) {
      const before = current;
      for (const rule of batch.rules) current = applyRule(rule, current, context, trace);
      if (current === before) break;
    }
  }
  return current;
}

function applyRule(rule: Rule, plan: LogicalPlan, context: OptimizerContext, trace: ((step: RuleTrace) => void) | undefined): LogicalPlan {
  if (context.excludedRules?.has(rule.name) === true && rule.needed !== true) return plan;
  const after = rule.apply(plan, context);
  if (after === plan) return plan;
  const columns = outputOf(plan);
  const now = outputOf(after);
  const kept = columns.length === now.length && columns.every((column, index) => column.exprId === now[index]?.exprId);
  assert(kept, `${rule.name} keeps the result's columns`);
  trace?.({ rule: rule.name, before: plan, after });
  return after;
}
