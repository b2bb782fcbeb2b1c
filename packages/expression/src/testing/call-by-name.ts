import {
  asText,
  booleanType,
  doubleType,
  integerType,
  longType,
  sqlType,
  stringType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import {
  call,
  cast,
  isNullable,
  literal,
  newExprId,
  typeOf,
  type EvalMode,
  type Expression,
  type Lambda,
  type LambdaVariable,
} from "@vonk/dataframe/internal";
import { sameType } from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import type { Argument, FunctionDefinition, SessionValues } from "../function/function-entry.ts";
import { findFunction } from "../function/registry.ts";
import { compileExpression } from "../interpreter/compile-expression.ts";
import { keyText } from "../order/compare-values.ts";

/** A session in UTC at the epoch. */
export const testSession: SessionValues = {
  timeZone: "UTC",
  nowMicros: 0n,
  user: "vonk",
  catalog: "spark_catalog",
  database: "default",
  version: "4.3.0",
};

/** A lambda whose body is made when the types of its parameters are known. */
export type LambdaMaker = (...parameters: LambdaVariable[]) => Expression;

/** What tests write for an argument: an expression, a lambda, or a JavaScript value whose type is plain. */
export type TestArgument = Expression | LambdaMaker | string | number | bigint | boolean | null;

function asExpression(value: Exclude<TestArgument, LambdaMaker>): Expression {
  if (value === null) return literal(null, voidType);
  if (typeof value === "string") return literal(value, stringType);
  if (typeof value === "boolean") return literal(value, booleanType);
  if (typeof value === "bigint") return literal(value, longType);
  if (typeof value === "number") return literal(value, Number.isInteger(value) && !Object.is(value, -0) ? integerType : doubleType);
  return value;
}

/** How the argument stands to the choice of types: constants are those that have no reference. */
export function argumentOf(expression: Expression, session: SessionValues = testSession): Argument {
  const parameters = expression.kind === "lambda" ? { lambda: { parameters: expression.parameters.length } } : {};
  const body = expression.kind === "lambda" ? expression.body : expression;
  const shown = expression.kind === "literal" ? keyText(expression.value) : expression.kind;
  const base = { dataType: typeOf(body), nullable: isNullable(body), sql: shown, ...parameters };
  try {
    return expression.kind === "boundReference" ? base : { ...base, constant: { value: compileExpression(expression, session)([]) } };
  } catch {
    return base;
  }
}

/** A call as the analyzer makes it: lambdas bound, types chosen, arguments cast. */
export function callByName(
  name: string,
  args: readonly TestArgument[],
  mode: EvalMode = "ansi",
  session: SessionValues = testSession,
): Expression {
  const definition = findFunction(name);
  if (definition === undefined) throw expressionErrors.create("UNKNOWN_FUNCTION", { name });
  const site = { name: definition.name, mode, ansi: mode === "ansi" };
  const plain = args.map((argument) => (typeof argument === "function" ? literal(null, voidType) : asExpression(argument)));
  const known = plain.map((argument) => argumentOf(argument, session));
  const bound = args.map((argument, index) =>
    typeof argument === "function" ? bindLambda(definition, argument, known, index, site) : (plain[index] ?? literal(null, voidType)),
  );
  const described = bound.map((argument) => argumentOf(argument, session));
  const resolution = definition.resolve(described, site);
  const coerced = bound.map((argument, index) => coerce(argument, resolution.args[index] ?? typeOf(argument), mode));
  const nullable = resolution.nullable ?? (mode !== "ansi" || described.some((argument) => argument.nullable));
  return call(definition.name, coerced, resolution.dataType, { mode, nullable });
}

function coerce(argument: Expression, type: DataType, mode: EvalMode): Expression {
  if (argument.kind === "lambda") return { ...argument, body: coerce(argument.body, type, mode) };
  return sameType(typeOf(argument), type, { ignoreNullability: true, ignoreNames: true }) ? argument : cast(argument, type, mode);
}

function bindLambda(
  definition: FunctionDefinition,
  make: LambdaMaker,
  args: readonly Argument[],
  index: number,
  site: { readonly name: string; readonly mode: EvalMode; readonly ansi: boolean },
): Lambda {
  const given = definition.kind === "scalar" ? (definition.lambdaParameters?.(args, index, site) ?? []) : [];
  const parameters = given
    .slice(0, Math.max(make.length, 1))
    .map((parameter, at): LambdaVariable => ({ kind: "lambdaVariable", name: `x${at}`, exprId: newExprId(), ...parameter }));
  return { kind: "lambda", parameters, body: make(...parameters) };
}

/** The value of a call by name. */
export function evaluateCall(
  name: string,
  args: readonly TestArgument[],
  mode: EvalMode = "ansi",
  session: SessionValues = testSession,
): SQLValue {
  return compileExpression(callByName(name, args, mode, session), session)([]);
}

/** The value of a call as CAST to STRING shows it, and its type. */
export function showCall(name: string, args: readonly TestArgument[], session: SessionValues = testSession): string {
  const made = callByName(name, args, "ansi", session);
  const shown = compileExpression(cast(made, stringType, "ansi"), session)([]);
  return `${shown === null ? "NULL" : asText(shown)} ${sqlType(typeOf(made))}`;
}
