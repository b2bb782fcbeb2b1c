import { integerType, quoteIdentifier, voidType } from "@vonk/columnar/internal";
import {
  literal,
  newExprId,
  transformDown,
  typeOf,
  type Expression,
  type Lambda,
  type LambdaVariable,
  type UnresolvedFunction,
} from "@vonk/dataframe/internal";
import { findFunction, type FunctionDefinition, type LambdaParameter } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import { isCorrelated, references } from "../tree/attributes.ts";
import { modeOf, type ExpressionScope } from "./expression-scope.ts";
import { groupingCall } from "./grouping-analytics.ts";
import { argumentOf, resolveCall } from "./resolve-call.ts";
import { fieldsOf } from "./resolve-field.ts";
import { resolveRoutineCall } from "./resolve-routine.ts";
import type { Scope } from "./scope.ts";
import { searchPath } from "./search-path.ts";

/** The special forms of a call, then the registry. */
export function resolveFunction(expression: UnresolvedFunction, scope: ExpressionScope): Expression {
  const name = expression.nameParts.at(-1)?.toLowerCase() ?? "";
  if (name === "grouping" || name === "grouping_id") {
    const inner = { ...scope, scopes: aggregateScopes(scope) };
    const columns = expression.args.map((argument) => scope.resolve(argument, inner));
    return groupingCall(name, columns, expression.origin);
  }
  const isLocal = scope.context.settings.timestampNTZ && (name.startsWith("to_") || expression.args.length >= 6);
  const meant = isLocal ? (localForms[name] ?? name) : name;
  const definition = inSystemNamespace(expression.nameParts) ? findFunction(meant) : undefined;
  if (definition === undefined) return resolveSessionFunction(expression, scope);
  const aggregates = definition.kind === "aggregate";
  if (aggregates && scope.insideAggregate === true) throw analysisError("NESTED_AGGREGATE_FUNCTION", {}, expression.origin);
  const inner: ExpressionScope = aggregates
    ? { ...scope, scopes: aggregateScopes(scope), insideAggregate: scope.windowFunction !== expression }
    : scope;
  const written = argumentsOf(expression, name).flatMap((argument) => starColumns(argument, inner));
  const args = written.some((argument) => argument.kind === "lambda")
    ? resolveLambdas(definition, expression, written, inner)
    : written.map((argument) => scope.resolve(argument, inner));
  const formats = (name === "to_char" || name === "to_varchar") && isDatetime(args[0]) ? findFunction("date_format") : undefined;
  if (formats !== undefined) return resolveCall(formats, { ...expression, nameParts: ["date_format"] }, args, inner);
  const resolved = resolveCall(definition, expression, args, inner);
  return aggregates ? (outerAggregate(resolved, expression, scope) ?? resolved) : resolved;
}

/**
 * An aggregate of columns of the query around, where that query has groups: it is theirs, and the subquery sees its result.
 * @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES
 */
function outerAggregate(aggregate: Expression, { origin }: UnresolvedFunction, scope: ExpressionScope): Expression | undefined {
  if (!isCorrelated(aggregate)) return undefined;
  if (references(aggregate).length > 0) {
    const code = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES";
    throw analysisError(code, { function: sqlText(aggregate) }, origin);
  }
  if (scope.outer[0]?.overGroups !== true) return undefined;
  const child = transformDown(aggregate, (node) => (node.kind === "outerReference" ? node.child : node));
  return { kind: "outerReference", child };
}

/** What functions of TIMESTAMP are where that means the type without a time zone. */
const localForms: Readonly<Record<string, string>> = {
  to_timestamp: "to_timestamp_ntz",
  make_timestamp: "make_timestamp_ntz",
  try_make_timestamp: "try_make_timestamp_ntz",
};

function isDatetime(expression: Expression | undefined): boolean {
  return expression !== undefined && ["date", "timestamp", "timestamp_ntz", "time"].includes(typeOf(expression).kind);
}

/** A function that the session made. @throws AnalysisError UNRESOLVED_ROUTINE */
function resolveSessionFunction(expression: UnresolvedFunction, scope: ExpressionScope): Expression {
  const routine = scope.context.routine?.(expression.nameParts);
  if (routine === undefined) throw unknownRoutine(expression, scope);
  const aggregates = routine.kind === "builder" && routine.aggregates === true;
  if (aggregates && scope.insideAggregate === true) throw analysisError("NESTED_AGGREGATE_FUNCTION", {}, expression.origin);
  const inner = aggregates ? { ...scope, scopes: aggregateScopes(scope), insideAggregate: scope.windowFunction !== expression } : scope;
  return resolveRoutineCall(routine, expression, { scope: inner, resolve: scope.resolve });
}

/** Arguments of aggregates are rows' columns: of the two places of HAVING and ORDER BY, the input comes first. */
function aggregateScopes(scope: ExpressionScope): readonly Scope[] {
  return scope.scopes.toReversed();
}

function inSystemNamespace(nameParts: readonly string[]): boolean {
  const qualifier = nameParts
    .slice(0, -1)
    .map((part) => part.toLowerCase())
    .join(".");
  return ["", "builtin", "system.builtin"].includes(qualifier);
}

function unknownRoutine(expression: UnresolvedFunction, scope: ExpressionScope): Error {
  return analysisError(
    "UNRESOLVED_ROUTINE",
    {
      routineName: expression.nameParts.map(quoteIdentifier).join("."),
      searchPath: searchPath(scope.context.session),
    },
    expression.origin,
  );
}

/** `count(*)` counts a constant. */
function argumentsOf(expression: UnresolvedFunction, name: string): readonly Expression[] {
  const [only] = expression.args;
  if (
    name === "count" &&
    !expression.distinct &&
    expression.args.length === 1 &&
    only?.kind === "unresolvedStar" &&
    only.target.length === 0
  ) {
    return [literal(1, integerType)];
  }
  return expression.args;
}

/** `struct(*)`, `concat(t.*)`: the columns that a star stands for. @throws AnalysisError UNRESOLVED_COLUMN… */
function starColumns(argument: Expression, scope: ExpressionScope): readonly Expression[] {
  if (argument.kind !== "unresolvedStar") return [argument];
  const columns = scope.scopes[0]?.star(argument.target) ?? fieldsOf(argument.target, scope);
  if (columns !== undefined) return columns;
  const objectName = [...argument.target, "*"].map(quoteIdentifier).join(".");
  throw analysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", { objectName }, argument.origin);
}

/** Arguments of which some are lambdas: those need the types of the others, and of the lambdas before them. */
function resolveLambdas(
  definition: FunctionDefinition,
  written: UnresolvedFunction,
  args: readonly Expression[],
  scope: ExpressionScope,
): Expression[] {
  const resolved = args.map((argument) => (argument.kind === "lambda" ? argument : scope.resolve(argument, scope)));
  const mode = modeOf(scope);
  const site = { name: definition.name, mode, ansi: mode === "ansi" };
  for (const [index, argument] of args.entries()) {
    if (argument.kind !== "lambda") continue;
    const given = definition.kind === "scalar" ? (definition.lambdaParameters?.(resolved.map(argumentOf), index, site) ?? []) : [];
    if (argument.parameters.length > given.length) {
      throw analysisError(
        "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
        { expectedNumArgs: argument.parameters.length, actualNumArgs: given.length },
        argument.origin ?? written.origin,
      );
    }
    resolved[index] = resolveLambda(argument, given, scope);
  }
  return resolved;
}

function resolveLambda(lambda: Lambda, given: readonly LambdaParameter[], scope: ExpressionScope): Lambda {
  const parameters = lambda.parameters.map((parameter, index): LambdaVariable => {
    const { dataType, nullable } = given[index] ?? { dataType: voidType, nullable: true };
    const name = parameter.kind === "unresolvedAttribute" ? (parameter.nameParts[0] ?? "") : "";
    return { kind: "lambdaVariable", name, dataType, nullable, exprId: newExprId() };
  });
  const named = parameters.map((parameter): [string, LambdaVariable] => [parameter.name.toLowerCase(), parameter]);
  const lambdaVariables = new Map([...(scope.lambdaVariables ?? []), ...named]);
  return { ...lambda, parameters, body: scope.resolve(lambda.body, { ...scope, lambdaVariables }) };
}
