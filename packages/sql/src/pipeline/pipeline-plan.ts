import { isIntegral, type DataType } from "@vonk/columnar/internal";
import { typeOf, type AggregateCall, type Expression } from "@vonk/dataframe/internal";
import { scaleOf } from "./operand-scale.ts";
import type { AggregatePlan } from "../task/aggregate-rows.ts";

/** A pipeline from a table's columns through a filter into groups. Expressions are over the positions of `columns`. */
export interface PipelinePlan extends AggregatePlan {
  readonly columns: readonly { readonly name: string; readonly dataType: DataType }[];
  readonly condition?: Expression;
}

const comparisons = new Set(["=", "<", "<=", ">", ">="]);
const arithmetic = new Set(["+", "-", "*"]);
const aggregates = new Set(["sum", "avg", "count", "min", "max"]);

/**
 * Whether code can be generated for a pipeline: columns and constants of integers, decimals of up to 18 digits' width and dates; comparisons
 * and their connection; sums, products; groups by whole columns. What a batch then holds decides whether the code runs on it.
 */
export function isCompilable(plan: Omit<PipelinePlan, "session">): boolean {
  return (
    (plan.condition === undefined || isCondition(plan.condition)) &&
    plan.groupings.every((grouping) => grouping.kind === "boundReference") &&
    plan.calls.every(isCompilableCall)
  );
}

function isCompilableCall(call: AggregateCall): boolean {
  const [argument] = call.args;
  if (!aggregates.has(call.name) || call.distinct || call.filter !== undefined || call.args.length !== 1 || argument === undefined)
    return false;
  if (call.name === "count") return argument.kind === "literal" ? argument.value !== null : argument.kind === "boundReference";
  if (call.name === "avg" && typeOf(argument).kind !== "decimal") return false;
  return isNumber(argument);
}

/** Types whose values are integers in memory. */
function isWhole(type: DataType): boolean {
  return isIntegral(type) || type.kind === "decimal" || type.kind === "date";
}

/** An integer expression. Decimals keep the digits of their operands: where Spark's result type cuts some off, rows are interpreted. */
function isNumber(expression: Expression): boolean {
  if (expression.kind === "boundReference") return isWhole(expression.dataType);
  if (expression.kind === "literal") return expression.value !== null && isWhole(expression.dataType);
  if (expression.kind !== "call" || !arithmetic.has(expression.name)) return false;
  return expression.args.every(isNumber) && keepsDigits(expression.name, expression.args.map(typeOf), expression.dataType);
}

function keepsDigits(operator: string, args: readonly DataType[], result: DataType): boolean {
  if (args.some((type) => type.kind === "date")) return false;
  const [left = 0, right = 0] = args.map(scaleOf);
  return scaleOf(result) === (operator === "*" ? left + right : Math.max(left, right));
}

function isCondition(expression: Expression): boolean {
  if (expression.kind !== "call") return false;
  const { name, args } = expression;
  if (name === "and" || name === "or" || name === "not") return args.every(isCondition);
  if (name !== "between" && !comparisons.has(name)) return false;
  return args.every(isNumber) && args.every((argument) => scaleOf(typeOf(argument)) === scaleOf(typeOf(args[0] ?? argument)));
}
