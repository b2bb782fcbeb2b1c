import { explainSchema, explainText } from "@vonk/catalyst/internal";
import type { ExplainMode } from "@vonk/dataframe";
import type { AdaptiveSettings } from "../physical/adaptive-settings.ts";
import { adaptivePlan, treeText, type PhysicalPlan } from "../physical/physical-plan.ts";
import type { QueryExecution } from "./query-execution.ts";

/** A query's plans, as EXPLAIN prints them in a mode. @throws AnalysisError when the query means nothing */
export function explained(execution: QueryExecution, mode: ExplainMode, settings: AdaptiveSettings): string {
  const physical = adaptivePlan(execution.physical, settings);
  const simple = `== Physical Plan ==\n${treeText(physical)}`;
  switch (mode) {
    case "simple":
      return simple;
    case "extended":
      return [
        `== Parsed Logical Plan ==\n${explainText(execution.logical)}`,
        `== Analyzed Logical Plan ==\n${explainSchema(execution.analyzed)}\n${explainText(execution.analyzed)}`,
        `== Optimized Logical Plan ==\n${explainText(execution.optimized)}`,
        simple,
      ].join("\n\n");
    case "cost":
      return `== Optimized Logical Plan ==\n${explainText(execution.optimized, { cost: true })}\n\n${simple}`;
    case "formatted":
      return formatted(physical);
    case "codegen":
      return generated(physical);
  }
}

/** The operators as a tree of numbers, children before parents, then what each has. */
function formatted(plan: PhysicalPlan): string {
  const numbers = new Map<PhysicalPlan, number>();
  const number = (node: PhysicalPlan): void => {
    node.children.forEach(number);
    numbers.set(node, numbers.size + 1);
  };
  number(plan);
  const numbered = (node: PhysicalPlan): PhysicalPlan => ({
    ...node,
    detail: `(${numbers.get(node) ?? 0})`,
    children: node.children.map(numbered),
  });
  const details = [...numbers].map(([node, at]) => {
    const input = node.children.flatMap((child) => child.output);
    const columns = (list: PhysicalPlan["output"]): string => `[${list.map((column) => `${column.name}#${column.exprId}`).join(", ")}]`;
    return [
      `(${at}) ${node.name}`,
      ...(node.children.length === 0
        ? [`Output [${node.output.length}]: ${columns(node.output)}`]
        : [`Input [${input.length}]: ${columns(input)}`]),
      ...(node.detail === "" ? [] : [`Arguments: ${node.detail}`]),
    ].join("\n");
  });
  return `== Physical Plan ==\n${treeText(numbered(plan))}\n\n${details.join("\n\n")}\n`;
}

/** The parts of a plan that are compiled, which their names are starred for. Their code is written when tasks run, for the columns they meet. */
function generated(plan: PhysicalPlan): string {
  const compiled: PhysicalPlan[] = [];
  const visit = (node: PhysicalPlan): void => {
    if (node.name.startsWith("*")) compiled.push(node);
    else node.children.forEach(visit);
  };
  visit(plan);
  const found = `Found ${compiled.length} WholeStageCodegen subtrees.`;
  return [found, ...compiled.map((node, index) => `== Subtree ${index + 1} / ${compiled.length} ==\n${treeText(node)}`)].join("\n");
}
