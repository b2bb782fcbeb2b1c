import type { ColumnBatch, SQLRow } from "@vonk/columnar/internal";
import type { Expression, TableReference } from "@vonk/dataframe/internal";

/** A table that can be read; what a source gives the session. In the shape of Spark's DataSource V2: table, scan, partitions. */
export interface Table extends TableReference {
  /** Whether its scans have a `batchReader`. */
  readonly hasBatches?: boolean;
  /**
   * What reading some columns takes. `filters` may be used to read less; the engine applies them again.
   * @param columns names of the schema, in the order in which rows are wanted
   */
  scan(columns: readonly string[], filters: readonly Expression[]): Scan;
}

/** A way to read a table: partitions that tasks take, and the module that reads one. */
export interface Scan {
  /** What EXPLAIN shows. */
  readonly description: string;
  /** Plain data, one a partition. */
  readonly partitions: readonly unknown[];
  /** The module of the task's side; its export is called with `args` and gives `(partition, descriptions) => rows`. */
  readonly reader: { readonly module: string; readonly export: string; readonly args: unknown };
  /** The same for columns, where the source has them: the export gives a {@link BatchReader}. */
  readonly batchReader?: { readonly module: string; readonly export: string; readonly args: unknown };
}

/** Memory of a task's thread in which columns are put; `reset` gives back what was given out for the batch before. */
export interface ColumnMemory {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number, align?: number): number;
  reset(): void;
}

/** The batches of the partitions described, one after the other, each good until the next is asked for. */
export type BatchReader = (descriptions: Iterable<unknown>, memory: ColumnMemory) => Iterable<ColumnBatch>;

/** What a reader's export gives: the rows of the partitions described. */
export type PartitionReader = (partition: number, descriptions: Iterable<unknown>) => Iterable<SQLRow>;

/** True when a planner's table can be read. */
export function isTable(reference: TableReference): reference is Table {
  return "scan" in reference;
}
