import { booleanType, integerType, isNumeric, stringType, type DataType } from "@vonk/columnar/internal";
import type { Attribute, Expression } from "../expression/expression.ts";
import { alias, cast, literal, stringLiteral, unresolvedFunction } from "../expression/factories.ts";
import type { Origin } from "../tree/origin.ts";
import type { LogicalPlan } from "../plan/logical-plan.ts";

/**
 * What a DataFrame does that depends on the columns which its input turns out to have. The analyzer asks {@link expandOperation} what it means
 * once the input is resolved: building a query never waits for a schema.
 */
export type FrameOperation =
  /** `existing`: the columns must be there; where in the text they are named. */
  | { readonly kind: "withColumns"; readonly columns: readonly NamedExpressionOf[]; readonly existing?: Origin }
  /** What a view gives of its query's columns. The analyzer alone expands it. */
  | { readonly kind: "view"; readonly view: ViewSchema }
  | { readonly kind: "rename"; readonly names: readonly (readonly [from: string, to: string])[] }
  | { readonly kind: "toDF"; readonly names: readonly string[] }
  /** Columns are resolved when the operation is expanded. */
  | { readonly kind: "drop"; readonly names: readonly string[]; readonly columns: readonly Expression[] }
  /** Nulls become the value in columns of its kind; NaN too. */
  | { readonly kind: "fill"; readonly value: Expression; readonly type: FillType; readonly names?: readonly string[] }
  /** Rows with fewer than `least` values that are not null (nor NaN) go; without `least` all must be. */
  | { readonly kind: "dropNulls"; readonly least?: number; readonly names?: readonly string[] }
  | {
      readonly kind: "replace";
      readonly pairs: readonly (readonly [Expression, Expression])[];
      readonly type: FillType;
      readonly names?: readonly string[];
    }
  | { readonly kind: "summary"; readonly statistics: readonly string[]; readonly names?: readonly string[] }
  /** Aggregates of all numeric columns, or of those named, behind what is grouped by. */
  | {
      readonly kind: "aggregateNumbers";
      readonly function: string;
      readonly groupings: readonly Expression[];
      readonly names?: readonly string[];
    };

/** The columns that a view was made with, and what becomes of them when those of its query change. */
export interface ViewSchema {
  /** Quoted, with catalog and schema. */
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly queryName: string; readonly dataType: DataType }[];
  /** Columns are of the types that they had, if that loses nothing, by any cast, or of those they have now; `evolution`: whatever the query gives. */
  readonly mode: "binding" | "compensation" | "type evolution" | "evolution";
  /** How to make the view again. */
  readonly suggestion: string;
}

/** An expression and the name of its column. */
export interface NamedExpressionOf {
  readonly name: string;
  readonly expression: Expression;
}

/** Kinds of values that fill and replace take. */
export type FillType = "number" | "string" | "boolean";

/** The plan that an operation stands for over an input whose columns are known. */
export function expandOperation(operation: FrameOperation, child: LogicalPlan, output: readonly Attribute[]): LogicalPlan {
  switch (operation.kind) {
    case "withColumns":
      return project(child, withColumns(operation.columns, output));
    case "view":
      return child;
    case "rename":
      return project(
        child,
        output.map((column) => renamed(column, operation.names.findLast(([from]) => same(from, column.name))?.[1])),
      );
    case "toDF":
      return { kind: "subqueryAlias", alias: [], columnNames: operation.names, child };
    case "drop":
      return project(
        child,
        output.filter((column) => !isNamed(column, operation.names) && !operation.columns.some((dropped) => isColumn(dropped, column))),
      );
    case "fill":
      return project(
        child,
        output.map((column) => (applies(column, operation) ? filled(column, operation.value) : column)),
      );
    case "dropNulls":
      return dropNulls(operation, child, output);
    case "replace":
      return project(
        child,
        output.map((column) => (applies(column, operation) ? replaced(column, operation.pairs) : column)),
      );
    case "summary":
      return summary(operation.statistics, child, columnsOfSummary(output, operation.names));
    case "aggregateNumbers":
      return aggregateNumbers(operation, child, output);
  }
}

function project(child: LogicalPlan, projections: readonly Expression[]): LogicalPlan {
  return { kind: "project", projections, child };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isColumn(expression: Expression, column: Attribute): boolean {
  return expression.kind === "attribute" && expression.exprId === column.exprId;
}

function isNamed(column: Attribute, names: readonly string[]): boolean {
  return names.some((name) => same(name, column.name));
}

function withColumns(columns: readonly NamedExpressionOf[], output: readonly Attribute[]): Expression[] {
  const aliased = columns.map(({ name, expression }) => alias(expression, name));
  const kept = output.map((column): Expression => aliased.findLast((item) => same(item.name, column.name)) ?? column);
  const added = aliased.filter((item) => !output.some((column) => same(column.name, item.name)));
  return [...kept, ...added];
}

function renamed(column: Attribute, name: string | undefined): Expression {
  return name === undefined || name === column.name ? column : alias(column, name);
}

function typeKind(type: DataType): FillType | undefined {
  if (isNumeric(type)) return "number";
  return type.kind === "string" ? "string" : type.kind === "boolean" ? "boolean" : undefined;
}

function applies(column: Attribute, operation: { readonly type: FillType; readonly names?: readonly string[] }): boolean {
  return typeKind(column.dataType) === operation.type && (operation.names === undefined || isNamed(column, operation.names));
}

function isDouble(type: DataType): boolean {
  return type.kind === "double" || type.kind === "float";
}

function filled(column: Attribute, value: Expression): Expression {
  const present = isDouble(column.dataType)
    ? unresolvedFunction("nanvl", [column, cast(literal(null, stringType), column.dataType)])
    : column;
  return alias(unresolvedFunction("coalesce", [present, cast(value, column.dataType)]), column.name);
}

function replaced(column: Attribute, pairs: readonly (readonly [Expression, Expression])[]): Expression {
  const whens = pairs.flatMap(([from, to]) => [unresolvedFunction("=", [column, cast(from, column.dataType)]), cast(to, column.dataType)]);
  return alias(Object.freeze({ kind: "caseWhen", whens, otherwise: column }), column.name);
}

function dropNulls(
  operation: Extract<FrameOperation, { kind: "dropNulls" }>,
  child: LogicalPlan,
  output: readonly Attribute[],
): LogicalPlan {
  const { names, least } = operation;
  const columns = names === undefined ? output : output.filter((column) => isNamed(column, names));
  const present = columns.map((column) => {
    const known = unresolvedFunction("isnotnull", [column]);
    return isDouble(column.dataType)
      ? unresolvedFunction("and", [known, unresolvedFunction("not", [unresolvedFunction("isnan", [column])])])
      : known;
  });
  const counts = present.map((test): Expression =>
    Object.freeze({ kind: "caseWhen", whens: [test, literal(1, integerType)], otherwise: literal(0, integerType) }),
  );
  const count = counts.reduce<Expression>((sum, one) => unresolvedFunction("+", [sum, one]), literal(0, integerType));
  const condition =
    columns.length === 0 ? literal(true, booleanType) : unresolvedFunction(">=", [count, literal(least ?? columns.length, integerType)]);
  return { kind: "filter", condition, child };
}

function columnsOfSummary(output: readonly Attribute[], names: readonly string[] | undefined): Attribute[] {
  return output.filter((column) => {
    const kind = typeKind(column.dataType);
    return (kind === "number" || kind === "string") && (names === undefined || isNamed(column, names));
  });
}

/** One row of all statistics, spread out to a row a statistic. */
function summary(statistics: readonly string[], child: LogicalPlan, columns: readonly Attribute[]): LogicalPlan {
  const cells = statistics.flatMap((statistic) => columns.map((column) => statisticOf(statistic, column)));
  const one: LogicalPlan = { kind: "aggregate", groupings: [], aggregates: cells.map((cell, at) => alias(cell, `c${at}`)), child };
  const rows = statistics.flatMap((statistic, at) => [
    stringLiteral(statistic),
    ...columns.map((_, index): Expression => ({ kind: "unresolvedAttribute", nameParts: [`c${at * columns.length + index}`] })),
  ]);
  const stack = unresolvedFunction("stack", [literal(statistics.length, integerType), ...rows]);
  return project(one, [Object.freeze({ kind: "multiAlias", child: stack, names: ["summary", ...columns.map((column) => column.name)] })]);
}

function statisticOf(statistic: string, column: Attribute): Expression {
  const number = isNumeric(column.dataType) ? column : cast(column, { kind: "double" }, "try");
  if (statistic.endsWith("%")) {
    const share = literal(Number(statistic.slice(0, -1)) / 100, { kind: "double" });
    return cast(unresolvedFunction("percentile_approx", [number, share]), stringType);
  }
  if (statistic === "count" || statistic === "min" || statistic === "max") return cast(unresolvedFunction(statistic, [column]), stringType);
  if (statistic === "count_distinct") return cast(unresolvedFunction("count", [column], { distinct: true }), stringType);
  return cast(unresolvedFunction(statistic, [number]), stringType);
}

function aggregateNumbers(
  operation: Extract<FrameOperation, { kind: "aggregateNumbers" }>,
  child: LogicalPlan,
  output: readonly Attribute[],
): LogicalPlan {
  const { groupings, names } = operation;
  const grouped = new Set(groupings.flatMap((item) => (item.kind === "unresolvedAttribute" ? [item.nameParts.at(-1)?.toLowerCase()] : [])));
  const columns =
    names === undefined
      ? output.filter((column) => isNumeric(column.dataType) && !grouped.has(column.name.toLowerCase()))
      : output.filter((column) => isNamed(column, names));
  const aggregates = columns.map((column) =>
    alias(unresolvedFunction(operation.function, [column]), `${operation.function}(${column.name})`),
  );
  return { kind: "aggregate", groupings, aggregates: [...groupings, ...aggregates], child };
}
