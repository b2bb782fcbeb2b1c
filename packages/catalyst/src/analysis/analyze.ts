import type { LogicalPlan } from "@vonk/dataframe/internal";
import { withinStack } from "../error/within-stack.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { newCommonTableUses } from "./common-table.ts";
import { newFramePlans } from "./frame-plans.ts";
import { withoutHidden } from "./hidden-column.ts";
import { resolvePlan } from "./resolve-plan.ts";

/**
 * The analyzer: names become columns, calls get their functions, operands fitting types, SELECT its shape. One pass, from the leaves up, as
 * each node needs the columns of those below it.
 *
 * @throws AnalysisError with Spark's condition and the place in the query
 */
export function analyze(plan: LogicalPlan, context: AnalysisContext): LogicalPlan {
  const scope = { context, tables: new Map(), outer: [], frames: newFramePlans(), common: newCommonTableUses(), resolve: resolvePlan };
  return withinStack(() => withoutHidden(resolvePlan(plan, scope)));
}
