import type { SQLRow } from "@vonk/columnar/internal";
import type { Expression, TableReference } from "@vonk/dataframe/internal";

/** A table that can be read; what a source gives the session. In the shape of Spark's DataSource V2: table, scan, partitions. */
export interface Table extends TableReference {
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
}

/** What a reader's export gives: the rows of the partitions described. */
export type PartitionReader = (partition: number, descriptions: Iterable<unknown>) => Iterable<SQLRow>;

/** True when a planner's table can be read. */
export function isTable(reference: TableReference): reference is Table {
  return "scan" in reference;
}
