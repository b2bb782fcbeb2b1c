import { planChildren, planExpressions, type LogicalPlan } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import { isCorrelated } from "../tree/attributes.ts";

/** The nodes of a subquery that may use columns of the query around it. */
const hosts: ReadonlySet<LogicalPlan["kind"]> = new Set(["filter", "project", "join", "window"]);

/**
 * Refuses a subquery that uses the query around it elsewhere: it would be grouped, ordered or generated for each outer row.
 * @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE
 */
export function checkCorrelation(plan: LogicalPlan): void {
  const correlated = hosts.has(plan.kind) ? [] : planExpressions(plan).filter(isCorrelated);
  if (correlated.length > 0) {
    const sqlExprs = correlated.map((expression) => `"${sqlText(expression)}"`).join(",");
    throw analysisError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE", { sqlExprs }, plan.origin);
  }
  planChildren(plan).forEach(checkCorrelation);
}
