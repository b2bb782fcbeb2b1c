import { planText } from "@vonk/catalyst/internal";
import type { ExplainMode } from "@vonk/dataframe/internal";
import { treeText } from "../physical/physical-plan.ts";
import type { QueryExecution } from "./query-execution.ts";

/** What EXPLAIN says of a query: the physical plan, and in the longer modes every phase before it. */
export function explainText(execution: QueryExecution, mode: ExplainMode): string {
  const physical = `== Physical Plan ==\n${treeText(execution.physical)}`;
  if (mode === "simple" || mode === "formatted" || mode === "codegen") return physical;
  const optimized = `== Optimized Logical Plan ==\n${planText(execution.optimized)}\n`;
  if (mode === "cost") return `${optimized}\n${physical}`;
  const parsed = `== Parsed Logical Plan ==\n${planText(execution.logical)}\n`;
  return `${parsed}\n== Analyzed Logical Plan ==\n${planText(execution.analyzed)}\n\n${optimized}\n${physical}`;
}
