import type { SQLRow } from "@vonk/columnar/internal";
import type { RDD } from "@vonk/core";
import type { TableReference } from "@vonk/dataframe/internal";

/** Rows that were computed by another query and are kept. */
export interface CachedTable extends TableReference {
  readonly rows: RDD<SQLRow>;
  /** Called when the rows are not kept any longer: partitions that were dropped are computed anew until then. */
  readonly releases: readonly (() => Promise<void>)[];
}

/** True when a planner's table is one of kept rows. */
export function isCachedTable(reference: TableReference): reference is CachedTable {
  return "rows" in reference;
}
