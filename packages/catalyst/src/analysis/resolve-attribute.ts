import { quoteIdentifier, sqlType } from "@vonk/columnar/internal";
import {
  alias,
  call,
  isNullable,
  literal,
  typeOf,
  unresolvedFunction,
  type Expression,
  type UnresolvedAttribute,
} from "@vonk/dataframe/internal";
import { AnalysisError, analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { findInFrame } from "./frame-plans.ts";
import { groupingCall } from "./grouping-analytics.ts";
import { withFields } from "./resolve-field.ts";
import { resolveFunction } from "./resolve-function.ts";
import type { SessionVariable } from "./routine.ts";
import type { Scope, ScopeMatch } from "./scope.ts";

/**
 * What a name means: a lambda's parameter, a column here, an alias beside, a column of a query around, a variable, or a function without parentheses.
 * @throws AnalysisError UNRESOLVED_COLUMN…, AMBIGUOUS_REFERENCE
 */
export function resolveAttribute(expression: UnresolvedAttribute, scope: ExpressionScope): Expression {
  const { nameParts, origin } = expression;
  const [first = "", ...fields] = nameParts;
  const variable = scope.lambdaVariables?.get(first.toLowerCase());
  if (variable !== undefined) return withFields(variable, fields, expression, scope);
  const own = scope.frames === undefined ? undefined : findInFrame(expression, scope.scopes, scope.frames);
  if (own !== undefined) return withFields(own.attribute, own.fields, expression, scope);
  const match = findInOrder(scope.scopes, expression);
  if (match !== undefined) return withFields(match.attribute, match.fields, expression, scope);
  const named = scope.aliases?.(nameParts, origin);
  if (named !== undefined) return named;
  for (const outer of scope.outer) {
    for (const names of outer.scopes) {
      const match = names.find(nameParts, origin);
      if (match !== undefined) {
        return withFields(Object.freeze({ kind: "outerReference", child: match.attribute }), match.fields, expression, scope);
      }
    }
  }
  const session = scope.context.variable?.(nameParts);
  if (session !== undefined) return variableValue(session, expression);
  const parameterless = nameParts.length === 1 && withoutParentheses.has(first.toLowerCase());
  if (parameterless) {
    const name = first.toLowerCase();
    const value = resolveFunction(unresolvedFunction(name, [], origin === undefined ? {} : { origin }), scope);
    return call("routine_result", [value], typeOf(value), { nullable: isNullable(value), alias: name });
  }
  if (nameParts.length === 1 && first.toLowerCase() === "grouping__id") {
    return alias(groupingCall("grouping_id", [], origin), "grouping__id");
  }
  throw unresolvedColumn(expression, scope);
}

/** What a name means in the first of several places that has it: where two columns of one place have it, the next place decides. */
function findInOrder(places: readonly Scope[], { nameParts, origin }: UnresolvedAttribute): ScopeMatch | undefined {
  let ambiguous: AnalysisError | undefined;
  for (const place of places) {
    try {
      const match = place.find(nameParts, origin);
      if (match !== undefined) return match;
    } catch (error) {
      if (!(error instanceof AnalysisError) || error.code !== "AMBIGUOUS_REFERENCE") throw error;
      ambiguous ??= error;
    }
  }
  if (ambiguous !== undefined) throw ambiguous;
  return undefined;
}

/** Functions that may be written as names, where no column has the name. */
const withoutParentheses: ReadonlySet<string> = new Set([
  "current_date",
  "current_timestamp",
  "current_time",
  "current_user",
  "localtimestamp",
  "localtime",
  "user",
  "session_user",
]);

/** The value that a variable has now. */
function variableValue({ name, dataType, value }: SessionVariable, { origin }: UnresolvedAttribute): Expression {
  const constant = literal(value, dataType);
  const text = `variablereference(system.session.${name}=${value === null ? `CAST(NULL AS ${sqlType(dataType)})` : sqlText(constant)})`;
  const place = origin === undefined ? {} : { origin };
  return call("routine_result", [constant], dataType, { nullable: value === null, alias: text, ...place });
}

function unresolvedColumn(expression: UnresolvedAttribute, scope: ExpressionScope): Error {
  const objectName = expression.nameParts.map(quoteIdentifier).join(".");
  const proposal = scope.scopes[0]?.suggestions(expression.nameParts) ?? [];
  return proposal.length === 0
    ? analysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", { objectName }, expression.origin)
    : analysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", { objectName, proposal: proposal.join(", ") }, expression.origin);
}
