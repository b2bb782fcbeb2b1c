import { quoteIdentifier, type DataType } from "@vonk/columnar/internal";
import {
  attribute,
  call,
  isNullable,
  mapChildren,
  mapPlanChildren,
  mapPlanExpressions,
  newExprId,
  transformDown,
  typeOf,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type UnresolvedFunction,
} from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { castTo } from "./cast-to.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import type { ExpressionRoutine, RoutineParameter, SessionRoutine, SQLRoutine } from "./routine.ts";
import { Scope } from "./scope.ts";

/*
 * Functions that a session made. A call of one is its body with the arguments in the place of the parameters, under the name of the call; so
 * everything that plans know to do with expressions is done with bodies too.
 */

/** The kinds of unresolved expressions; `satisfies` keeps them apart from those of plans. */
const expressionKinds = {
  unresolvedAttribute: true,
  unresolvedStar: true,
  unresolvedFunction: true,
  unresolvedExtract: true,
  namedArgument: true,
  parameter: true,
  multiAlias: true,
  literal: true,
  alias: true,
  cast: true,
  caseWhen: true,
  lambda: true,
  sortOrder: true,
  subquery: true,
} as const satisfies { readonly [Kind in Exclude<Expression["kind"], LogicalPlan["kind"]>]?: true };

/** A call of a scalar function of the session. @throws AnalysisError WRONG_NUM_ARGS…, REQUIRED_PARAMETER_NOT_FOUND, NOT_A_SCALAR_FUNCTION */
export function resolveRoutineCall(routine: SessionRoutine, written: UnresolvedFunction, site: RoutineSite): Expression {
  return routine.kind === "builder" ? builtCall(routine, written, site) : bodyCall(routine, written, site);
}

/** Where a call stands, and how expressions are resolved. */
export interface RoutineSite {
  readonly scope: ExpressionScope;
  readonly resolve: (expression: Expression, scope: ExpressionScope) => Expression;
}

function builtCall(routine: ExpressionRoutine, written: UnresolvedFunction, { scope, resolve }: RoutineSite): Expression {
  const args = written.args.map((argument) => resolve(argument, scope));
  const [least, most] = routine.arity;
  if (args.length < least || args.length > most) throw wrongNumber([routine.name], least, most, args.length, written);
  const filter = written.filter === undefined ? {} : { filter: resolve(written.filter, scope) };
  // What is written of the call goes to the aggregate that it makes, not to those inside its arguments.
  const withWritten = (node: Expression): Expression => {
    if (args.includes(node)) return node;
    const same = mapChildren(node, withWritten);
    return same.kind === "aggregate" ? { ...same, distinct: written.distinct, ...filter } : same;
  };
  const built = withWritten(routine.build(args));
  return result(`${routine.name}(${written.distinct ? "DISTINCT " : ""}${args.map(prettyText).join(", ")})`, built, written);
}

function bodyCall(routine: SQLRoutine, written: UnresolvedFunction, { scope, resolve }: RoutineSite): Expression {
  const { returns } = routine;
  if (!isType(returns)) throw analysisError("NOT_A_SCALAR_FUNCTION", { functionName: quoted(routine) }, written.origin);
  const given = bindArguments(routine, written.args, written);
  const args = given.map((argument) => resolve(argument, scope));
  const values = args.map((argument, index) =>
    castTo(argument, routine.parameters[index]?.dataType ?? typeOf(argument), scope, written.origin),
  );
  const parameters = parameterColumns(routine);
  const inside: ExpressionScope = {
    scopes: [new Scope(parameters, false)],
    outer: [],
    context: scope.context,
    resolve,
    subquery: scope.subquery,
  };
  const body = resolve(bodyExpression(routine.body), inside);
  const byId = new Map(parameters.map((parameter, index) => [parameter.exprId, values[index] ?? parameter]));
  const value = castTo(substituteColumns(body, byId), returns, scope, written.origin);
  const text = `${routine.name}(${args.slice(0, written.args.length).map(prettyText).join(", ")})`;
  return result(text, value, written);
}

/** The value of a call under the text that names it. */
function result(text: string, value: Expression, written: UnresolvedFunction): Expression {
  const place = written.origin === undefined ? {} : { origin: written.origin };
  return call("routine_result", [value], typeOf(value), { nullable: isNullable(value), alias: text, ...place });
}

function bodyExpression(body: Expression | LogicalPlan): Expression {
  if (!isPlan(body)) return body;
  return { kind: "subquery", form: "scalar", plan: body, values: [], outer: [], dataType: { kind: "void" }, exprId: newExprId() };
}

/** Bodies are expressions or queries. A window function is the one expression whose kind plans have too; no query as parsed has it. */
export function isPlan(body: Expression | LogicalPlan): body is LogicalPlan {
  return body.kind !== "window" && !Object.hasOwn(expressionKinds, body.kind);
}

/** True when a function returns a value, not rows. */
export function isType(returns: SQLRoutine["returns"]): returns is DataType {
  return !Array.isArray(returns);
}

/** The name as errors show it. */
export function quoted(routine: SQLRoutine): string {
  return routine.name.split(".").map(quoteIdentifier).join(".");
}

/** Columns that stand for the parameters; the function's name may qualify them. */
export function parameterColumns(routine: SQLRoutine): Attribute[] {
  const qualifier = [routine.name.split(".").at(-1) ?? ""];
  return routine.parameters.map(({ name, dataType }) => attribute(name, dataType, true, { qualifier }));
}

/** Arguments in the order of the parameters, defaults filled in. */
export function bindArguments(
  routine: SQLRoutine,
  args: readonly Expression[],
  site: { readonly origin?: Expression["origin"] },
): Expression[] {
  const { parameters } = routine;
  if (args.length > parameters.length) {
    const least = parameters.filter((parameter) => parameter.otherwise === undefined).length;
    throw wrongNumber(routine.name.split("."), least, parameters.length, args.length, site);
  }
  const named = new Map(
    args.flatMap((argument) => (argument.kind === "namedArgument" ? [[argument.name.toLowerCase(), argument.value]] : [])),
  );
  const positional = args.filter((argument) => argument.kind !== "namedArgument");
  return parameters.map((parameter, index) => {
    const value = positional[index] ?? named.get(parameter.name.toLowerCase()) ?? parameter.otherwise;
    if (value !== undefined) return value;
    throw missing(routine, parameter, index, site);
  });
}

function missing(routine: SQLRoutine, parameter: RoutineParameter, index: number, site: { readonly origin?: Expression["origin"] }): Error {
  return analysisError(
    "REQUIRED_PARAMETER_NOT_FOUND",
    { routineName: quoted(routine), parameterName: quoteIdentifier(parameter.name), index },
    site.origin,
  );
}

function wrongNumber(
  name: readonly string[],
  least: number,
  most: number,
  actualNum: number,
  site: { readonly origin?: Expression["origin"] },
): Error {
  const expectedNum = least === most ? `${least}` : `[${Array.from({ length: most - least + 1 }, (_, at) => least + at).join(", ")}]`;
  return analysisError(
    "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
    { functionName: name.map(quoteIdentifier).join("."), expectedNum, actualNum, docroot: "https://spark.apache.org/docs/latest" },
    site.origin,
  );
}

/** An expression with columns replaced, also where the plans of its subqueries refer to them. */
function substituteColumns(expression: Expression, byId: ReadonlyMap<number, Expression>): Expression {
  return transformDown(expression, (node) => {
    if (node.kind === "attribute") return byId.get(node.exprId) ?? node;
    if (node.kind !== "subquery") return node;
    return { ...node, plan: substituteOuter(node.plan, byId, asOuter) };
  });
}

/** A plan whose references to some columns of the query around it are other expressions. */
export function substituteOuter(
  plan: LogicalPlan,
  byId: ReadonlyMap<number, Expression>,
  change: (value: Expression) => Expression,
): LogicalPlan {
  const inside = (expression: Expression): Expression =>
    transformDown(expression, (node) => {
      if (node.kind === "subquery") return { ...node, plan: substituteOuter(node.plan, byId, change) };
      if (node.kind !== "outerReference" || node.child.kind !== "attribute") return node;
      const value = byId.get(node.child.exprId);
      return value === undefined ? node : change(value);
    });
  const visit = (node: LogicalPlan): LogicalPlan => mapPlanExpressions(mapPlanChildren(node, visit), inside);
  return visit(plan);
}

/** What an expression of the query around is inside a subquery: its columns are references to that query. */
function asOuter(value: Expression): Expression {
  if (value.kind === "outerReference") return value;
  return value.kind === "attribute" ? { kind: "outerReference", child: value } : mapChildren(value, asOuter);
}
