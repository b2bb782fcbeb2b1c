// Analysis
export { analyze } from "./analysis/analyze.ts";
export { defaultSettings } from "./analysis/analysis-context.ts";
export type { AnalysisContext, AnalysisSettings } from "./analysis/analysis-context.ts";

// Errors
export { analysisError, ExecutionError } from "./error/analysis-error.ts";

// Text to plans
export { parseExpressionText, parseSchemaText, parseSQL, parseTypeText } from "./parser/parse.ts";

// Names and texts
export { prettyText, sqlText } from "./naming/expression-text.ts";
export { planText } from "./naming/plan-text.ts";
export { expressionKey } from "./tree/expression-key.ts";

// Optimisation
export type { OptimizerContext } from "./optimizer/rule.ts";
export { optimize } from "./optimizer/optimize.ts";
export type { RuleTrace } from "./optimizer/optimize.ts";
export { estimate } from "./statistics/estimate.ts";
export { hasSubquery, outputIds, readsOnly, references } from "./tree/attributes.ts";
