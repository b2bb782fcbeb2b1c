import {
  childrenOf,
  collect,
  exists,
  mapChildren,
  outputOf,
  type Attribute,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";

/** Ids of a plan's columns. */
export function outputIds(plan: LogicalPlan): ReadonlySet<number> {
  return new Set(outputOf(plan).map((column) => column.exprId));
}

/** Columns that an expression reads, outer references left out. */
export function references(expression: Expression): Attribute[] {
  const found: Attribute[] = [];
  collectReferences(expression, found);
  return found;
}

function collectReferences(node: Expression, found: Attribute[]): void {
  if (node.kind === "outerReference") return;
  if (node.kind === "attribute") found.push(node);
  else for (const child of childrenOf(node)) collectReferences(child, found);
}

/** True when an expression reads nothing but these columns. */
export function readsOnly(expression: Expression, ids: ReadonlySet<number>): boolean {
  if (expression.kind === "outerReference") return true;
  if (expression.kind === "attribute") return ids.has(expression.exprId);
  return childrenOf(expression).every((child) => readsOnly(child, ids));
}

/** True when some part refers to the query around. */
export function isCorrelated(expression: Expression): boolean {
  return exists(expression, (node) => node.kind === "outerReference");
}

/** True when some part is a query. */
export function hasSubquery(expression: Expression): boolean {
  return exists(expression, (node) => node.kind === "subquery");
}

/** The expression with columns replaced by what they stand for, which may be of a column with the same id below. */
export function substitute(expression: Expression, byId: ReadonlyMap<number, Expression>): Expression {
  if (expression.kind === "attribute") return byId.get(expression.exprId) ?? expression;
  return mapChildren(expression, (child) => substitute(child, byId));
}

/** All aggregate calls inside. */
export function aggregatesOf(expression: Expression): Extract<Expression, { kind: "aggregate" }>[] {
  return collect(expression, (node): node is Extract<Expression, { kind: "aggregate" }> => node.kind === "aggregate");
}

/** The aggregate calls inside that are not those of a query around. */
export function ownAggregates(expression: Expression): Expression[] {
  if (expression.kind === "outerReference") return [];
  return expression.kind === "aggregate" ? [expression] : childrenOf(expression).flatMap(ownAggregates);
}
