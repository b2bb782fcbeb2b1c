import { booleanType, isNumeric, sqlType, type SQLValue } from "@vonk/columnar/internal";
import {
  literal,
  mapChildren,
  typeOf,
  withChildren,
  type Expression,
  type FrameBoundary,
  type SubqueryExpression,
  type WindowExpression,
  type WindowFrame,
} from "@vonk/dataframe/internal";
import { expressionErrors } from "@vonk/expression";
import { compileExpression, findFunction, widestType } from "@vonk/expression/internal";
import { analysisError, locate } from "../error/analysis-error.ts";
import { literalText, prettyText } from "../naming/expression-text.ts";
import { castTo } from "./cast-to.ts";
import { modeOf, type ExpressionScope } from "./expression-scope.ts";
import { resolveAttribute } from "./resolve-attribute.ts";
import { extract } from "./resolve-field.ts";
import { resolveFunction } from "./resolve-function.ts";

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

function resolveCase(expression: Extract<Expression, { kind: "caseWhen" }>, scope: ExpressionScope): Expression {
  const resolved = mapChildren(expression, (child) => resolveExpression(child, scope));
  if (resolved.kind !== "caseWhen") return resolved;
  const values = [
    ...resolved.whens.filter((_, index) => index % 2 === 1),
    ...(resolved.otherwise === undefined ? [] : [resolved.otherwise]),
  ];
  const common = widestType(values.map(typeOf), scope.context.settings);
  if (common === undefined) {
    const error = expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
      sqlExpr: `"${prettyText(resolved)}"`,
      functionName: "`casewhen`",
      dataType: `[${values.map((value) => `"${sqlType(typeOf(value))}"`).join(", ")}]`,
    });
    throw locate(error, expression.origin);
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
