import type { BatchRecord, SQLRow } from "@vonk/columnar/internal";
import type { RDD } from "@vonk/core";
import type { Attribute, TableReference } from "@vonk/dataframe/internal";
import type { StoredColumns } from "../pipeline/stage-plan.ts";

/** Rows that were computed by another query and are kept. */
export interface CachedTable extends TableReference {
  /** What is kept: columns where all types allow. */
  readonly content: CachedContent;
  /** Computes what is not kept yet anew and row by row, when pipelines need more memory than there is. */
  goRowByRow(): Promise<void>;
}

/** Rows, or batches of their columns. */
export type CachedContent =
  | { readonly kind: "rows"; readonly rows: RDD<SQLRow> }
  | { readonly kind: "records"; readonly records: RDD<BatchRecord> };

/** True when a planner's table is one of kept rows. */
export function isCachedTable(reference: TableReference): reference is CachedTable {
  return "content" in reference;
}

/** Which columns of kept records an output is. */
export function storedColumns({ schema }: CachedTable, output: readonly Attribute[]): StoredColumns {
  return {
    ordinals: output.map((column) => schema.fields.findIndex((field) => field.name === column.name)),
    types: schema.fields.map((field) => field.dataType),
  };
}
