import { parseExpressionText } from "@vonk/catalyst/internal";
import { mapPlanChildren, mapPlanExpressions, transformDown, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/** The plan with the SQL texts of its expressions parsed. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseTexts(plan: LogicalPlan): LogicalPlan {
  const parse = (expression: Expression): Expression =>
    transformDown(expression, (node) => (node.kind === "unparsed" ? parseExpressionText(node.text) : node));
  const visit = (node: LogicalPlan): LogicalPlan => mapPlanExpressions(mapPlanChildren(node, visit), parse);
  return visit(plan);
}
