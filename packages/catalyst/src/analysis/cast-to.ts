import { sameType, type DataType } from "@vonk/columnar/internal";
import { cast, typeOf, type Expression } from "@vonk/dataframe/internal";
import type { AnalysisContext } from "./analysis-context.ts";

/** The expression in a type, by a cast that names leave out. Errors of the conversion point at `origin`. */
export function castTo(
  expression: Expression,
  type: DataType,
  scope: { readonly context: AnalysisContext },
  origin: Expression["origin"] = expression.origin,
): Expression {
  const actual = typeOf(expression);
  if (sameType(actual, type, { ignoreNullability: true }) || type.kind === "void") return expression;
  if (expression.kind === "literal" && expression.value === null) return { ...expression, dataType: type };
  return cast(expression, type, scope.context.settings.ansi ? "ansi" : "legacy", false, origin);
}
