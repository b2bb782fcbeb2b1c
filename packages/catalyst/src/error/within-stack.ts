import { analysisError } from "./analysis-error.ts";

/**
 * Runs a phase of planning. Trees are walked by functions that call themselves, so one that is deep enough ends the stack: that is an error of
 * the statement, as in Spark, not of the program.
 * @throws AnalysisError FAILED_TO_PARSE_TOO_COMPLEX
 */
export function withinStack<Result>(phase: () => Result): Result {
  try {
    return phase();
  } catch (error) {
    if (error instanceof RangeError && error.message.includes("call stack")) throw analysisError("FAILED_TO_PARSE_TOO_COMPLEX", {});
    throw error;
  }
}
