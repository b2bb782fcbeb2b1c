import type { Expression } from "../expression/expression.ts";
import type { LogicalPlan } from "./logical-plan.ts";
import { planShapes } from "./plan-shape.ts";

interface AnyShape {
  readonly children: (node: LogicalPlan) => readonly LogicalPlan[];
  readonly rebuild: (node: LogicalPlan, children: readonly LogicalPlan[]) => LogicalPlan;
  readonly expressions: (node: LogicalPlan) => readonly Expression[];
  readonly mapExpressions: (node: LogicalPlan, change: (expression: Expression) => Expression) => LogicalPlan;
}

/** Each kind's shape takes nodes of that kind alone, which the compiler cannot follow through a look-up. */
function shapeOf(plan: LogicalPlan): AnyShape {
  return planShapes[plan.kind] as AnyShape;
}

/** A plan's inputs, left to right. */
export function planChildren(plan: LogicalPlan): readonly LogicalPlan[] {
  return shapeOf(plan).children(plan);
}

/** The expressions that stand in a node itself. */
export function planExpressions(plan: LogicalPlan): readonly Expression[] {
  return shapeOf(plan).expressions(plan);
}

/** The node over changed children; the node itself when none changes. */
export function mapPlanChildren(plan: LogicalPlan, change: (child: LogicalPlan) => LogicalPlan): LogicalPlan {
  const before = planChildren(plan);
  if (before.length === 0) return plan;
  const after = before.map(change);
  return after.every((child, index) => child === before[index]) ? plan : Object.freeze(shapeOf(plan).rebuild(plan, after));
}

/** Changes each of a node's own expressions; the node itself when none changes. */
export function mapPlanExpressions(plan: LogicalPlan, change: (expression: Expression) => Expression): LogicalPlan {
  let changed = false;
  const note = (expression: Expression): Expression => {
    const after = change(expression);
    if (after !== expression) changed = true;
    return after;
  };
  const rebuilt = shapeOf(plan).mapExpressions(plan, note);
  return changed ? Object.freeze(rebuilt) : plan;
}

/** Changes children first, then the node over the changed ones. */
export function transformPlanUp(plan: LogicalPlan, change: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  return change(mapPlanChildren(plan, (child) => transformPlanUp(child, change)));
}

/** Changes a node first, then the children of what it became. */
export function transformPlanDown(plan: LogicalPlan, change: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  return mapPlanChildren(change(plan), (child) => transformPlanDown(child, change));
}

/** True when the node or one below it satisfies the test. */
export function planExists(plan: LogicalPlan, test: (node: LogicalPlan) => boolean): boolean {
  return test(plan) || planChildren(plan).some((child) => planExists(child, test));
}
