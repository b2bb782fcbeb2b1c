import { EngineError, type ErrorParams } from "@vonk/common";
import type { Origin } from "@vonk/dataframe/internal";
import type { ErrorEntry } from "@vonk/common/internal";
import { expressionErrors } from "@vonk/expression";
import { catalystErrors, type CatalystErrorCode } from "../errors.ts";

/** Where in the query an error is; positions are 1-based, `stopIndex` belongs to it. */
export interface QueryContext {
  readonly objectType: string;
  readonly objectName: string;
  readonly startIndex: number;
  readonly stopIndex: number;
  readonly fragment: string;
}

/** An error of parsing or analysis: Spark's condition, and where in the text. */
export class AnalysisError extends EngineError {
  override readonly name = "AnalysisError";
  readonly sqlState: string;
  readonly queryContext: readonly QueryContext[];
  /** The class that Spark raises. */
  readonly exception: string;

  constructor(cause: EngineError, entry: Pick<ErrorEntry, "sqlState" | "exception">, origin: Origin | undefined) {
    const message = cause.message.slice(cause.code.length + 3);
    super({ code: cause.code, message, params: cause.params, fault: cause.fault, retryable: cause.retryable });
    this.sqlState = entry.sqlState ?? "";
    this.exception = entry.exception ?? "ExtendedAnalysisException";
    this.queryContext = contextOf(origin);
  }
}

function contextOf(origin: Origin | undefined): readonly QueryContext[] {
  if (origin?.text === undefined || origin.start === undefined || origin.stop === undefined) return [];
  return [
    {
      objectType: origin.objectType ?? "",
      objectName: origin.objectName ?? "",
      startIndex: origin.start + 1,
      stopIndex: origin.stop + 1,
      fragment: origin.text.slice(origin.start, origin.stop + 1),
    },
  ];
}

/** An error of this package's registry, with the place that it is about. */
export function analysisError(code: CatalystErrorCode, params: ErrorParams, origin?: Origin): AnalysisError {
  // The parameters that a template needs are those of its code, which is known at each call; tests throw every code.
  const error = catalystErrors.create(code, params as Parameters<typeof catalystErrors.create>[1]);
  return new AnalysisError(error, catalystErrors.entries[code], origin);
}

/** A text that is none of the grammar's. Its message says what was expected and where; Spark's parameters have neither. */
export function syntaxError(error: string, expected: string, text: string, offset: number): AnalysisError {
  const before = text.slice(0, offset).split("\n");
  const where = `${expected} (line ${before.length}, position ${(before.at(-1) ?? "").length + 1})`;
  const { message } = catalystErrors.create("PARSE_SYNTAX_ERROR", { error, hint: where });
  const { fault, sqlState, exception } = catalystErrors.entries.PARSE_SYNTAX_ERROR;
  const cause = new EngineError({
    code: "PARSE_SYNTAX_ERROR",
    message: message.slice("[PARSE_SYNTAX_ERROR] ".length),
    params: { error, hint: "" },
    fault,
    retryable: false,
  });
  return new AnalysisError(cause, { sqlState, exception }, undefined);
}

/** Errors of functions while types are chosen know no place; the call that is resolved does. */
export function locate(error: unknown, origin: Origin | undefined): unknown {
  return error instanceof EngineError && !(error instanceof AnalysisError) && error.fault === "user"
    ? new AnalysisError(error, entryOf(error.code), origin)
    : error;
}

function entryOf(code: string): Pick<ErrorEntry, "sqlState" | "exception"> {
  const entries: Readonly<Record<string, ErrorEntry>> = expressionErrors.entries;
  return entries[code] ?? { sqlState: "42000" };
}

/** An error of a running query, with the text that it is about. */
export class ExecutionError extends EngineError {
  override readonly name = "ExecutionError";
  readonly sqlState: string;
  readonly queryContext: readonly QueryContext[];
  /** The class that Spark raises. */
  readonly exception: string;

  constructor(error: EngineError, text: string | undefined, entry: Pick<ErrorEntry, "sqlState" | "exception"> = entryOf(error.code)) {
    const message = error.message.slice(error.code.length + 3);
    super({ code: error.code, message, params: error.params, fault: error.fault, retryable: error.retryable }, { cause: error });
    this.sqlState = entry.sqlState ?? "";
    this.exception = entry.exception ?? exceptionOf(error, this.sqlState);
    this.queryContext =
      text === undefined || error.place === undefined || !showsContext.test(error.code) ? [] : contextOf({ text, ...error.place });
  }
}

/** The conditions whose errors Spark shows with a place; others it raises where no place is known. */
const showsContext =
  /^(?:ARITHMETIC_|CAST_INVALID|DIVIDE_BY|REMAINDER_BY|INTERVAL_|NUMERIC_VALUE|SCALAR_SUBQUERY|INVALID_ARRAY_INDEX|INVALID_VARIANT)/;

/** What a value that cannot be computed is to Spark, by SQLSTATE. */
function exceptionOf({ params }: EngineError, sqlState: string): string {
  switch (sqlState) {
    case "22003":
    case "22012":
      return "SparkArithmeticException";
    case "22007":
    case "22008":
    case "22023":
      return "SparkDateTimeException";
    case "22018":
      return castException(String(params["targetType"] ?? ""));
    default:
      return "SparkRuntimeException";
  }
}

/** A text that is no number, no date, or no truth value. */
function castException(targetType: string): string {
  if (/DATE|TIME/.test(targetType)) return "SparkDateTimeException";
  return targetType.includes("BOOLEAN") ? "SparkRuntimeException" : "SparkNumberFormatException";
}
