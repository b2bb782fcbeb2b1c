import type { EvalMode, Expression, LambdaVariable, Origin, SubqueryExpression } from "@vonk/dataframe/internal";
import type { AnalysisContext } from "./analysis-context.ts";
import type { FramePlans } from "./frame-plans.ts";
import type { Scope } from "./scope.ts";

/** Where an expression's names are looked up. */
export interface ExpressionScope {
  /** Tried one after the other. */
  readonly scopes: readonly Scope[];
  /** Names that stand for expressions: aliases of the same select list. */
  readonly aliases?: (nameParts: readonly string[], origin: Origin | undefined) => Expression | undefined;
  /** The scopes around a subquery, innermost first. */
  readonly outer: readonly ExpressionScope[];
  readonly context: AnalysisContext;
  /** What is known of the plans that DataFrames named. */
  readonly frames?: FramePlans;
  /** Resolves an expression inside the one at hand. */
  readonly resolve: (expression: Expression, scope: ExpressionScope) => Expression;
  /** Resolves the plan of a subquery whose outer scope is the one given. */
  readonly subquery: (subquery: SubqueryExpression, outer: ExpressionScope) => SubqueryExpression;
  /** Parameters of the lambdas around, by their names in lower case; they hide columns. */
  readonly lambdaVariables?: ReadonlyMap<string, LambdaVariable>;
  /** Inside the arguments of an aggregate function. */
  readonly insideAggregate?: boolean;
  /** In HAVING: subqueries may ask about aggregates of the groups. */
  readonly overGroups?: boolean;
  /** The function of the window around, whose arguments may be aggregates: it sees their results. */
  readonly windowFunction?: Expression;
}

/** What calls and casts do with values that they cannot compute. */
export function modeOf(scope: ExpressionScope): EvalMode {
  return scope.context.settings.ansi ? "ansi" : "legacy";
}
