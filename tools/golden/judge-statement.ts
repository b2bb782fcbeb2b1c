import type { GoldenAnswer } from "./golden-file.ts";
import type { StatementError, StatementResult } from "./run-statement.ts";

/**
 * How far a result agrees with Spark's: 0 not at all; 1 schema and rows, or the error's condition; 2 its SQLSTATE too; 3 its parameters and
 * place; 4 its class. Doubles may differ in their last digits.
 */
export function levelOf(result: StatementResult, answer: GoldenAnswer): 0 | 1 | 2 | 3 | 4 {
  const expected = expectedError(answer);
  if (expected !== undefined) return result.error === undefined ? 0 : levelOfError(result.error, expected);
  if (result.error !== undefined || result.schema !== answer.schema) return 0;
  return sameRows(result.output, answer) ? 4 : 0;
}

interface ExpectedError {
  readonly exception: string;
  readonly condition?: string;
  readonly sqlState?: string;
  readonly parameters: unknown;
  readonly context: unknown;
}

function expectedError({ schema, output }: GoldenAnswer): ExpectedError | undefined {
  const [exception = "", ...rest] = output.split("\n");
  if (schema !== "struct<>" || !/^[a-z]\w*(?:\.\w+)+$/.test(exception)) return undefined;
  const json = rest.join("\n").trim();
  if (!json.startsWith("{")) return { exception, parameters: undefined, context: undefined };
  const data: Record<string, unknown> = JSON.parse(json);
  const { errorClass, condition = errorClass, sqlState } = data;
  return {
    exception,
    ...(typeof condition === "string" ? { condition } : {}),
    ...(typeof sqlState === "string" ? { sqlState } : {}),
    parameters: data["messageParameters"] ?? {},
    context: data["queryContext"] ?? [],
  };
}

function levelOfError(error: StatementError, expected: ExpectedError): 0 | 1 | 2 | 3 | 4 {
  const sameClass = error.exception === expected.exception;
  if (expected.condition === undefined) return sameClass ? 4 : 0;
  if (error.condition !== expected.condition) return 0;
  if (expected.sqlState !== undefined && error.sqlState !== expected.sqlState) return 1;
  const context = error.context.map((place) => ({ ...place }));
  if (!sameData(error.parameters, expected.parameters) || !sameData(context, expected.context)) return 2;
  return sameClass ? 4 : 3;
}

function sameData(a: unknown, b: unknown): boolean {
  return ordered(a) === ordered(b);
}

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(String(value));
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${ordered(item)}`)
    .toSorted()
    .join(",")}}`;
}

/** True when rows agree, as text or as numbers. */
export function sameRows(output: readonly string[], answer: GoldenAnswer): boolean {
  if (output.join("\n").replace(/\s+$/, "") === answer.output) return true;
  const expected = answer.output === "" ? [] : answer.output.split("\n");
  const hasDoubles = /:(?:double|float)\b/.test(answer.schema);
  return hasDoubles && expected.length === output.length && expected.every((line, index) => closeLines(line, output[index] ?? ""));
}

const relativeTolerance = 1e-9;

function closeLines(expected: string, actual: string): boolean {
  const left = expected.split("\t");
  const right = actual.split("\t");
  return left.length === right.length && left.every((cell, index) => cell === right[index] || close(Number(cell), Number(right[index])));
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= relativeTolerance * Math.max(Math.abs(a), Math.abs(b));
}
