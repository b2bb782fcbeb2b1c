import { structField, type StructField } from "@vonk/columnar/internal";
import { outputOf, typeOf, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { newCommonTableUses } from "./common-table.ts";
import { newFramePlans } from "./frame-plans.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { hasAggregate, hasWindow } from "./select-item.ts";
import { resolvePlan } from "./resolve-plan.ts";
import { isPlan, parameterColumns } from "./resolve-routine.ts";
import type { SQLRoutine } from "./routine.ts";
import { Scope } from "./scope.ts";

/** What a function's body gives: its columns, or one for an expression. @throws AnalysisError those of the body */
export function routineColumns(routine: SQLRoutine, context: AnalysisContext): readonly StructField[] {
  const plans: PlanScope = {
    context,
    tables: new Map(),
    outer: [],
    frames: newFramePlans(),
    common: newCommonTableUses(),
    resolve: resolvePlan,
  };
  const around: ExpressionScope = { ...expressionScope([], plans), scopes: [new Scope(parameterColumns(routine), false)] };
  const { body } = routine;
  if (isPlan(body)) {
    return outputOf(resolvePlan(body, { ...plans, outer: [around] })).map(({ name, dataType }) => structField(name, dataType));
  }
  const resolved = resolveExpression(body, around);
  if (hasAggregate(resolved) || hasWindow(resolved)) {
    throw analysisError("USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS", { queryText: prettyText(resolved) });
  }
  return [structField(prettyText(resolved), typeOf(resolved))];
}

/** A function's body as a plan, whose relations are those that a call needs. */
export function routineBody(body: Expression | LogicalPlan): LogicalPlan {
  return isPlan(body) ? body : { kind: "project", projections: [body], child: { kind: "oneRow" } };
}
