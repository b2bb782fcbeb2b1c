import { sqlType, type SQLValue } from "@vonk/columnar/internal";
import { typeOf, type Call, type CaseWhen, type Cast, type Expression } from "@vonk/dataframe/internal";
import { conversion } from "../cast/cast-value.ts";
import { expressionErrors } from "../errors.ts";
import type { CallSite, Evaluator, RowFunction, ScalarFunction, SessionValues } from "../function/function-entry.ts";
import { findFunction } from "../function/registry.ts";

/**
 * The interpreter: a resolved expression over bound references as a function of a row. This is what expressions mean; constant folding and
 * the batch kernels are made of it. Compiling costs about a microsecond a node.
 *
 * @throws EngineError UNKNOWN_FUNCTION for nodes that have no value of a row (aggregates, windows, subqueries)
 */
export function compileExpression(expression: Expression, session: SessionValues): RowFunction {
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "boundReference": {
      const { ordinal } = expression;
      return (row) => row[ordinal] ?? null;
    }
    case "alias":
    case "sortOrder":
      return compileExpression(expression.child, session);
    case "cast":
      return compileCast(expression, session);
    case "caseWhen":
      return compileCase(expression, session);
    case "call":
      return compileCall(expression, session);
    default:
      throw expressionErrors.create("UNKNOWN_FUNCTION", { name: expression.kind });
  }
}

function compileCast(expression: Cast, session: SessionValues): RowFunction {
  const from = typeOf(expression.child);
  const child = compileExpression(expression.child, session);
  const convert = conversion(from, expression.dataType, { mode: expression.mode, session });
  if (convert === undefined) {
    throw expressionErrors.create("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", {
      sqlExpr: `"CAST(… AS ${sqlType(expression.dataType)})"`,
      srcType: `"${sqlType(from)}"`,
      targetType: `"${sqlType(expression.dataType)}"`,
    });
  }
  return (row) => {
    const value = child(row);
    return value === null ? null : convert(value);
  };
}

function compileCase(expression: CaseWhen, session: SessionValues): RowFunction {
  const parts = expression.whens.map((part) => compileExpression(part, session));
  const otherwise = expression.otherwise === undefined ? () => null : compileExpression(expression.otherwise, session);
  return (row) => {
    for (let index = 0; index < parts.length; index += 2) {
      if (parts[index]?.(row) === true) return parts[index + 1]?.(row) ?? null;
    }
    return otherwise(row);
  };
}

/** What a call's function is told about it. */
export function callSite(expression: Call, session: SessionValues): CallSite {
  return {
    name: expression.name,
    args: expression.args.map((argument) => ({
      dataType: argument.kind === "lambda" ? typeOf(argument.body) : typeOf(argument),
      ...(argument.kind === "literal" ? { constant: { value: argument.value } } : {}),
    })),
    dataType: expression.dataType,
    mode: expression.mode,
    session,
  };
}

function compileCall(expression: Call, session: SessionValues): RowFunction {
  const definition = findFunction(expression.name);
  if (definition?.kind !== "scalar") throw expressionErrors.create("UNKNOWN_FUNCTION", { name: expression.name });
  const args = expression.args.map((argument) => compileExpression(argument, session));
  const site = callSite(expression, session);
  if (definition.compile !== undefined) return definition.compile(args, site);
  return applyEvaluator(definition, args, site);
}

function applyEvaluator(definition: ScalarFunction, args: readonly RowFunction[], site: CallSite): RowFunction {
  const evaluate = definition.evaluator?.(site);
  if (evaluate === undefined) throw expressionErrors.create("UNKNOWN_FUNCTION", { name: definition.name });
  return definition.nulls === "propagate" ? strict(evaluate, args) : lenient(evaluate, args);
}

function lenient(evaluate: Evaluator, args: readonly RowFunction[]): RowFunction {
  return (row) => evaluate(...args.map((argument) => argument(row)));
}

/** Null when an argument is null; the usual numbers of arguments without a list. */
function strict(evaluate: Evaluator, args: readonly RowFunction[]): RowFunction {
  const [first, second] = args;
  if (first !== undefined && args.length === 1) {
    return (row) => {
      const a = first(row);
      return a === null ? null : evaluate(a);
    };
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (row) => {
      const a = first(row);
      if (a === null) return null;
      const b = second(row);
      return b === null ? null : evaluate(a, b);
    };
  }
  return (row) => {
    const values: SQLValue[] = [];
    for (const argument of args) {
      const value = argument(row);
      if (value === null) return null;
      values.push(value);
    }
    return evaluate(...values);
  };
}
