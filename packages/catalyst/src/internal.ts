// Analysis
export { analyze } from "./analysis/analyze.ts";
export { defaultSettings } from "./analysis/analysis-context.ts";
export type { AnalysisContext, AnalysisSettings } from "./analysis/analysis-context.ts";
export { routineBody, routineColumns } from "./analysis/routine-columns.ts";
export { searchPath } from "./analysis/search-path.ts";
export type { ExpressionRoutine, RoutineParameter, SessionRoutine, SessionVariable, SQLRoutine } from "./analysis/routine.ts";

// Errors
export { analysisError, ExecutionError } from "./error/analysis-error.ts";
export { withinStack } from "./error/within-stack.ts";

// Text to plans
export type { ParseOptions } from "./parser/parse.ts";
export { parseExpressionText, parseSchemaText, parseSQL, parseTypeText, partsOfName } from "./parser/parse.ts";

// Names and texts
export { explainSchema, explainText } from "./naming/explain-text.ts";
export { literalText, prettyText, sqlText } from "./naming/expression-text.ts";
export { planText } from "./naming/plan-text.ts";
export { expressionKey } from "./tree/expression-key.ts";

// Optimisation
export type { OptimizerContext } from "./optimizer/rule.ts";
export { optimize } from "./optimizer/optimize.ts";
export type { RuleTrace } from "./optimizer/optimize.ts";
export { estimate } from "./statistics/estimate.ts";
export { hasSubquery, outputIds, readsOnly, references } from "./tree/attributes.ts";
