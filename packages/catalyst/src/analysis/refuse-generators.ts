import { exists, type Expression } from "@vonk/dataframe/internal";
import { findFunction } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";

/** True for a call of a generator as written. */
export function isGeneratorCall(expression: Expression): boolean {
  if (expression.kind !== "unresolvedFunction") return false;
  return findFunction(expression.nameParts.at(-1)?.toLowerCase() ?? "")?.kind === "generator";
}

/** @throws AnalysisError UNSUPPORTED_GENERATOR.OUTSIDE_SELECT */
export function refuseGenerators(expressions: readonly Expression[], clause: string): void {
  if (expressions.some((expression) => exists(expression, isGeneratorCall))) {
    throw analysisError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", { plan: clause });
  }
}
