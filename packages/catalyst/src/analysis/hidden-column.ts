import { outputOf, type Attribute, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/*
 * A join by USING gives each key once. The other side's key is still there for those who name it with its table (`u.k`, `u.*`), as in Spark:
 * it stays in the output of the join, marked, and goes away where a query or a name is put around it.
 */

/** The column marked: names without a qualifier and `*` do not see it. */
export function hidden(column: Attribute): Attribute {
  return { ...column, metadata: { ...column.metadata, hidden: true } };
}

/** True for the key of a join that is there under its table's name only. */
export function isHidden({ metadata }: Attribute): boolean {
  return metadata?.["hidden"] === true;
}

/** The plan without hidden columns: what it is under another name, beside others in a set operation, and as a result. */
export function withoutHidden(plan: LogicalPlan): LogicalPlan {
  const output = outputOf(plan);
  const visible = output.filter((column) => !isHidden(column));
  return visible.length === output.length ? plan : { kind: "project", projections: visible, child: plan };
}

/** An item of a select list that is no longer hidden: it was asked for. */
export function asShown(item: Expression): Expression {
  if (item.kind !== "attribute" || !isHidden(item)) return item;
  const { metadata, ...column } = item;
  const { hidden: _, ...rest } = metadata ?? {};
  return Object.keys(rest).length === 0 ? column : { ...column, metadata: rest };
}
