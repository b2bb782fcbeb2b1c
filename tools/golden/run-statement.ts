import { catalogString } from "@vonk/columnar/internal";
import { EngineError } from "@vonk/common";
import { planChildren, type LogicalPlan } from "@vonk/dataframe/internal";
import type { SparkSession } from "@vonk/sql";
import type { GoldenAnswer } from "./golden-file.ts";
import { rowText } from "./hive-text.ts";

/** What a statement gave, in the form of the results files. */
export interface StatementResult {
  readonly schema: string;
  /** Rows, sorted when the query does not order them; of an error its condition. */
  readonly output: readonly string[];
  /** Present when the statement failed. */
  readonly error?: { readonly condition: string; readonly message: string };
}

/** Runs a statement; an error is a result. */
export async function runStatement(spark: SparkSession, sql: string): Promise<StatementResult> {
  try {
    const frame = await spark.sql(sql);
    const execution = await frame.queryExecution();
    const { schema } = execution;
    const rows = await frame.collect();
    const { session } = spark.executionContext();
    const lines = rows.map((row) => masked(rowText(row.internal, schema, session)));
    const names = schema.fields.map((field) => `${field.name}:${catalogString(field.dataType)}`);
    return { schema: `struct<${names.join(",")}>`, output: isSorted(execution.analyzed) ? lines : lines.toSorted() };
  } catch (error) {
    const condition = error instanceof EngineError ? error.code : "";
    return { schema: "struct<>", output: [], error: { condition, message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Ids of expressions and plans differ from run to run; the results files mask everything that looks like one. */
function masked(line: string): string {
  return line.replaceAll(/#\d+/g, "#x");
}

/** Whether a query fixes the order of its rows: what decides is the first node that does or undoes it. */
function isSorted(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "join":
    case "aggregate":
    case "generate":
    case "sample":
    case "distinct":
      return false;
    case "sort":
      return plan.global || planChildren(plan).some(isSorted);
    default:
      return planChildren(plan).some(isSorted);
  }
}

/** True when a result has the answer's schema and rows, or its error condition. Doubles may differ in their last digits. */
export function agrees(result: StatementResult, answer: GoldenAnswer): boolean {
  const condition = /"(?:errorClass|condition)"\s*:\s*"([^"]+)"/.exec(answer.output)?.[1];
  if (condition !== undefined && answer.schema === "struct<>") return result.error?.condition === condition;
  if (result.error !== undefined || result.schema !== answer.schema) return false;
  const expected = answer.output === "" ? [] : answer.output.split("\n");
  const text = result.output.join("\n").replace(/\s+$/, "");
  if (text === answer.output) return true;
  const hasDoubles = /:(?:double|float)\b/.test(answer.schema);
  return hasDoubles && expected.length === result.output.length && expected.every((line, index) => closeLines(line, result.output[index] ?? ""));
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
