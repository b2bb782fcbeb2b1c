import { assert } from "@vonk/common/internal";
import type { Expression } from "../expression/expression.ts";
import { mapOperation, operationExpressions } from "../frame/operation-shape.ts";
import type { LogicalPlan, PlanKind } from "./logical-plan.ts";

type Of<Kind extends PlanKind> = Extract<LogicalPlan, { kind: Kind }>;
type Change = (expression: Expression) => Expression;

/** What traversals need of a kind of plan node. Plans inside expressions and commands are neither children nor expressions of it. */
interface Shape<Node> {
  readonly children: (node: Node) => readonly LogicalPlan[];
  /** The node over other children, as many as `children` gave and in that order. */
  readonly rebuild: (node: Node, children: readonly LogicalPlan[]) => Node;
  readonly expressions: (node: Node) => readonly Expression[];
  /** The node with each of its expressions changed. */
  readonly mapExpressions: (node: Node, change: Change) => Node;
}

const noPlans: readonly LogicalPlan[] = [];
const noExpressions: readonly Expression[] = [];

function leaf<Node>(): Shape<Node> {
  return { children: () => noPlans, rebuild: (node) => node, expressions: () => noExpressions, mapExpressions: (node) => node };
}

function only(children: readonly LogicalPlan[]): LogicalPlan {
  const [child] = children;
  assert(child !== undefined, "a plan is rebuilt with its child");
  return child;
}

function pair(children: readonly LogicalPlan[]): { readonly left: LogicalPlan; readonly right: LogicalPlan } {
  const [left, right] = children;
  assert(left !== undefined && right !== undefined, "a plan is rebuilt with its two children");
  return { left, right };
}

/** One child and no expressions. */
function unary<Node extends { readonly child: LogicalPlan }>(): Shape<Node> {
  return {
    children: (node) => [node.child],
    rebuild: (node, children) => ({ ...node, child: only(children) }),
    expressions: () => noExpressions,
    mapExpressions: (node) => node,
  };
}

/** One child, and expressions in the fields named. */
function unaryWith<Node extends { readonly child: LogicalPlan }>(
  expressions: (node: Node) => readonly Expression[],
  mapExpressions: (node: Node, change: Change) => Node,
): Shape<Node> {
  return { ...unary<Node>(), expressions, mapExpressions };
}

/** One entry a kind: a new kind does not compile until its shape stands here. */
export const planShapes: { readonly [Kind in PlanKind]: Shape<Of<Kind>> } = {
  unresolvedRelation: leaf(),
  oneRow: leaf(),
  localRelation: leaf(),
  range: leaf(),
  cteRelation: leaf(),
  shared: leaf(),
  command: leaf(),
  unresolvedTableFunction: {
    ...leaf(),
    expressions: (node) => node.args,
    mapExpressions: (node, change) => ({ ...node, args: node.args.map(change) }),
  },
  unresolvedInlineTable: {
    ...leaf(),
    expressions: (node) => node.rows.flat(),
    mapExpressions: (node, change) => ({ ...node, rows: node.rows.map((row) => row.map(change)) }),
  },
  table: {
    ...leaf(),
    expressions: (node) => node.filters,
    mapExpressions: (node, change) => ({ ...node, filters: node.filters.map(change) }),
  },
  unresolvedWith: unary(),
  unresolvedHaving: unaryWith(
    (node) => [node.condition],
    (node, change) => ({ ...node, condition: change(node.condition) }),
  ),
  unresolvedHint: unary(),
  unresolvedPivot: unaryWith(
    (node) => [...(node.groupings ?? noExpressions), ...node.columns, ...node.values, ...node.aggregates],
    (node, change) => ({
      ...node,
      ...(node.groupings === undefined ? {} : { groupings: node.groupings.map(change) }),
      columns: node.columns.map(change),
      values: node.values.map(change),
      aggregates: node.aggregates.map(change),
    }),
  ),
  unresolvedUnpivot: unaryWith(
    (node) => [...(node.ids ?? noExpressions), ...node.values.flatMap((value) => value.columns)],
    (node, change) => ({
      ...node,
      ...(node.ids === undefined ? {} : { ids: node.ids.map(change) }),
      values: node.values.map((value) => ({ ...value, columns: value.columns.map(change) })),
    }),
  ),
  unresolvedOperation: unaryWith(
    (node) => operationExpressions(node.operation),
    (node, change) => ({ ...node, operation: mapOperation(node.operation, change) }),
  ),
  windowDefinitions: unary(),
  lateralView: unaryWith(
    (node) => [node.generator],
    (node, change) => ({ ...node, generator: change(node.generator) }),
  ),
  subqueryAlias: unary(),
  project: unaryWith(
    (node) => node.projections,
    (node, change) => ({ ...node, projections: node.projections.map(change) }),
  ),
  filter: unaryWith(
    (node) => [node.condition],
    (node, change) => ({ ...node, condition: change(node.condition) }),
  ),
  join: {
    children: (node) => [node.left, node.right],
    rebuild: (node, children) => ({ ...node, ...pair(children) }),
    expressions: (node) => (node.condition === undefined ? noExpressions : [node.condition]),
    mapExpressions: (node, change) => (node.condition === undefined ? node : { ...node, condition: change(node.condition) }),
  },
  aggregate: unaryWith(
    (node) => [...node.groupings, ...node.aggregates],
    (node, change) => ({ ...node, groupings: node.groupings.map(change), aggregates: node.aggregates.map(change) }),
  ),
  window: unaryWith(
    (node) => [...node.windowExpressions, ...node.partitionBy, ...node.orderBy],
    (node, change) => ({
      ...node,
      windowExpressions: node.windowExpressions.map(change),
      partitionBy: node.partitionBy.map(change),
      orderBy: node.orderBy.map(change),
    }),
  ),
  generate: unaryWith(
    (node) => [node.generator],
    (node, change) => ({ ...node, generator: change(node.generator) }),
  ),
  expand: unaryWith(
    (node) => node.projections.flat(),
    (node, change) => ({ ...node, projections: node.projections.map((projection) => projection.map(change)) }),
  ),
  sort: unaryWith(
    (node) => node.order,
    (node, change) => ({ ...node, order: node.order.map(change) }),
  ),
  limit: unaryWith(
    (node) => [node.limit],
    (node, change) => ({ ...node, limit: change(node.limit) }),
  ),
  offset: unaryWith(
    (node) => [node.offset],
    (node, change) => ({ ...node, offset: change(node.offset) }),
  ),
  tail: unaryWith(
    (node) => [node.limit],
    (node, change) => ({ ...node, limit: change(node.limit) }),
  ),
  distinct: unary(),
  deduplicate: unaryWith(
    (node) => node.keys,
    (node, change) => ({ ...node, keys: node.keys.map(change) }),
  ),
  union: {
    children: (node) => node.children,
    rebuild: (node, children) => ({ ...node, children }),
    expressions: () => noExpressions,
    mapExpressions: (node) => node,
  },
  setOperation: {
    children: (node) => [node.left, node.right],
    rebuild: (node, children) => ({ ...node, ...pair(children) }),
    expressions: () => noExpressions,
    mapExpressions: (node) => node,
  },
  sample: unary(),
  repartition: unaryWith(
    (node) => node.expressions,
    (node, change) => ({ ...node, expressions: node.expressions.map(change) }),
  ),
  withCTE: {
    children: (node) => [...node.definitions.map((definition) => definition.plan), node.child],
    rebuild: (node, children) => ({
      ...node,
      definitions: node.definitions.map((definition, index) => ({ ...definition, plan: children[index] ?? definition.plan })),
      child: only(children.slice(node.definitions.length)),
    }),
    expressions: () => noExpressions,
    mapExpressions: (node) => node,
  },
};
