import { alias, attribute, cast, outputOf, typeOf, type LogicalPlan, type UnresolvedTableFunction } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { castTo } from "./cast-to.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { bindArguments, isPlan, isType, parameterColumns, quoted, substituteOuter } from "./resolve-routine.ts";
import type { SQLRoutine } from "./routine.ts";
import { Scope } from "./scope.ts";

/** A call of a table function of the session in FROM. @throws AnalysisError NOT_A_TABLE_FUNCTION */
export function resolveRoutineTable(routine: SQLRoutine, plan: UnresolvedTableFunction, scope: PlanScope): LogicalPlan {
  const { returns, body } = routine;
  if (isType(returns) || !isPlan(body)) throw analysisError("NOT_A_TABLE_FUNCTION", { functionName: quoted(routine) }, plan.origin);
  const inner = expressionScope([], scope);
  const args = bindArguments(routine, plan.args, plan).map((argument, index) => {
    const resolved = resolveExpression(argument, inner);
    return castTo(resolved, routine.parameters[index]?.dataType ?? typeOf(resolved), inner, plan.origin);
  });
  const parameters = parameterColumns(routine);
  const around: ExpressionScope = { ...inner, scopes: [new Scope(parameters, false)], outer: [] };
  const rows = scope.resolve(body, { ...scope, tables: new Map(), outer: [around] });
  const byId = new Map(parameters.map((parameter, index) => [parameter.exprId, args[index] ?? parameter]));
  const child = substituteOuter(rows, byId, (value) => value);
  const output = outputOf(child);
  const projections = returns.map((field, index) => {
    const column = output[index];
    const value = column === undefined ? undefined : castTo(column, field.dataType, inner);
    return alias(value ?? cast(parameters[0] ?? attribute(field.name, field.dataType, true), field.dataType), field.name);
  });
  const name = routine.name.split(".").at(-1) ?? "";
  return { kind: "subqueryAlias", alias: [name], columnNames: [], child: { kind: "project", projections, child } };
}
