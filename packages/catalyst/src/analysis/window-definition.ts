import {
  mapPlanChildren,
  mapPlanExpressions,
  transformDown,
  type Expression,
  type LogicalPlan,
  type WindowDefinitions,
  type WindowExpression,
  type WindowSpecification,
} from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError } from "../error/analysis-error.ts";

/** The select list below WINDOW with its named windows written out. @throws AnalysisError MISSING_WINDOW_SPECIFICATION */
export function withWindowDefinitions(plan: WindowDefinitions): LogicalPlan {
  const byName = new Map(plan.definitions.map(({ name, specification }) => [name.toLowerCase(), specification]));
  const expand = (node: Expression): Expression =>
    node.kind === "window" && node.windowName !== undefined ? expanded(node, byName) : node;
  const change = (expression: Expression): Expression => transformDown(expression, expand);
  const visit = (node: LogicalPlan): LogicalPlan => {
    const changed = mapPlanExpressions(node, change);
    return node.kind === "sort" || node.kind === "unresolvedHaving" || node.kind === "distinct" ? mapPlanChildren(changed, visit) : changed;
  };
  return visit(plan.child);
}

function expanded(window: WindowExpression, byName: ReadonlyMap<string, WindowSpecification>): WindowExpression {
  const { windowName = "", ...rest } = window;
  const base = specificationOf(windowName, byName, window);
  const frame = window.frame ?? base.frame;
  return {
    ...rest,
    partitionBy: window.partitionBy.length > 0 ? window.partitionBy : base.partitionBy,
    orderBy: window.orderBy.length > 0 ? window.orderBy : base.orderBy,
    ...(frame === undefined ? {} : { frame }),
  };
}

function specificationOf(name: string, byName: ReadonlyMap<string, WindowSpecification>, window: WindowExpression): WindowSpecification {
  const found = byName.get(name.toLowerCase());
  if (found === undefined) throw analysisError("MISSING_WINDOW_SPECIFICATION", { windowName: quoteIdentifier(name) }, window.origin);
  if (found.base === undefined || found.base.toLowerCase() === name.toLowerCase()) return found;
  const base = specificationOf(found.base, byName, window);
  return {
    ...base,
    ...found,
    partitionBy: found.partitionBy.length > 0 ? found.partitionBy : base.partitionBy,
    orderBy: found.orderBy.length > 0 ? found.orderBy : base.orderBy,
  };
}
