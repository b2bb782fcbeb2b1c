import { outputIds } from "@vonk/catalyst/internal";
import { outputOf, typeOf, type LogicalPlan, type SortOrder } from "@vonk/dataframe/internal";
import { isFlat } from "../pipeline/compilable.ts";
import type { RowOrder, SortKey } from "../pipeline/stage-plan.ts";
import { bound, placeOf, withReferences } from "./bound-expression.ts";
import { outputsOf, type Pipeline } from "./pipeline.ts";
import { planPipeline } from "./plan-pipeline.ts";

/** The order of a plan's rows over its pipeline: its columns first, then what else it is ordered by. Undefined when one of them does not suit. */
export function planOrder(
  child: LogicalPlan,
  order: readonly SortOrder[],
  limit: number | undefined,
): { readonly pipeline: Pipeline; readonly order: RowOrder } | undefined {
  const pipeline = planPipeline(child, withReferences(outputIds(child), order));
  if (pipeline === undefined) return undefined;
  const outputs = outputsOf(pipeline, outputOf(child));
  const width = outputs.length;
  const keys: SortKey[] = [];
  for (const { child: expression, ascending, nullsFirst } of order) {
    const value = bound(expression, pipeline);
    if (value === undefined || !isFlat(typeOf(value))) return undefined;
    keys.push({ ordinal: placeOf(value, outputs, width), ascending, nullsFirst });
  }
  return { pipeline, order: { outputs, keys, ...(limit === undefined ? {} : { limit }) } };
}
