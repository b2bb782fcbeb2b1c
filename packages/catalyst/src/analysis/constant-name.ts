import { sqlType } from "@vonk/columnar/internal";
import { exists, typeOf, type Expression } from "@vonk/dataframe/internal";
import { compileExpression, findFunction } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { defaultSettings, type AnalysisContext } from "./analysis-context.ts";
import { resolveExpression } from "./resolve-expression.ts";

const nowhere: AnalysisContext = {
  relation: () => undefined,
  settings: defaultSettings,
  session: { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "spark_catalog", database: "default", version: "" },
};

/**
 * The text that the expression of `IDENTIFIER(…)` is.
 * @throws AnalysisError NOT_A_CONSTANT_STRING.NOT_CONSTANT, NOT_A_CONSTANT_STRING.NULL, NOT_A_CONSTANT_STRING.WRONG_TYPE
 */
export function constantName(expression: Expression, context: AnalysisContext = nowhere): string {
  const name = "IDENTIFIER";
  if (exists(expression, (node) => node.kind === "subquery")) throw notConstant(expression, prettyText(expression));
  const resolved = resolveExpression(expression, {
    scopes: [],
    outer: [],
    context,
    resolve: resolveExpression,
    subquery: (subquery) => subquery,
  });
  const expr = prettyText(resolved);
  if (exists(resolved, isRandom)) throw notConstant(expression, expr);
  const type = typeOf(resolved);
  if (type.kind !== "string" && type.kind !== "void") {
    throw analysisError("NOT_A_CONSTANT_STRING.WRONG_TYPE", { name, expr: `"${expr}"`, dataType: `"${sqlType(type)}"` }, expression.origin);
  }
  const value = compileExpression(resolved, context.session)([]);
  if (typeof value === "string") return value;
  throw analysisError("NOT_A_CONSTANT_STRING.NULL", { name, expr: `"${expr}"` }, expression.origin);
}

function notConstant(expression: Expression, expr: string): Error {
  return analysisError("NOT_A_CONSTANT_STRING.NOT_CONSTANT", { name: "IDENTIFIER", expr: `"${expr}"` }, expression.origin);
}

function isRandom(node: Expression): boolean {
  const definition = node.kind === "call" ? findFunction(node.name) : undefined;
  return definition?.kind === "scalar" && definition.deterministic === false;
}
