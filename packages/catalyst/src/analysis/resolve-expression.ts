import {
  booleanType,
  integerType,
  isNumeric,
  quoteIdentifier,
  sqlType,
  stringType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import {
  aggregateCall,
  alias,
  call,
  childrenOf,
  exists,
  isNullable,
  literal,
  mapChildren,
  newExprId,
  typeOf,
  unresolvedFunction,
  withChildren,
  type EvalMode,
  type FrameBoundary,
  type Expression,
  type Lambda,
  type LambdaVariable,
  type SubqueryExpression,
  type UnresolvedAttribute,
  type UnresolvedFunction,
  type WindowExpression,
  type WindowFrame,
} from "@vonk/dataframe/internal";
import {
  compileExpression,
  findFunction,
  widestType,
  type Argument,
  type FunctionDefinition,
  type LambdaParameter,
} from "@vonk/expression/internal";
import { AnalysisError, analysisError, locate } from "../error/analysis-error.ts";
import { literalText, prettyText, sqlText } from "../naming/expression-text.ts";
import { castTo } from "./cast-to.ts";
import { coerceCollations } from "./coerce-collations.ts";
import type { SessionVariable } from "./routine.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { findInFrame, type FramePlans } from "./frame-plans.ts";
import { resolveRoutineCall } from "./resolve-routine.ts";
import { searchPath } from "./search-path.ts";
import { groupingCall } from "./grouping-analytics.ts";
import type { Scope, ScopeMatch } from "./scope.ts";

/** Where an expression's names are looked up. */
export interface ExpressionScope {
  /** Tried one after the other. */
  readonly scopes: readonly Scope[];
  /** Names that stand for expressions: aliases of the same select list. */
  readonly aliases?: (nameParts: readonly string[]) => Expression | undefined;
  /** The scopes around a subquery, innermost first. */
  readonly outer: readonly ExpressionScope[];
  readonly context: AnalysisContext;
  /** What is known of the plans that DataFrames named. */
  readonly frames?: FramePlans;
  /** Resolves the plan of a subquery whose outer scope is the one given. */
  readonly subquery: (subquery: SubqueryExpression, outer: ExpressionScope) => SubqueryExpression;
  /** Parameters of the lambdas around, by their names in lower case; they hide columns. */
  readonly lambdaVariables?: ReadonlyMap<string, LambdaVariable>;
  /** Inside the arguments of an aggregate function. */
  readonly insideAggregate?: boolean;
  /** The function of the window around, whose arguments may be aggregates: it sees their results. */
  readonly windowFunction?: Expression;
}

/**
 * An expression with every name resolved and every operand of a fitting type. Stars are the caller's business.
 * @throws AnalysisError UNRESOLVED_COLUMN…, UNRESOLVED_ROUTINE, DATATYPE_MISMATCH…, WRONG_NUM_ARGS…
 */
export function resolveExpression(expression: Expression, scope: ExpressionScope): Expression {
  switch (expression.kind) {
    case "unresolvedAttribute":
      return resolveAttribute(expression, scope);
    case "unresolvedFunction":
      return resolveFunction(expression, scope);
    case "subquery":
      return resolveSubquery(expression, scope);
    case "caseWhen":
      return resolveCase(expression, scope);
    case "unresolvedExtract":
      return extract(resolveExpression(expression.child, scope), resolveExpression(expression.key, scope), expression, scope);
    case "cast":
      return resolveCast(expression, scope);
    case "window":
      return resolveWindow(expression, scope);
    case "parameter":
      throw analysisError("UNBOUND_SQL_PARAMETER", { name: expression.name ?? `_${expression.position ?? 0}` }, expression.origin);
    case "namedArgument":
    case "lambda":
      throw unsupported(expression.kind === "lambda" ? "A lambda here" : `${expression.kind} here`, expression);
    default:
      return mapChildren(expression, (child) => resolveExpression(child, scope));
  }
}

/** A window's parts, and the frame that it has when none is written: ranks look back, aggregates at equal rows too, or at all. */
function resolveWindow(expression: WindowExpression, scope: ExpressionScope): Expression {
  const resolved = mapChildren(expression, (child) => resolveExpression(child, { ...scope, windowFunction: expression.function }));
  if (resolved.kind !== "window" || resolved.windowName !== undefined) return resolved;
  if (resolved.frame !== undefined) return { ...resolved, frame: inTypeOfOrder(resolved.frame, resolved.orderBy, scope) };
  const name = resolved.function.kind === "aggregate" ? resolved.function.name : "";
  if (shifts.has(name)) return resolved;
  const ranks = findFunction(name)?.kind === "window";
  const all = resolved.orderBy.length === 0 && !ranks;
  const unit = all || (ranks && name !== "cume_dist") ? "rows" : "range";
  return { ...resolved, frame: { unit, lower: { kind: "unbounded" }, upper: { kind: all ? "unbounded" : "current" } } };
}

/** Distances of a RANGE over numbers are numbers of the order's type: 1.5 over INT is 1. @see Spark's WindowFrameCoercion */
function inTypeOfOrder(frame: WindowFrame, [order, ...others]: readonly Expression[], scope: ExpressionScope): WindowFrame {
  if (frame.unit !== "range" || order === undefined || others.length > 0) return frame;
  const type = typeOf(order);
  if (!isNumeric(type)) return frame;
  const converted = (end: FrameBoundary): FrameBoundary =>
    end.kind === "offset" && isNumeric(typeOf(end.value)) ? { ...end, value: castTo(end.value, type, scope) } : end;
  return { ...frame, lower: converted(frame.lower), upper: converted(frame.upper) };
}

/** Functions that look at one row at a distance: their frame is that row. */
const shifts: ReadonlySet<string> = new Set(["lag", "lead"]);

function unsupported(what: string, expression: Expression): Error {
  return analysisError("UNSUPPORTED_FEATURE", { what }, expression.origin);
}

function resolveCast(expression: Extract<Expression, { kind: "cast" }>, scope: ExpressionScope): Expression {
  if (!expression.written && expression.child.kind === "literal" && expression.child.dataType.kind === "string") {
    return typedLiteral(expression, expression.child.value, scope);
  }
  const child = resolveExpression(expression.child, scope);
  const mode = expression.mode === "ansi" ? modeOf(scope) : expression.mode;
  return { ...expression, child, mode };
}

/** `TIMESTAMP '…'` and its like: the constant itself. @throws AnalysisError INVALID_TYPED_LITERAL */
function typedLiteral(expression: Extract<Expression, { kind: "cast" }>, text: SQLValue, scope: ExpressionScope): Expression {
  const { dataType, origin } = expression;
  try {
    const value = compileExpression({ ...expression, mode: "ansi" }, scope.context.session)([]);
    const shown = literalText(value, dataType, false, scope.context.session);
    return { ...literal(value, dataType, origin), shown };
  } catch {
    const valueType = `"${sqlType(dataType).replace(/\(.*/, "")}"`;
    throw analysisError("INVALID_TYPED_LITERAL", { valueType, value: `'${typeof text === "string" ? text : ""}'` }, origin);
  }
}

function modeOf(scope: ExpressionScope): EvalMode {
  return scope.context.settings.ansi ? "ansi" : "legacy";
}

function resolveAttribute(expression: UnresolvedAttribute, scope: ExpressionScope): Expression {
  const { nameParts, origin } = expression;
  const [first = "", ...fields] = nameParts;
  const variable = scope.lambdaVariables?.get(first.toLowerCase());
  if (variable !== undefined) return withFields(variable, fields, expression, scope);
  const own = scope.frames === undefined ? undefined : findInFrame(expression, scope.scopes, scope.frames);
  if (own !== undefined) return withFields(own.attribute, own.fields, expression, scope);
  const match = findInOrder(scope.scopes, expression);
  if (match !== undefined) return withFields(match.attribute, match.fields, expression, scope);
  const named = scope.aliases?.(nameParts);
  if (named !== undefined) return named;
  for (const outer of scope.outer) {
    for (const names of outer.scopes) {
      const match = names.find(nameParts, origin);
      if (match !== undefined) {
        return withFields(Object.freeze({ kind: "outerReference", child: match.attribute }), match.fields, expression, scope);
      }
    }
  }
  const session = scope.context.variable?.(nameParts);
  if (session !== undefined) return variableValue(session, expression);
  const parameterless = nameParts.length === 1 && withoutParentheses.has(first.toLowerCase());
  if (parameterless) {
    const name = first.toLowerCase();
    const value = resolveFunction(unresolvedFunction(name, [], origin === undefined ? {} : { origin }), scope);
    return call("routine_result", [value], typeOf(value), { nullable: isNullable(value), alias: name });
  }
  if (nameParts.length === 1 && first.toLowerCase() === "grouping__id") {
    return alias(groupingCall("grouping_id", [], origin), "grouping__id");
  }
  throw unresolvedColumn(expression, scope);
}

/** What a name means in the first of several places that has it: where two columns of one place have it, the next place decides. */
function findInOrder(places: readonly Scope[], { nameParts, origin }: UnresolvedAttribute): ScopeMatch | undefined {
  let ambiguous: unknown;
  for (const place of places) {
    try {
      const match = place.find(nameParts, origin);
      if (match !== undefined) return match;
    } catch (error) {
      if (!(error instanceof AnalysisError) || error.code !== "AMBIGUOUS_REFERENCE") throw error;
      ambiguous ??= error;
    }
  }
  if (ambiguous !== undefined) throw ambiguous;
  return undefined;
}

/** Functions that may be written as names, where no column has the name. */
const withoutParentheses: ReadonlySet<string> = new Set([
  "current_date",
  "current_timestamp",
  "current_time",
  "current_user",
  "localtimestamp",
  "localtime",
  "user",
  "session_user",
]);

/** The value that a variable has now. */
function variableValue({ name, dataType, value }: SessionVariable, { origin }: UnresolvedAttribute): Expression {
  const constant = literal(value, dataType);
  const text = `variablereference(system.session.${name}=${value === null ? `CAST(NULL AS ${sqlType(dataType)})` : sqlText(constant)})`;
  const place = origin === undefined ? {} : { origin };
  return call("routine_result", [constant], dataType, { nullable: value === null, alias: text, ...place });
}

function unresolvedColumn(expression: UnresolvedAttribute, scope: ExpressionScope): Error {
  const objectName = expression.nameParts.map(quoteIdentifier).join(".");
  const proposal = scope.scopes[0]?.suggestions(expression.nameParts) ?? [];
  return proposal.length === 0
    ? analysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", { objectName }, expression.origin)
    : analysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", { objectName, proposal: proposal.join(", ") }, expression.origin);
}

/** `column.field.field`; the whole is named after its last field. */
function withFields(column: Expression, fields: readonly string[], origin: Expression, scope: ExpressionScope): Expression {
  return fields.reduce<Expression>((child, field) => extract(child, literal(field, stringType), origin, scope), column);
}

/** A field of a struct, an element, or a map's value. */
function extract(child: Expression, key: Expression, origin: Expression, scope: ExpressionScope): Expression {
  const type = typeOf(child);
  const place = origin.origin === undefined ? {} : { origin: origin.origin };
  if (type.kind === "struct" && key.kind === "literal" && typeof key.value === "string") {
    const name = key.value.toLowerCase();
    const at = type.fields.findIndex((field) => field.name.toLowerCase() === name);
    const field = type.fields[at];
    if (field !== undefined) {
      return call("getfield", [child, literal(at, integerType)], field.dataType, {
        nullable: isNullable(child) || field.nullable,
        alias: field.name,
        ...place,
      });
    }
  }
  const name = type.kind === "array" && key.kind === "literal" && key.dataType.kind === "string" ? "getfield" : "[]";
  const definition = findFunction(name);
  if (definition === undefined)
    throw analysisError("UNSUPPORTED_FEATURE", { what: `Taking ${sqlText(key)} from ${sqlType(type)}` }, origin.origin);
  return resolveCall(definition, unresolvedFunction(name, [child, key], place), [child, key], scope);
}

function resolveCase(expression: Extract<Expression, { kind: "caseWhen" }>, scope: ExpressionScope): Expression {
  const resolved = mapChildren(expression, (child) => resolveExpression(child, scope));
  if (resolved.kind !== "caseWhen") return resolved;
  const values = [
    ...resolved.whens.filter((_, index) => index % 2 === 1),
    ...(resolved.otherwise === undefined ? [] : [resolved.otherwise]),
  ];
  const common = widestType(values.map(typeOf), scope.context.settings);
  if (common === undefined) {
    throw locate(
      analysisError(
        "UNSUPPORTED_FEATURE",
        { what: `CASE with values of types ${values.map((value) => sqlType(typeOf(value))).join(", ")}` },
        expression.origin,
      ),
      expression.origin,
    );
  }
  return mapCaseParts(
    resolved,
    (condition) => castTo(condition, booleanType, scope),
    (value) => castTo(value, common, scope),
  );
}

function mapCaseParts(
  expression: Extract<Expression, { kind: "caseWhen" }>,
  condition: (part: Expression) => Expression,
  value: (part: Expression) => Expression,
): Expression {
  const whens = expression.whens.map((part, index) => (index % 2 === 0 ? condition(part) : value(part)));
  return withChildren(expression, expression.otherwise === undefined ? whens : [...whens, value(expression.otherwise)]);
}

function resolveSubquery(expression: SubqueryExpression, scope: ExpressionScope): Expression {
  const values = expression.values.map((value) => resolveExpression(value, scope));
  const resolved = scope.subquery({ ...expression, values }, scope);
  return resolved;
}

/** The special forms of a call, then the registry. */
function resolveFunction(expression: UnresolvedFunction, scope: ExpressionScope): Expression {
  const name = expression.nameParts.at(-1)?.toLowerCase() ?? "";
  if (name === "grouping" || name === "grouping_id") {
    const inner = { ...scope, scopes: aggregateScopes(scope) };
    const columns = expression.args.map((argument) => resolveExpression(argument, inner));
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
    : written.map((argument) => resolveExpression(argument, inner));
  const formats = (name === "to_char" || name === "to_varchar") && isDatetime(args[0]) ? findFunction("date_format") : undefined;
  if (formats !== undefined) return resolveCall(formats, { ...expression, nameParts: ["date_format"] }, args, inner);
  return resolveCall(definition, expression, args, inner);
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
  return resolveRoutineCall(routine, expression, { scope: inner, resolve: resolveExpression });
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
  if (name === "count" && expression.args.length === 1 && only?.kind === "unresolvedStar" && only.target.length === 0) {
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

/** `s.*` where `s` is a struct: its fields; undefined when it is none. */
export function fieldsOf(target: readonly string[], scope: ExpressionScope): readonly Expression[] | undefined {
  const match = target.length === 0 ? undefined : scope.scopes[0]?.find(target, undefined);
  if (match === undefined) return undefined;
  const column = withFields(match.attribute, match.fields, match.attribute, scope);
  const type = typeOf(column);
  return type.kind === "struct" ? type.fields.map((field) => extract(column, literal(field.name, stringType), column, scope)) : undefined;
}

/** Arguments of which some are lambdas: those need the types of the others, and of the lambdas before them. */
function resolveLambdas(
  definition: FunctionDefinition,
  written: UnresolvedFunction,
  args: readonly Expression[],
  scope: ExpressionScope,
): Expression[] {
  const resolved = args.map((argument) => (argument.kind === "lambda" ? argument : resolveExpression(argument, scope)));
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
  return { ...lambda, parameters, body: resolveExpression(lambda.body, { ...scope, lambdaVariables }) };
}

/** The name that a field of a struct takes from an expression. */
function nameOf(expression: Expression): Pick<Argument, "name"> {
  if (expression.kind === "attribute" || expression.kind === "alias") return { name: expression.name };
  if (expression.kind === "call" && expression.name === "getfield" && expression.alias !== undefined) return { name: expression.alias };
  return expression.kind === "outerReference" ? nameOf(expression.child) : {};
}

function argumentOf(expression: Expression): Argument {
  if (expression.kind === "lambda") {
    const { parameters, body } = expression;
    const lambda = { parameters: parameters.length };
    const isResolved = parameters.every((parameter) => parameter.kind === "lambdaVariable");
    return isResolved
      ? described(expression, typeOf(body), isNullable(body), { lambda })
      : described(expression, voidType, true, { lambda });
  }
  return described(expression, typeOf(expression), isNullable(expression), {
    ...(expression.kind === "literal" ? { constant: { value: expression.value } } : {}),
    ...nameOf(expression),
  });
}

/** The text is made when it is asked for, which errors alone do: made for each call it would take time by the square of an expression's depth. */
function described(expression: Expression, dataType: DataType, nullable: boolean, more: Partial<Argument>): Argument {
  return {
    ...more,
    dataType,
    nullable,
    get sql() {
      return prettyText(expression);
    },
  };
}

/** A call of a function that is known, with resolved arguments. @throws AnalysisError WRONG_NUM_ARGS…, DATATYPE_MISMATCH… */
function resolveCall(
  definition: FunctionDefinition,
  written: UnresolvedFunction,
  given: readonly Expression[],
  scope: ExpressionScope,
): Expression {
  const name = written.nameParts.at(-1)?.toLowerCase() ?? definition.name;
  const [least, most] = definition.arity;
  if (given.length < least || given.length > most) {
    throw analysisError(
      "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
      {
        functionName: quoteIdentifier(name),
        expectedNum:
          least === most
            ? `${least}`
            : most === Infinity
              ? `> ${least - 1}`
              : `[${Array.from({ length: most - least + 1 }, (_, i) => least + i).join(", ")}]`,
        actualNum: given.length,
        docroot: "https://spark.apache.org/docs/latest",
      },
      written.origin,
    );
  }
  const mode = modeOf(scope);
  const orderBy = written.orderWithinGroup.map((order) => resolveExpression(order, scope));
  const args = coerceCollations(definition.name, given, written, scope);
  const resolution = choose(definition, { name, mode, orderBy }, args, written);
  const coerced = args.map((argument, index) => {
    const type = resolution.args[index];
    if (type === undefined) return argument;
    return argument.kind === "lambda"
      ? { ...argument, body: castTo(argument.body, type, scope) }
      : castTo(argument, type, scope, written.origin);
  });
  const nullable = resolution.nullable ?? coerced.some(isNullable);
  const common = {
    nullable,
    mode,
    ...(name === definition.name ? {} : { alias: name }),
    ...(written.origin === undefined ? {} : { origin: written.origin }),
  };
  if (definition.kind === "scalar" || definition.kind === "generator") return call(definition.name, coerced, resolution.dataType, common);
  return aggregateCall(definition.name, coerced, resolution.dataType, {
    ...common,
    distinct: written.distinct,
    ignoreNulls: written.ignoreNulls ?? false,
    orderBy,
    ...(written.filter === undefined ? {} : { filter: resolveExpression(written.filter, scope) }),
  });
}

function choose(
  definition: FunctionDefinition,
  site: { readonly name: string; readonly mode: EvalMode; readonly orderBy: readonly Expression[] },
  args: readonly Expression[],
  written: UnresolvedFunction,
): ReturnType<FunctionDefinition["resolve"]> {
  try {
    return definition.resolve(args.map(argumentOf), {
      name: definition.group === "math" ? definition.name : site.name,
      mode: site.mode,
      ansi: site.mode === "ansi",
      orderBy: site.orderBy.map((key) => argumentOf(key.kind === "sortOrder" ? key.child : key)),
    });
  } catch (error) {
    throw locate(error, written.origin);
  }
}

/** True when the expression has an aggregate function outside of windows. */
export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === "aggregate") return findFunction(expression.name)?.kind === "aggregate";
  if (expression.kind === "window") {
    return [...childrenOf(expression.function), ...expression.partitionBy, ...expression.orderBy].some(hasAggregate);
  }
  return childrenOf(expression).some(hasAggregate);
}

/** The same before names are resolved. */
export function callsAggregate(expression: Expression, context: AnalysisContext): boolean {
  const inside = (child: Expression): boolean => callsAggregate(child, context);
  if (expression.kind === "unresolvedFunction") {
    const name = expression.nameParts.at(-1)?.toLowerCase() ?? "";
    const definition = findFunction(name);
    if (definition?.kind === "aggregate") return true;
    const routine = definition === undefined ? context.routine?.(expression.nameParts) : undefined;
    if (routine?.kind === "builder" && routine.aggregates === true) return true;
  }
  if (expression.kind === "window") {
    return [...childrenOf(expression.function), ...expression.partitionBy, ...expression.orderBy].some(inside);
  }
  return childrenOf(expression).some(inside);
}

/** True when the expression has a window function. */
export function hasWindow(expression: Expression): boolean {
  return exists(expression, (node) => node.kind === "window");
}

/**
 * A result column: the expression itself when it has a name, else under the name that Spark generates. An alias gets an id of its own here,
 * since one text may be resolved at several places: a common table, a view.
 */
export function named(expression: Expression, generatedName: string): Expression {
  if (expression.kind === "attribute") return expression;
  return expression.kind === "alias" ? { ...expression, exprId: newExprId() } : alias(expression, generatedName, { generated: true });
}
