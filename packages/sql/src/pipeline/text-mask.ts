import { childrenOf, type Expression } from "@vonk/dataframe/internal";
import type { FrameShape } from "./frame.ts";
import { codeKey } from "./thread-pipeline.ts";

/** Functions of text that never fail, so that they may be asked about values that no row has. */
const harmless = new Set([
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "and",
  "or",
  "not",
  "in",
  "between",
  "like",
  "ilike",
  "rlike",
  "startswith",
  "endswith",
  "contains",
  "substring",
  "substr",
  "left",
  "right",
  "upper",
  "lower",
  "trim",
  "ltrim",
  "rtrim",
  "length",
  "concat",
]);

/** The only column that a condition on text reads, when it has a dictionary; undefined when the condition is of another kind. */
export function maskColumn(expression: Expression, shape: FrameShape): number | undefined {
  const ordinal = textConditionColumn(expression);
  return ordinal !== undefined && (shape.columns[ordinal]?.codes ?? 0) !== 0 ? ordinal : undefined;
}

/** The column of a condition on one column of text. */
export function textConditionColumn(expression: Expression): number | undefined {
  if (expression.kind !== "call" || expression.dataType.kind !== "boolean") return undefined;
  const ordinals = new Set<number>();
  return isHarmless(expression, ordinals) && ordinals.size === 1 ? [...ordinals][0] : undefined;
}

/** What a condition's answers are called. */
export function maskName(expression: Expression, ordinal: number): string {
  return `mask${ordinal}:${codeKey(expression)}`;
}

function isHarmless(expression: Expression, ordinals: Set<number>): boolean {
  switch (expression.kind) {
    case "literal":
      return true;
    case "boundReference":
      ordinals.add(expression.ordinal);
      return expression.dataType.kind === "string";
    case "call":
      return harmless.has(expression.name) && childrenOf(expression).every((child) => isHarmless(child, ordinals));
    default:
      return false;
  }
}
