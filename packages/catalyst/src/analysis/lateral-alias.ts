import {
  collect,
  outputOf,
  toAttribute,
  transformDown,
  type Alias,
  type Attribute,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { substitute } from "../tree/attributes.ts";

/*
 * `SELECT price * 2 AS double, double + 1`: a name of the list itself. While the list is resolved it is a marked column, which gives Spark's names to
 * what is computed of it; then projections below compute what is named, or its expression is put in its place.
 */

/** A reference to an alias of the same select list. */
export function lateralReference(alias: Alias): Attribute {
  const { metadata, ...column } = toAttribute(alias);
  return { ...column, metadata: { ...metadata, lateralAlias: true } };
}

/** True for what {@link lateralReference} made. */
export function isLateral(node: Expression): node is Attribute {
  return node.kind === "attribute" && node.metadata?.["lateralAlias"] === true;
}

function lateralsOf(expression: Expression): Attribute[] {
  return collect(expression, isLateral);
}

/** The list with expressions in the place of their names. An expression that is named often is computed as often. */
export function withoutLaterals(list: readonly Expression[]): readonly Expression[] {
  if (!list.some((item) => lateralsOf(item).length > 0)) return list;
  const values = new Map<number, Expression>();
  return list.map((item) => {
    const replaced = substitute(item, values);
    if (replaced.kind === "alias") values.set(replaced.exprId, replaced.child);
    return replaced;
  });
}

/**
 * A projection whose expressions may name each other: a projection below for each step from a name to what it stands for, so that each is computed once,
 * and a chain of names that are used twice stays as long as it was written.
 */
export function projectLaterals(list: readonly Expression[], child: LogicalPlan): LogicalPlan {
  const levels = new Map<number, number>();
  const levelOf = (item: Expression): number => Math.max(-1, ...lateralsOf(item).map(({ exprId }) => levels.get(exprId) ?? 0)) + 1;
  for (const item of list) if (item.kind === "alias") levels.set(item.exprId, levelOf(item));
  const used = new Set(list.flatMap(lateralsOf).map(({ exprId }) => exprId));
  const below = list.filter((item): item is Alias => item.kind === "alias" && used.has(item.exprId));
  let plan = child;
  for (let level = 0; below.some((item) => levels.get(item.exprId) === level); level++) {
    const items = below.filter((item) => levels.get(item.exprId) === level).map(plain);
    plan = { kind: "project", projections: [...outputOf(plan), ...items], child: plan };
  }
  const computed = new Set(below);
  const projections = list.map((item) => (item.kind === "alias" && computed.has(item) ? toAttribute(item) : plain(item)));
  return { kind: "project", projections, child: plan };
}

/** The expression with the marks taken from its columns. */
function plain(expression: Expression): Expression {
  return transformDown(expression, (node) => {
    if (!isLateral(node)) return node;
    const { metadata, ...column } = node;
    const { lateralAlias: _, ...rest } = metadata ?? {};
    return Object.keys(rest).length === 0 ? column : { ...column, metadata: rest };
  });
}
