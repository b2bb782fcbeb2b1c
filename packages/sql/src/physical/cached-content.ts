import { outputIds } from "@vonk/catalyst/internal";
import { moduleStep } from "@vonk/core/internal";
import { outputOf, type LogicalPlan } from "@vonk/dataframe/internal";
import { isFlat } from "../pipeline/compilable.ts";
import type { CachedContent } from "../source/cached-table.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { outputsOf } from "./pipeline.ts";
import { planPhysical } from "./plan-physical.ts";
import { planPipeline } from "./plan-pipeline.ts";
import { mayRunPipeline, PipelineRun } from "./run-pipeline.ts";

const tasks = new URL("../task/record-tasks.ts", import.meta.url).href;

/** The rows of an optimised plan as they are kept for other queries. */
export async function cachedContent(plan: LogicalPlan, context: ExecutionContext): Promise<CachedContent> {
  const output = outputOf(plan);
  const types = output.map((column) => column.dataType);
  if (!context.compiled || !types.every(isFlat)) return { kind: "rows", rows: await planPhysical(plan).execute(context) };
  const pipeline = planPipeline(plan, outputIds(plan));
  if (pipeline !== undefined && mayRunPipeline(pipeline, context))
    return { kind: "records", records: await PipelineRun.of(context).records(pipeline, outputsOf(pipeline, output)) };
  const rows = await planPhysical(plan).execute(context);
  return { kind: "records", records: moduleStep(rows, "InMemoryRelation", { module: tasks, export: "rowsToRecords", args: types }) };
}
