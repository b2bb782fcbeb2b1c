import { booleanType, sqlType, voidType } from "@vonk/columnar/internal";
import {
  alias,
  collect,
  outputOf,
  planChildren,
  planExpressions,
  typeOf,
  type CommonTable,
  type Expression,
  type LogicalPlan,
  type OuterReference,
  type SubqueryExpression,
} from "@vonk/dataframe/internal";
import { widestType } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { checkCorrelation } from "./check-correlation.ts";
import { castTo } from "./cast-to.ts";
import type { CommonTableUses } from "./common-table.ts";
import type { FramePlans } from "./frame-plans.ts";
import { withoutHidden } from "./hidden-column.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { refuseGenerators } from "./refuse-generators.ts";
import { Scope } from "./scope.ts";

/** What names mean around a plan: common tables in scope, and the scopes of outer queries. */
export interface PlanScope {
  readonly context: AnalysisContext;
  readonly tables: ReadonlyMap<string, CommonTableInScope>;
  readonly outer: readonly ExpressionScope[];
  /** What is known of the plans that DataFrames named. */
  readonly frames: FramePlans;
  /** What became of common tables so far. */
  readonly common: CommonTableUses;
  /** Resolves a plan inside this one. */
  readonly resolve: (plan: LogicalPlan, scope: PlanScope) => LogicalPlan;
}

/** A common table and what its own plan may refer to. */
export interface CommonTableInScope {
  readonly table: CommonTable;
  readonly scope: PlanScope;
  /** Of WITH RECURSIVE: its plan may refer to itself. */
  readonly recursive: boolean;
  /** Inside its own plan: what a reference to itself is. */
  readonly self?: () => LogicalPlan;
}

/** The scope of expressions over the outputs of some plans, tried in order. */
export function expressionScope(plans: readonly LogicalPlan[], scope: PlanScope): ExpressionScope {
  return {
    scopes: plans.map((plan) => new Scope(outputOf(plan), scope.context.settings.caseSensitive)),
    outer: scope.outer,
    context: scope.context,
    frames: scope.frames,
    resolve: resolveExpression,
    subquery: (subquery, outer) => resolveSubqueryPlan(subquery, outer, scope),
  };
}

/** @throws AnalysisError DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN */
export function resolveCondition(condition: Expression, scope: ExpressionScope): Expression {
  refuseGenerators([condition], "Filter");
  const resolved = resolveExpression(condition, scope);
  const type = typeOf(resolved);
  if (type.kind === "boolean" || type.kind === "void") return castTo(resolved, booleanType, scope);
  if (type.kind === "string") return castTo(resolved, booleanType, scope);
  throw analysisError(
    "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
    { sqlExpr: `"${prettyText(resolved)}"`, filter: `"${prettyText(resolved)}"`, type: `"${sqlType(type)}"` },
    condition.origin,
  );
}

/** The plan of a subquery, with the columns of outer queries that it uses. @throws AnalysisError INVALID_SUBQUERY_EXPRESSION_SIZE */
function resolveSubqueryPlan(subquery: SubqueryExpression, outer: ExpressionScope, scope: PlanScope): SubqueryExpression {
  const plan = withoutHidden(scope.resolve(subquery.plan, { ...scope, outer: [outer, ...outer.outer] }));
  checkCorrelation(plan);
  const columns = outputOf(plan);
  if (subquery.form === "scalar" && columns.length !== 1) {
    throw analysisError("INVALID_SUBQUERY_EXPRESSION_SIZE", { number: columns.length }, subquery.origin);
  }
  const references = outerReferences(plan);
  const dataType = subquery.form === "scalar" ? (columns[0]?.dataType ?? voidType) : booleanType;
  const resolved = { ...subquery, plan, dataType, outer: references };
  return subquery.form === "in" ? alignIn(resolved, outer) : resolved;
}

/** What a plan takes from the query around it, as often as it does, from the top down. */
function outerReferences(plan: LogicalPlan): Expression[] {
  const own = planExpressions(plan).flatMap((expression) =>
    collect(expression, (node): node is OuterReference => node.kind === "outerReference").map((node) => node.child),
  );
  return [...own, ...planChildren(plan).flatMap(outerReferences)];
}

/** The values of IN and the columns of its query in common types. */
function alignIn(subquery: SubqueryExpression, scope: ExpressionScope): SubqueryExpression {
  const columns = outputOf(subquery.plan);
  const types = columns.map((column, index) => {
    const value = subquery.values[index];
    return value === undefined ? undefined : widestType([typeOf(value), column.dataType], scope.context.settings);
  });
  if (columns.length !== subquery.values.length || types.includes(undefined)) {
    throw analysisError(
      "UNSUPPORTED_FEATURE",
      { what: `IN with ${subquery.values.length} values and a query of ${columns.length} columns of other types` },
      subquery.origin,
    );
  }
  const values = subquery.values.map((value, index) => castTo(value, types[index] ?? typeOf(value), scope));
  const projections = columns.map((column, index) => {
    const converted = castTo(column, types[index] ?? column.dataType, scope);
    return converted === column ? column : alias(converted, column.name);
  });
  const same = projections.every((column, index) => column === columns[index]);
  return { ...subquery, values, plan: same ? subquery.plan : { kind: "project", projections, child: subquery.plan } };
}
