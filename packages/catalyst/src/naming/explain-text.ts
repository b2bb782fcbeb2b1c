import { catalogString } from "@vonk/columnar/internal";
import { outputOf, planChildren, planExists, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { estimate } from "../statistics/estimate.ts";
import { literalText } from "./expression-text.ts";

/** What a line of a plan shows beside the node. */
export interface ExplainOptions {
  /** Estimated rows and bytes, as EXPLAIN COST. */
  readonly cost?: boolean;
}

/** A logical plan as EXPLAIN EXTENDED shows it: columns with their ids, what is not resolved behind a quote. */
export function explainText(plan: LogicalPlan, options: ExplainOptions = {}): string {
  return lines(plan, options).join("\n");
}

/** The names and types of a resolved plan's columns. */
export function explainSchema(plan: LogicalPlan): string {
  return outputOf(plan)
    .map((column) => `${column.name}: ${catalogString(column.dataType)}`)
    .join(", ");
}

function lines(plan: LogicalPlan, options: ExplainOptions): string[] {
  const children = planChildren(plan).map((child) => lines(child, options));
  const statistics = options.cost === true ? `, ${statisticsText(plan)}` : "";
  return [
    nodeText(plan) + statistics,
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return child.map((line, at) => (at === 0 ? `${isLast ? "+- " : ":- "}${line}` : `${isLast ? "   " : ":  "}${line}`));
    }),
  ];
}

const bytesPerColumn = 8;
const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** What the optimizer takes a plan to give. */
function statisticsText(plan: LogicalPlan): string {
  const rows = Math.round(estimate(plan).rows);
  let size = rows * bytesPerColumn * Math.max(1, outputOf(plan).length);
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `Statistics(sizeInBytes=${size.toFixed(1)} ${units[unit] ?? ""}, rowCount=${rows})`;
}

function list(expressions: readonly Expression[]): string {
  return `[${expressions.map(text).join(", ")}]`;
}

/** True for nodes and what is over them before analysis. */
function isUnresolved(plan: LogicalPlan): boolean {
  return planExists(plan, (node) => node.kind.startsWith("unresolved") || node.kind === "windowDefinitions" || node.kind === "lateralView");
}

function nodeText(plan: LogicalPlan): string {
  return `${isUnresolved(plan) ? "'" : ""}${labelOf(plan)}`;
}

function labelOf(plan: LogicalPlan): string {
  switch (plan.kind) {
    case "project":
      return `Project ${list(plan.projections)}`;
    case "filter":
      return `Filter ${text(plan.condition)}`;
    case "aggregate":
      return `Aggregate ${list(plan.groupings)}, ${list(plan.aggregates)}`;
    case "join":
      return `Join ${joinNames[plan.joinType]}${plan.condition === undefined ? "" : `, ${text(plan.condition)}`}`;
    case "sort":
      return `Sort ${list(plan.order)}, ${plan.global}`;
    case "limit":
      return `GlobalLimit ${text(plan.limit)}`;
    case "offset":
      return `Offset ${text(plan.offset)}`;
    case "table":
      return `Relation ${plan.table.name}${list(plan.output)}`;
    case "localRelation":
      return `LocalRelation ${list(plan.output)}`;
    case "range":
      return `Range (${plan.start}, ${plan.end}, step=${plan.step})`;
    case "subqueryAlias":
      return `SubqueryAlias ${plan.alias.join(".")}`;
    case "window":
      return `Window ${list(plan.windowExpressions)}, ${list(plan.partitionBy)}, ${list(plan.orderBy)}`;
    case "generate":
      return `Generate ${text(plan.generator)}, ${plan.outer}, ${list(plan.generatorOutput)}`;
    case "expand":
      return `Expand [${plan.projections.map(list).join(", ")}], ${list(plan.output)}`;
    case "repartition":
      return plan.expressions.length === 0
        ? `Repartition ${plan.partitions ?? ""}, ${plan.shuffle}`
        : `RepartitionByExpression ${list(plan.expressions)}`;
    case "setOperation":
      return `${plan.operation === "intersect" ? "Intersect" : "Except"} All ${plan.all}`;
    case "union":
      return `Union ${plan.byName}, ${plan.allowMissingColumns}`;
    case "shared":
      return `CTERelationRef ${plan.definition.name}, ${list(plan.output)}`;
    case "oneRow":
      return "OneRowRelation";
    case "unresolvedRelation":
      return `UnresolvedRelation [${plan.nameParts.join(", ")}], [], false`;
    default:
      return plan.kind.charAt(0).toUpperCase() + plan.kind.slice(1);
  }
}

const joinNames = {
  inner: "Inner",
  cross: "Cross",
  left: "LeftOuter",
  right: "RightOuter",
  full: "FullOuter",
  semi: "LeftSemi",
  anti: "LeftAnti",
  existence: "ExistenceJoin",
} as const;

/** Signs that stand between their operands. */
const infix: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "=", "<=>", "<", "<=", ">", ">=", "&", "|", "^"]);

/** An expression as plans show it: ids behind names, `L` behind those of BIGINT. */
function text(expression: Expression): string {
  switch (expression.kind) {
    case "attribute":
      return `${expression.name}#${expression.exprId}${expression.dataType.kind === "long" ? "L" : ""}`;
    case "unresolvedAttribute":
      return `'${expression.nameParts.join(".")}`;
    case "unresolvedStar":
      return [...expression.target, "*"].join(".");
    case "literal":
      return literalText(expression.value, expression.dataType, false).replace(/^[A-Z_]+ '(.*)'$/, "$1");
    case "alias":
      return `${text(expression.child)} AS ${expression.name}#${expression.exprId}`;
    case "cast":
      return `cast(${text(expression.child)} as ${catalogString(expression.dataType)})`;
    case "caseWhen": {
      const branches = expression.whens.flatMap((item, index) =>
        index % 2 === 0 ? [`WHEN ${text(item)} THEN ${next(expression.whens, index)}`] : [],
      );
      return `CASE ${branches.join(" ")}${expression.otherwise === undefined ? "" : ` ELSE ${text(expression.otherwise)}`} END`;
    }
    case "sortOrder":
      return `${text(expression.child)} ${expression.ascending ? "ASC" : "DESC"} NULLS ${expression.nullsFirst ? "FIRST" : "LAST"}`;
    case "unresolvedFunction":
      return callText(expression.nameParts.join("."), expression.args.map(text), "'");
    case "call":
    case "aggregate":
      return callText(expression.alias ?? expression.name, expression.args.map(text), "");
    case "window":
      return `${text(expression.function)} windowspecdefinition(${[...expression.partitionBy, ...expression.orderBy].map(text).join(", ")})`;
    case "outerReference":
      return `outer(${text(expression.child)})`;
    case "subquery":
      return `${expression.form === "exists" ? "exists" : expression.form === "in" ? "list" : "scalar-subquery"}#${expression.exprId} []`;
    default:
      return expression.kind;
  }
}

function next(items: readonly Expression[], index: number): string {
  const item = items[index + 1];
  return item === undefined ? "" : text(item);
}

function callText(name: string, args: readonly string[], quote: string): string {
  if (args.length === 2 && infix.has(name)) return `(${args.join(` ${name} `)})`;
  if (args.length === 2 && (name === "and" || name === "or")) return `(${args.join(` ${name.toUpperCase()} `)})`;
  return name === "not" ? `NOT ${args.join()}` : `${quote}${name}(${args.join(", ")})`;
}
