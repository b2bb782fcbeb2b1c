import { booleanType, integerType, longType, sameType, sqlType, stringType, type DataType } from "@vonk/columnar/internal";
import {
  aggregateCall,
  alias,
  attribute,
  call,
  caseWhen,
  childrenOf,
  conjunction,
  literal,
  longLiteral,
  outputOf,
  stringLiteral,
  transformDown,
  typeOf,
  type Aggregate,
  type AggregateCall,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type UnresolvedPivot,
  type UnresolvedUnpivot,
} from "@vonk/dataframe/internal";
import { compileExpression, conversion, implicitlyCasts, widestType } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText, sqlText } from "../naming/expression-text.ts";
import { references } from "../tree/attributes.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { castTo } from "./cast-to.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { hasAggregate } from "./select-item.ts";

/**
 * PIVOT: a column for each value and aggregate function, of the rows that have the value. As Spark does, a value without rows is null where
 * the aggregate's type is a number or BOOLEAN, also for counts.
 * @throws AnalysisError PIVOT_VALUE_DATA_TYPE_MISMATCH, NON_LITERAL_PIVOT_VALUES, PIVOT_AFTER_GROUP_BY…
 */
export function resolvePivot(plan: UnresolvedPivot, scope: PlanScope): LogicalPlan {
  const child = scope.resolve(plan.child, scope);
  const inner = expressionScope([child], scope);
  const columns = plan.columns.map((column) => resolveExpression(column, inner));
  const aggregates = plan.aggregates.map((item) => resolveExpression(item, inner));
  for (const item of aggregates) checkAggregate(item);
  const values = plan.values.map((value) => pivotValue(value, columns, inner));
  const groupings = plan.groupings?.map((item) => resolveExpression(item, inner)) ?? remaining(child, [...columns, ...aggregates]);
  const nullWithoutRows = aggregates.every((item) => isPlain(typeOf(item)));
  const results = values.flatMap((value) => {
    const test = conjunction(
      value.parts.map((part, index) => call("<=>", [columns[index] ?? part, part], booleanType, { nullable: false })),
    );
    return aggregates.map((item) => {
      const filtered = withFilter(item.kind === "alias" ? item.child : item, test);
      const name = aggregates.length === 1 ? value.name : `${value.name}_${item.kind === "alias" ? item.name : prettyText(item)}`;
      return alias(nullWithoutRows ? whenAny(test, filtered) : filtered, name);
    });
  });
  const named = groupings.map((item) => (item.kind === "attribute" || item.kind === "alias" ? item : alias(item, prettyText(item))));
  const keys = named.map((item) => (item.kind === "alias" ? item.child : item));
  const aggregate: Aggregate = { kind: "aggregate", groupings: keys, aggregates: [...named, ...results], child };
  return aggregate;
}

function checkAggregate(item: Expression): void {
  const bad = outsideAggregates(item);
  if (hasAggregate(item) && bad === undefined) return;
  throw analysisError("_LEGACY_ERROR_TEMP_1006", { sql: prettyText(item) }, item.origin);
}

/** A column that an expression uses outside of aggregate functions. */
function outsideAggregates(expression: Expression): Attribute | undefined {
  if (expression.kind === "aggregate") return undefined;
  if (expression.kind === "attribute") return expression;
  return childrenOf(expression)
    .map(outsideAggregates)
    .find((found) => found !== undefined);
}

/** What Spark's two-phase pivot can hold; it leaves groups without rows null. */
function isPlain(type: DataType): boolean {
  return ["double", "integer", "long", "float", "boolean", "short", "byte", "decimal"].includes(type.kind);
}

function remaining(child: LogicalPlan, used: readonly Expression[]): Attribute[] {
  const ids = new Set(used.flatMap(references).map((column) => column.exprId));
  return outputOf(child).filter((column) => !ids.has(column.exprId));
}

interface PivotValue {
  readonly name: string;
  /** One constant a pivot column. */
  readonly parts: readonly Expression[];
}

function pivotValue(written: Expression, columns: readonly Expression[], scope: ExpressionScope): PivotValue {
  const resolved = resolveExpression(written, scope);
  const value = resolved.kind === "alias" ? resolved.child : resolved;
  if (references(value).length > 0 || hasAggregate(value)) {
    throw analysisError("NON_LITERAL_PIVOT_VALUES", { expression: `"${sqlText(value)}"` }, written.origin);
  }
  const { session } = scope.context;
  const type = typeOf(value);
  const constant = compileExpression(value, session)([]);
  const text = constant === null ? "null" : conversion(type, stringType, { mode: "ansi", session })?.(constant);
  const name = resolved.kind === "alias" ? resolved.name : typeof text === "string" ? text : prettyText(value);
  const types = columns.length > 1 && type.kind === "struct" ? type.fields.map((field) => field.dataType) : [type];
  const parts = types.length === columns.length && columns.length > 1 && Array.isArray(constant) ? constant : [constant];
  const converted = columns.map((column, index) => {
    const part = literal(parts[index] ?? null, types[index] ?? type);
    const wanted = typeOf(column);
    if (types.length === columns.length && isCastable(part.dataType, wanted)) return castTo(part, wanted, scope);
    throw analysisError(
      "PIVOT_VALUE_DATA_TYPE_MISMATCH",
      { value: sqlText(value), valueType: catalogName(type), pivotType: columns.map((item) => catalogName(typeOf(item))).join(", ") },
      written.origin,
    );
  });
  return { name, parts: converted };
}

function catalogName(type: DataType): string {
  return sqlType(type).toLowerCase();
}

function isCastable(from: DataType, to: DataType): boolean {
  return sameType(from, to, { ignoreNullability: true }) || from.kind === "void" || implicitlyCasts(from, to, { ansi: true });
}

/** The aggregates inside over the rows that satisfy a test. */
function withFilter(expression: Expression, test: Expression): Expression {
  return transformDown(expression, (node) => (node.kind === "aggregate" && hasAggregate(node) ? filtered(node, test) : node));
}

function filtered(node: AggregateCall, test: Expression): AggregateCall {
  return { ...node, filter: node.filter === undefined ? test : conjunction([test, node.filter]) };
}

/** The value where any row satisfies the test, else null. */
function whenAny(test: Expression, value: Expression): Expression {
  const rows = aggregateCall("count", [literal(1, integerType)], longType, { nullable: false, filter: test });
  return caseWhen([call(">", [rows, longLiteral(0n)], booleanType, { nullable: false }), value]);
}

/**
 * UNPIVOT: each row once for each value, beside the name of where it stood.
 * @throws AnalysisError UNPIVOT_VALUE_SIZE_MISMATCH, UNPIVOT_VALUE_DATA_TYPE_MISMATCH
 */
export function resolveUnpivot(plan: UnresolvedUnpivot, scope: PlanScope): LogicalPlan {
  const child = scope.resolve(plan.child, scope);
  const inner = expressionScope([child], scope);
  const rows = plan.values.map(({ columns, alias: name }) => {
    const resolved = columns.map((column) => resolveExpression(column, inner));
    return { columns: resolved, name: name ?? resolved.map(prettyText).join("_") };
  });
  if (rows.some((row) => row.columns.length !== plan.valueColumns.length)) {
    throw analysisError("UNPIVOT_VALUE_SIZE_MISMATCH", { names: plan.valueColumns.length }, plan.origin);
  }
  const ids =
    plan.ids?.map((item) => resolveExpression(item, inner)) ??
    remaining(
      child,
      rows.flatMap((row) => row.columns),
    );
  const types = plan.valueColumns.map((_, index) => commonType(plan, rows, index, scope));
  const projections = rows.map(({ columns, name }) => [
    ...ids,
    stringLiteral(name),
    ...columns.map((column, index) => castTo(column, types[index] ?? typeOf(column), inner)),
  ]);
  const values = plan.valueColumns.map((name, index) => attribute(name, types[index] ?? stringType, true));
  const kept = ids.map((item) =>
    item.kind === "attribute" ? attribute(item.name, item.dataType, item.nullable) : attribute(prettyText(item), typeOf(item), true),
  );
  const output = [...kept, attribute(plan.nameColumn, stringType, false), ...values];
  const expanded: LogicalPlan = { kind: "expand", projections, output, child };
  if (plan.includeNulls) return expanded;
  const present = values.map((value) => call("isnotnull", [value], booleanType, { nullable: false }));
  const condition = present.reduce<Expression>(
    (any, next) => (any === next ? any : call("or", [any, next], booleanType)),
    present[0] ?? literal(true, booleanType),
  );
  return { kind: "filter", condition, child: expanded };
}

function commonType(
  plan: UnresolvedUnpivot,
  rows: readonly { readonly columns: readonly Expression[] }[],
  index: number,
  scope: PlanScope,
): DataType {
  const columns = rows.flatMap((row) => row.columns[index] ?? []);
  const common = widestType(columns.map(typeOf), scope.context.settings);
  if (common !== undefined) return common;
  const byType = Map.groupBy(columns, (column) => sqlType(typeOf(column)));
  const shown = [...byType].map(
    ([type, items]) =>
      `"${type}" (${items
        .slice(0, 3)
        .map((item) => `\`${prettyText(item)}\``)
        .join(", ")})`,
  );
  throw analysisError("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", { types: shown.toSorted().join(", ") }, plan.origin);
}
