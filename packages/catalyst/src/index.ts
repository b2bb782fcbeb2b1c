export { AnalysisError, ExecutionError } from "./error/analysis-error.ts";
export type { QueryContext } from "./error/analysis-error.ts";
export { catalystErrors } from "./errors.ts";
