import { coreConfig, executorSizes } from "@vonk/core/internal";
import { typeOf } from "@vonk/dataframe/internal";
import { blockWidth } from "../pipeline/block-form.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import type { BuildSide, Pipeline } from "./pipeline.ts";

/** Of an executor's memory: a query has several tables, and each is several times as large as what was sent. */
const tableShare = 1 / 8;

/** How large the rows of a table may be of which each executor has a copy. */
export function tableBytesMax({ sparkContext }: ExecutionContext): number {
  const conf = sparkContext.getConf();
  return executorSizes(conf, Math.max(1, conf.read(coreConfig.executorCores))).segmentBytes * tableShare;
}

/** Whether all tables of a pipeline may be sent to every executor, as far as their sizes can be told. */
export function maySendTables(pipeline: Pipeline, context: ExecutionContext): boolean {
  const sides = buildSides(pipeline);
  if (sides.length === 0) return true;
  const max = tableBytesMax(context);
  // As in Spark, a negative threshold forbids broadcasts.
  return context.adaptive.broadcastBytes >= 0 && sides.every((side) => bytesOf(side) <= max);
}

function bytesOf({ rows, outputs }: BuildSide): number {
  return rows * outputs.reduce((sum, output) => sum + blockWidth(typeOf(output)), 0);
}

function buildSides({ source, steps }: Pipeline): BuildSide[] {
  const own = steps.flatMap((step) => (step.kind === "join" ? [step.build] : []));
  if (source.kind === "marked") own.push(source.build);
  const below = source.kind === "groups" ? [source.child] : source.kind === "marked" ? [source.probe] : [];
  return [...own, ...[...own.map((side) => side.pipeline), ...below].flatMap(buildSides)];
}
