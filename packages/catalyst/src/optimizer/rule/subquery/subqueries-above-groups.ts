import {
  alias,
  childrenOf,
  mapChildren,
  outputOf,
  planExists,
  planExpressions,
  toAttribute,
  type Aggregate,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type NamedExpression,
  exists,
} from "@vonk/dataframe/internal";
import { prettyText } from "../../../naming/expression-text.ts";
import { expressionKey } from "../../../tree/expression-key.ts";

/** True when a result of an aggregate asks a subquery about whole groups: outside of aggregate functions. */
export function joinsAboveGroups(expression: Expression): boolean {
  if (expression.kind === "aggregate") return false;
  if (expression.kind === "subquery") return expression.form !== "scalar" || refersOut(expression.plan);
  return childrenOf(expression).some(joinsAboveGroups);
}

function refersOut(plan: LogicalPlan): boolean {
  return planExists(plan, (node) => planExpressions(node).some((item) => exists(item, (inner) => inner.kind === "outerReference")));
}

/**
 * An aggregate whose results hold subqueries as a projection with them over the aggregate of what they use. A join below the aggregate would
 * have to be grouped by, and would ask once a row.
 */
export function withSubqueriesAbove(plan: Aggregate): LogicalPlan {
  const computed: Expression[] = [];
  const byKey = new Map<string, Attribute>();
  const keys = new Set(plan.groupings.map(expressionKey));
  const provide = (node: Expression): Attribute => {
    const key = expressionKey(node);
    let column = byKey.get(key);
    if (column === undefined) {
      const item: NamedExpression = node.kind === "attribute" ? node : alias(node, prettyText(node));
      computed.push(item);
      byKey.set(key, (column = toAttribute(item)));
    }
    return column;
  };
  // The columns that the groups are by keep their ids: the plans of subqueries may refer to them.
  for (const grouping of plan.groupings) provide(grouping);
  const rewrite = (node: Expression): Expression => {
    if (node.kind === "alias") return mapChildren(node, rewrite);
    return node.kind === "aggregate" || keys.has(expressionKey(node)) ? provide(node) : mapChildren(node, rewrite);
  };
  const projections = plan.aggregates.map(rewrite);
  return { kind: "project", projections, child: { ...plan, aggregates: computed } };
}

/** An aggregate that groups by columns alone: what it groups by is computed below, once a row. */
export function withGroupingsBelow(plan: Aggregate): LogicalPlan {
  const items = plan.groupings.map((item): NamedExpression => (item.kind === "attribute" ? item : alias(item, prettyText(item))));
  const byKey = new Map(items.map((item) => [expressionKey(item), toAttribute(item)]));
  const rewrite = (node: Expression): Expression =>
    (node.kind === "alias" ? undefined : byKey.get(expressionKey(node))) ?? mapChildren(node, rewrite);
  const computed = items.filter((item) => item.kind === "alias");
  const child: LogicalPlan = { kind: "project", projections: [...outputOf(plan.child), ...computed], child: plan.child };
  return { ...plan, groupings: items.map(toAttribute), aggregates: plan.aggregates.map(rewrite), child };
}
