import { openBatch, type BatchRecord, type ColumnBatch } from "@vonk/columnar/internal";
import type { StoredColumns } from "../pipeline/stage-plan.ts";
import type { ColumnMemory } from "../source/table.ts";

/** Batches of records, each of which is there until the next. */
export function* storedBatches(
  records: Iterable<BatchRecord>,
  { ordinals, types }: StoredColumns,
  memory: ColumnMemory,
): Generator<ColumnBatch> {
  for (const record of records) {
    memory.reset();
    yield openBatch(record, ordinals, types, memory);
  }
}
