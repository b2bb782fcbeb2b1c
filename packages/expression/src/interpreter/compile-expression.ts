import { EngineError, type ErrorPlace } from "@vonk/common";
import { sqlType, type SQLValue } from "@vonk/columnar/internal";
import {
  externalValue,
  internalValue,
  isNullable,
  typeOf,
  type AggregateCall,
  type Call,
  type CaseWhen,
  type Cast,
  type Expression,
  type Lambda,
  type UserFunctionCall,
} from "@vonk/dataframe/internal";
import { castFailure } from "../cast/cast-rule.ts";
import { conversion } from "../cast/cast-value.ts";
import { expressionErrors } from "../errors.ts";
import type { CallSite, Evaluator, LambdaFunction, RowFunction, ScalarFunction, SessionValues } from "../function/function-entry.ts";
import { findFunction } from "../function/registry.ts";

/** Where the parameters of the lambdas around a place keep their values. */
type Scope = { readonly session: SessionValues; readonly cells: ReadonlyMap<number, Cell> };
interface Cell {
  value: SQLValue;
}

/**
 * The interpreter: a resolved expression over bound references as a function of a row. This is what expressions mean; constant folding and
 * the batch kernels are made of it. Compiling costs about a microsecond a node.
 *
 * Parameters of lambdas live in cells that a call sets before it evaluates a body: no row is copied. A lambda never runs inside itself, so
 * one cell a parameter is enough.
 *
 * @throws EngineError UNKNOWN_FUNCTION for nodes that have no value of a row (aggregates, windows, subqueries)
 */
export function compileExpression(expression: Expression, session: SessionValues): RowFunction {
  return compile(expression, { session, cells: new Map() });
}

function compile(expression: Expression, scope: Scope): RowFunction {
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "boundReference": {
      const { ordinal } = expression;
      return (row) => row[ordinal] ?? null;
    }
    case "lambdaVariable": {
      const cell = scope.cells.get(expression.exprId);
      if (cell === undefined) throw expressionErrors.create("UNKNOWN_FUNCTION", { name: expression.name });
      return () => cell.value;
    }
    case "alias":
    case "sortOrder":
      return compile(expression.child, scope);
    case "cast":
      return compileCast(expression, scope);
    case "caseWhen":
      return compileCase(expression, scope);
    case "call":
      return compileCall(expression, scope);
    case "userFunction":
      return compileUserFunction(
        expression,
        expression.args.map((argument) => compile(argument, scope)),
      );
    default:
      throw expressionErrors.create("UNKNOWN_FUNCTION", { name: expression.kind });
  }
}

/** Values go to the program's function in its own forms, and come back into the engine's. */
function compileUserFunction(expression: UserFunctionCall, args: readonly RowFunction[]): RowFunction {
  const types = expression.args.map(typeOf);
  const { dataType, name } = expression;
  return (row) => {
    const values = args.map((argument, index) => externalValue(argument(row), types[index] ?? dataType));
    return internalValue(Reflect.apply(expression.function, undefined, values), dataType, name);
  };
}

function compileCast(expression: Cast, scope: Scope): RowFunction {
  const from = typeOf(expression.child);
  const child = compile(expression.child, scope);
  const { mode, dataType } = expression;
  const convert = conversion(from, dataType, { mode, session: scope.session });
  if (convert === undefined) throw castFailure(from, dataType, mode, `CAST(… AS ${sqlType(dataType)})`);
  const place = placeOf(expression);
  return (row) => {
    const value = child(row);
    try {
      return value === null ? null : convert(value);
    } catch (error) {
      throw placed(error, place);
    }
  };
}

function compileCase(expression: CaseWhen, scope: Scope): RowFunction {
  const parts = expression.whens.map((part) => compile(part, scope));
  const otherwise = expression.otherwise === undefined ? () => null : compile(expression.otherwise, scope);
  return (row) => {
    for (let index = 0; index < parts.length; index += 2) {
      if (parts[index]?.(row) === true) return parts[index + 1]?.(row) ?? null;
    }
    return otherwise(row);
  };
}

/** What a call's function is told about it. Arguments of constants alone are constants, casts that the analyzer added among them. */
export function callSite(expression: Call | AggregateCall, session: SessionValues): CallSite {
  return {
    ...(expression.kind === "aggregate" ? aggregateSite(expression) : {}),
    name: expression.name,
    args: expression.args.map((argument) => {
      const constant = constantOf(argument, session);
      return {
        dataType: argument.kind === "lambda" ? typeOf(argument.body) : typeOf(argument),
        nullable: isNullable(argument.kind === "lambda" ? argument.body : argument),
        ...(constant === undefined ? {} : { constant }),
      };
    }),
    dataType: expression.dataType,
    mode: expression.mode,
    session,
  };
}

function aggregateSite({ orderBy, ignoreNulls }: AggregateCall): Pick<CallSite, "orderBy" | "ignoreNulls"> {
  const keys = orderBy.map((key) => ({
    dataType: typeOf(key),
    ascending: key.kind !== "sortOrder" || key.ascending,
    nullsFirst: key.kind !== "sortOrder" || key.nullsFirst,
  }));
  return { ignoreNulls, ...(keys.length === 0 ? {} : { orderBy: keys }) };
}

/** The value of an expression that no row changes; undefined when it has none, or when computing it fails: it then fails for its rows. */
function constantOf(expression: Expression, session: SessionValues): { readonly value: SQLValue } | undefined {
  if (expression.kind === "literal") return { value: expression.value };
  if ((expression.kind !== "cast" && expression.kind !== "call") || !isFoldable(expression)) return undefined;
  try {
    return { value: compileExpression(expression, session)([]) };
  } catch {
    return undefined;
  }
}

function isFoldable(expression: Expression): boolean {
  if (expression.kind === "literal") return true;
  if (expression.kind === "cast") return isFoldable(expression.child);
  if (expression.kind !== "call") return false;
  const definition = findFunction(expression.name);
  return definition?.kind === "scalar" && definition.deterministic !== false && expression.args.every(isFoldable);
}

function compileCall(expression: Call, scope: Scope): RowFunction {
  const definition = findFunction(expression.name);
  if (definition?.kind !== "scalar") throw expressionErrors.create("UNKNOWN_FUNCTION", { name: expression.name });
  const site = callSite(expression, scope.session);
  if (definition.higherOrder !== undefined) return compileHigherOrder(expression, definition, definition.higherOrder(site), scope);
  const args = expression.args.map((argument) => compile(argument, scope));
  if (definition.compile !== undefined) return definition.compile(args, site);
  return applyEvaluator(definition, args, { site, place: placeOf(expression) });
}

interface Application {
  readonly site: CallSite;
  readonly place: ErrorPlace | undefined;
}

function placeOf({ origin }: Expression): ErrorPlace | undefined {
  return origin?.start === undefined || origin.stop === undefined || origin.objectType !== undefined
    ? undefined
    : { start: origin.start, stop: origin.stop };
}

/** An error with the place of the innermost expression that raised it. */
function placed(error: unknown, place: ErrorPlace | undefined): unknown {
  if (error instanceof EngineError && place !== undefined) error.place ??= place;
  return error;
}

function compileHigherOrder(
  expression: Call,
  definition: ScalarFunction,
  apply: (values: readonly SQLValue[], lambdas: readonly LambdaFunction[]) => SQLValue,
  scope: Scope,
): RowFunction {
  let current: readonly SQLValue[] = [];
  const lambdas = expression.args.flatMap((argument) =>
    argument.kind === "lambda" ? [compileLambda(argument, scope, () => current)] : [],
  );
  const others = expression.args.flatMap((argument) => (argument.kind === "lambda" ? [] : [compile(argument, scope)]));
  return (row) => {
    const values = others.map((argument) => argument(row));
    if (definition.nulls === "propagate" && values.includes(null)) return null;
    current = row;
    return apply(values, lambdas);
  };
}

function compileLambda(lambda: Lambda, scope: Scope, row: () => readonly SQLValue[]): LambdaFunction {
  const cells: Cell[] = lambda.parameters.map(() => ({ value: null }));
  const inner = new Map(scope.cells);
  for (const [index, parameter] of lambda.parameters.entries()) {
    const cell = cells[index];
    if (parameter.kind === "lambdaVariable" && cell !== undefined) inner.set(parameter.exprId, cell);
  }
  const body = compile(lambda.body, { session: scope.session, cells: inner });
  return (...values) => {
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index];
      if (cell !== undefined) cell.value = values[index] ?? null;
    }
    return body(row());
  };
}

function applyEvaluator(definition: ScalarFunction, args: readonly RowFunction[], { site, place }: Application): RowFunction {
  const evaluate = definition.evaluator?.(site);
  if (evaluate === undefined) throw expressionErrors.create("UNKNOWN_FUNCTION", { name: definition.name });
  return definition.nulls === "propagate" ? strict(evaluate, args, place) : lenient(evaluate, args, place);
}

function lenient(evaluate: Evaluator, args: readonly RowFunction[], place: ErrorPlace | undefined): RowFunction {
  return (row) => {
    const values = args.map((argument) => argument(row));
    try {
      return evaluate(...values);
    } catch (error) {
      throw placed(error, place);
    }
  };
}

/** Null when an argument is null; the usual numbers of arguments without a list. */
function strict(evaluate: Evaluator, args: readonly RowFunction[], place: ErrorPlace | undefined): RowFunction {
  const [first, second] = args;
  if (first !== undefined && args.length === 1) {
    return (row) => {
      const a = first(row);
      try {
        return a === null ? null : evaluate(a);
      } catch (error) {
        throw placed(error, place);
      }
    };
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (row) => {
      const a = first(row);
      if (a === null) return null;
      const b = second(row);
      try {
        return b === null ? null : evaluate(a, b);
      } catch (error) {
        throw placed(error, place);
      }
    };
  }
  return (row) => {
    const values: SQLValue[] = [];
    for (const argument of args) {
      const value = argument(row);
      if (value === null) return null;
      values.push(value);
    }
    try {
      return evaluate(...values);
    } catch (error) {
      throw placed(error, place);
    }
  };
}
