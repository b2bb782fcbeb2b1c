import type { BatchRecord, DataType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import type { Attribute, Expression } from "@vonk/dataframe/internal";
import type { Average, Accumulator, FilterStep, ProbeStep, ProbeType, StoredColumns } from "../pipeline/stage-plan.ts";
import type { Scan } from "../source/table.ts";

/*
 * Pipelines as they are planned: a tree in which each breaks where rows have to be together, in tables of joins and in groups.
 */

/** Rows from a source through steps. `bindings` says what each column of the logical plan is, over the columns so far. */
export interface Pipeline {
  readonly source: PipelineSource;
  readonly columns: readonly DataType[];
  readonly steps: readonly PipelineStep[];
  readonly bindings: ReadonlyMap<number, Expression>;
}

/** What columns of a plan are over the columns of its pipeline. */
export function outputsOf({ bindings }: Pipeline, columns: readonly Attribute[]): Expression[] {
  return columns.map((column) => {
    const value = bindings.get(column.exprId);
    assert(value !== undefined, "a pipeline has the columns of its plan");
    return value;
  });
}

/** Where a pipeline begins: a table, rows that are kept, groups of another pipeline, or rows of a build side by whether they have met any of another. */
export type PipelineSource =
  | { readonly kind: "table"; readonly name: string; readonly rows: number; readonly columns: readonly string[]; readonly scan: () => Scan }
  | {
      readonly kind: "kept";
      readonly id: number;
      /** How many rows there are; 0 when that is not known. */
      readonly rows: number;
      readonly columns: StoredColumns;
      readonly records: () => RDD<BatchRecord>;
    }
  | {
      readonly kind: "groups";
      readonly child: Pipeline;
      readonly groupings: readonly Expression[];
      readonly accumulators: readonly Accumulator[];
      readonly averages: readonly Average[];
    }
  | {
      readonly kind: "marked";
      readonly build: BuildSide;
      readonly probe: Pipeline;
      readonly keys: readonly Expression[];
      readonly condition?: Expression;
      readonly wantsMatched: boolean;
    };

/** A filter, a join with a build side, or a test against a table that is there when the pipeline runs. */
export type PipelineStep = FilterStep | JoinStep | ProbeStep;

/** A join that looks its rows up in a table. */
export interface JoinStep {
  readonly kind: "join";
  readonly build: BuildSide;
  readonly keys: readonly Expression[];
  readonly joinType: Exclude<ProbeType, "mark">;
  readonly nullAware: boolean;
  /** Over the columns so far and then the build side's. */
  readonly condition?: Expression;
}

/** The side of a join whose rows are put into a table. */
export interface BuildSide {
  readonly pipeline: Pipeline;
  readonly outputs: readonly Expression[];
  /** Which outputs are the keys. */
  readonly keys: readonly number[];
  /** How many rows it may have. */
  readonly rows: number;
  /** How many it would have without filters. */
  readonly base: number;
  readonly hasNullRow: boolean;
  readonly isExistence: boolean;
}
