import { planChildren, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { sqlText } from "./expression-text.ts";

/** A plan as an indented tree, a node a line, for EXPLAIN and tests. Columns are shown by name alone. */
export function planText(plan: LogicalPlan): string {
  return lines(plan).join("\n");
}

function lines(plan: LogicalPlan): string[] {
  const children = planChildren(plan).map(lines);
  return [
    nodeText(plan),
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return child.map((line, at) => (at === 0 ? `${isLast ? "+- " : ":- "}${line}` : `${isLast ? "   " : ":  "}${line}`));
    }),
  ];
}

function list(expressions: readonly Expression[]): string {
  return `[${expressions.map(short).join(", ")}]`;
}

/** Columns without the names of their tables. */
function short(expression: Expression): string {
  return expression.kind === "attribute" ? expression.name : sqlText(expression);
}

function nodeText(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "project":
      return `Project ${list(plan.projections)}`;
    case "filter":
      return `Filter ${short(plan.condition)}`;
    case "aggregate":
      return `Aggregate ${list(plan.groupings)}, ${list(plan.aggregates)}`;
    case "join":
      return `Join ${plan.nullAware === true ? "null-aware " : ""}${plan.joinType}${plan.condition === undefined ? "" : `, ${short(plan.condition)}`}`;
    case "sort":
      return `Sort ${list(plan.order)}, ${plan.global}`;
    case "limit":
      return `Limit ${short(plan.limit)}`;
    case "table":
      return `Relation ${plan.table.name}${list(plan.output)}`;
    case "localRelation":
      return `LocalRelation ${list(plan.output)}`;
    case "subqueryAlias":
      return `SubqueryAlias ${plan.alias.join(".")}`;
    case "window":
      return `Window ${list(plan.windowExpressions)}, ${list(plan.partitionBy)}, ${list(plan.orderBy)}`;
    case "unresolvedRelation":
      return `'UnresolvedRelation [${plan.nameParts.join(", ")}]`;
    case "setOperation":
      return `${plan.operation === "intersect" ? "Intersect" : "Except"} ${plan.all ? "All" : ""}`.trim();
    case "shared":
      return `Shared ${plan.definition.name}${list(plan.output)}`;
    case "oneRow":
      return "OneRowRelation";
    default:
      return plan.kind.charAt(0).toUpperCase() + plan.kind.slice(1);
  }
}
