import { EngineError, type ErrorParams } from "@vonk/common";
import type { Origin } from "@vonk/dataframe/internal";
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

  constructor(cause: EngineError, sqlState: string, origin: Origin | undefined) {
    const message = cause.message.slice(cause.code.length + 3);
    super({ code: cause.code, message, params: cause.params, fault: cause.fault, retryable: cause.retryable });
    this.sqlState = sqlState;
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
  return new AnalysisError(error, catalystErrors.entries[code].sqlState, origin);
}

/** Errors of functions while types are chosen know no place; the call that is resolved does. */
export function locate(error: unknown, origin: Origin | undefined): unknown {
  return error instanceof EngineError && !(error instanceof AnalysisError) && error.fault === "user"
    ? new AnalysisError(error, sqlStateOf(error.code), origin)
    : error;
}

function sqlStateOf(code: string): string {
  return code.startsWith("DATATYPE_MISMATCH") ? "42K09" : code.startsWith("INVALID_FORMAT") ? "42601" : "42000";
}
