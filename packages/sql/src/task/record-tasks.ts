import {
  batchRecord,
  openBatch,
  vectorReader,
  type BatchRecord,
  type ColumnVector,
  type DataType,
  type RowReader,
  type SQLRow,
} from "@vonk/columnar/internal";
import { RecordBatches } from "@vonk/core/internal";
import { boundReference } from "@vonk/dataframe/internal";
import { boundsOf } from "../pipeline/batch-columns.ts";
import type { StoredColumns } from "../pipeline/stage-plan.ts";
import type { ThreadPipeline } from "../pipeline/thread-pipeline.ts";
import { writeValue } from "../pipeline/write-value.ts";
import type { PartitionFunction } from "./partition-function.ts";
import { withPipeline } from "./task-pipeline.ts";

/* Rows into records of batches, and back: what is kept is columns, however it was computed. */

/** Rows of a record. */
const recordRowsMax = 65_536;

/** Records of rows of flat types. */
export function rowsToRecords(types: readonly DataType[]): (partition: number, rows: Iterable<SQLRow>) => RecordBatches {
  return (_partition, rows) => new RecordBatches(withPipeline((pipeline) => recordsOf(types, rows, pipeline)));
}

function* recordsOf(types: readonly DataType[], rows: Iterable<SQLRow>, pipeline: ThreadPipeline): Generator<BatchRecord[]> {
  pipeline.beginTask();
  let waiting: SQLRow[] = [];
  for (const row of rows) {
    waiting.push(row);
    if (waiting.length < recordRowsMax) continue;
    yield [recordOf(types, waiting, pipeline)];
    waiting = [];
  }
  if (waiting.length > 0) yield [recordOf(types, waiting, pipeline)];
}

function recordOf(types: readonly DataType[], rows: readonly SQLRow[], pipeline: ThreadPipeline): BatchRecord {
  const { batchMemory, views } = pipeline;
  batchMemory.reset();
  const columns = types.map((dataType, ordinal): ColumnVector => {
    return writeValue(boundReference(ordinal, dataType), rows.length, batchMemory, views, (row) => rows[row]?.[ordinal] ?? null);
  });
  return batchRecord({ length: rows.length, columns }, views, (column) => boundsOf(pipeline, column));
}

/** Rows of records, of those columns that are wanted. */
export function recordsToRows({ ordinals, types }: StoredColumns): PartitionFunction<BatchRecord, SQLRow> {
  return (_partition, records) =>
    withPipeline(function* (pipeline) {
      pipeline.beginTask();
      const { batchMemory, views } = pipeline;
      for (const record of records) {
        batchMemory.reset();
        const batch = openBatch(record, ordinals, types, batchMemory);
        const readers: RowReader[] = batch.columns.map((column) => vectorReader(column, views));
        for (let row = 0; row < batch.length; row++) yield readers.map((read) => read(row));
      }
    });
}
