import { parseExpressionText } from "@vonk/catalyst/internal";
import { transformDown, type LogicalPlan } from "@vonk/dataframe/internal";
import { mapEveryExpression } from "./every-expression.ts";

/** The plan with the SQL texts of its expressions parsed. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseTexts(plan: LogicalPlan): LogicalPlan {
  return mapEveryExpression(plan, (expression) =>
    transformDown(expression, (node) => (node.kind === "unparsed" ? parseExpressionText(node.text) : node)),
  );
}
