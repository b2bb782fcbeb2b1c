import type { DataType } from "@vonk/columnar/internal";
import { boundReference, boundReferences, typeOf, type Expression } from "@vonk/dataframe/internal";
import type { Accumulator, GroupsSink, StageTable, TablePlan } from "../pipeline/stage-plan.ts";
import type { PipelineSource } from "./pipeline.ts";
import type { ReadyStage, StageInput } from "./stage-input.ts";

/** Groups that rows are put into. */
export type Groups = Extract<PipelineSource, { kind: "groups" }>;

/** How what the tasks of a stage leave reaches those of the next ones. */
export interface StageExchange {
  /** The rows of a stage by key. */
  table(stage: ReadyStage, outputs: readonly Expression[], plan: TablePlan): Promise<StageTable>;
  /** The rows of a table by another of its columns. */
  tableBy(table: StageTable, plan: TablePlan): Promise<StageTable>;
  /** A name of a table's rows, the same for all tables of them. */
  rowsName(table: StageTable): string;
  /** All rows of a stage for one task. */
  gathered(stage: ReadyStage, outputs: readonly Expression[]): Promise<StageInput>;
  /** The groups of a stage's rows. */
  groups(stage: ReadyStage, groups: Groups, columns: readonly DataType[]): Promise<StageInput>;
  /** Rows of a table with marks by whether the last step of a stage, a `mark` probe, has met them. */
  marked(stage: ReadyStage, table: StageTable, wantsMatched: boolean): Promise<StageInput>;
}

/** How groups of several tasks are put together. */
export function mergeSink({ groupings, accumulators, averages }: Groups): GroupsSink {
  return {
    kind: "groups",
    groupings: boundReferences(groupings.map(typeOf)),
    accumulators: accumulators.map((accumulator, index) => merged(accumulator, groupings.length + index)),
    averages,
    parts: 1,
  };
}

/** How the parts of an accumulator are put together: counts are summed. */
function merged(accumulator: Accumulator, ordinal: number): Accumulator {
  const { kind, dataType } = accumulator;
  return { ...accumulator, kind: kind === "count" ? "sum" : kind, argument: boundReference(ordinal, dataType) };
}

/** Into how many parts tasks divide groups: a power of two. */
export function groupParts(groupings: readonly Expression[], cores: number): number {
  return groupings.length === 0 ? 1 : 2 ** Math.ceil(Math.log2(2 * cores));
}
