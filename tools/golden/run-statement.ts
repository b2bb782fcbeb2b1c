import { asText, catalogString, type SQLRow } from "@vonk/columnar/internal";
import { EngineError } from "@vonk/common";
import { AnalysisError, ExecutionError, type QueryContext } from "@vonk/catalyst";
import { planChildren, type LogicalPlan } from "@vonk/dataframe/internal";
import type { SparkSession } from "@vonk/sql";
import { rowText } from "./hive-text.ts";

/** What a statement gave, in the form of the results files. */
export interface StatementResult {
  readonly schema: string;
  /** Rows, sorted when the query does not order them. */
  readonly output: readonly string[];
  /** Present when the statement failed. */
  readonly error?: StatementError;
}

/** An error as the results files tell of it. */
export interface StatementError {
  readonly condition: string;
  readonly message: string;
  readonly exception: string;
  readonly sqlState: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly context: readonly QueryContext[];
}

/** Runs a statement; an error is a result. */
export async function runStatement(spark: SparkSession, sql: string, timeoutMs: number): Promise<StatementResult> {
  try {
    const frame = await spark.sql(sql);
    const execution = await spark.executionOf(frame.plan);
    const { schema } = execution;
    const rows = await frame.collect({ timeoutMs });
    const { session } = spark.executionContext();
    const describes = /^\s*DESC(?:RIBE)?\b/i.test(sql) && schema.fields.length === 3;
    const shows = /^\s*SHOW\s+(?:TABLES|VIEWS)\b/i.test(sql);
    const lines = rows.map(({ internal }) =>
      masked(describes ? describedText(internal) : shows ? asText(internal[1] ?? "") : rowText(internal, schema, session)),
    );
    const names = schema.fields.map((field) => `${field.name}:${catalogString(field.dataType)}`);
    const sorted = /^\s*(?:DESC|DESCRIBE)\b/i.test(sql) || isSorted(execution.analyzed);
    return { schema: masked(`struct<${names.join(",")}>`), output: sorted ? lines : lines.toSorted() };
  } catch (error) {
    return { schema: "struct<>", output: [], error: errorOf(error) };
  }
}

function errorOf(error: unknown): StatementError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof EngineError)) return { condition: "", message, exception: "", sqlState: "", parameters: {}, context: [] };
  const { params, code } = error;
  const known = error instanceof AnalysisError || error instanceof ExecutionError ? error : undefined;
  return {
    condition: code,
    message,
    exception: known === undefined ? "" : fullName(known.exception),
    sqlState: known?.sqlState ?? "",
    parameters: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, masked(String(value))])),
    context: known?.queryContext ?? [],
  };
}

/** Where Spark's exceptions are. */
function fullName(exception: string): string {
  if (exception === "ParseException") return "org.apache.spark.sql.catalyst.parser.ParseException";
  if (exception === "ExtendedAnalysisException") return "org.apache.spark.sql.catalyst.ExtendedAnalysisException";
  if (exception.startsWith("NoSuch")) return `org.apache.spark.sql.catalyst.analysis.${exception}`;
  return exception === "AnalysisException" ? "org.apache.spark.sql.AnalysisException" : `org.apache.spark.${exception}`;
}

/** DESCRIBE has columns of a width. */
function describedText(row: SQLRow): string {
  return row.map((cell) => asText(cell ?? "").padEnd(20)).join("\t");
}

/** Ids of expressions, times and owners differ from run to run; the results files mask what looks like one. */
function masked(line: string): string {
  return line
    .replaceAll(/#\d+/g, "#x")
    .replaceAll(/Location.*?spark-warehouse\//g, "Location [not included in comparison]/{warehouse_dir}/")
    .replaceAll(/(Created By|Created Time|Last Access).*/g, "$1 [not included in comparison]");
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
