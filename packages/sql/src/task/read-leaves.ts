import { physicalBytes, vectorMemory, type ColumnVector, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { writeValue } from "../pipeline/write-value.ts";
import type { LeafPart, LeavesPlan } from "../source/partitioned-table.ts";
import type { BatchReader, ColumnMemory, PartitionReader } from "../source/table.ts";
import { loadExport } from "./load-export.ts";

/** The rows of folders' files with the values that the folders name. */
export function readLeaves(plan: LeavesPlan): PartitionReader {
  const readers = new Map<number, PartitionReader>();
  return function* (partition, descriptions) {
    for (const description of descriptions) {
      const { leaf, part } = description as LeafPart;
      const { reader, columns } = plan.leaves[leaf] ?? {};
      assert(reader !== undefined && columns !== undefined, "the plan has each folder's reader");
      let read = readers.get(leaf);
      if (read === undefined) readers.set(leaf, (read = loadExport<PartitionReader>(reader)));
      for (const row of read(partition, [part]))
        yield columns.map((column) => ("at" in column ? (row[column.at] ?? null) : column.constant));
    }
  };
}

/** The same by columns: a folder's value is a column of one value. */
export function readLeafBatches(plan: LeavesPlan): BatchReader {
  const readers = new Map<number, BatchReader>();
  return function* (descriptions, memory) {
    for (const description of descriptions) {
      const { leaf, part } = description as LeafPart;
      const { reader, columns } = plan.leaves[leaf] ?? {};
      assert(reader !== undefined && columns !== undefined, "the plan has each folder's reader");
      let read = readers.get(leaf);
      if (read === undefined) readers.set(leaf, (read = loadExport<BatchReader>(reader)));
      for (const batch of read([part], memory)) {
        const made = columns.map((column) => {
          if (!("at" in column)) return constantVector(column.constant, column.dataType, batch.length, memory);
          const own = batch.columns[column.at];
          assert(own !== undefined, "a leaf's batch has the columns that are wanted");
          return own;
        });
        yield { length: batch.length, columns: made };
      }
    }
  };
}

/** A column of the same value throughout: text as a dictionary of it alone, whose only code is 0. */
function constantVector(value: SQLValue, dataType: DataType, length: number, memory: ColumnMemory): ColumnVector {
  const views = vectorMemory(memory.memory.buffer);
  const one = writeValue({ kind: "boundReference", ordinal: 0, dataType, nullable: true }, 1, memory, views, () => value);
  const zeros = (bytes: number): number => {
    const at = memory.allocate(bytes);
    views.bytes.fill(0, at, at + bytes);
    return at;
  };
  if (value === null) return { ...one, length, data: zeros(length * physicalBytes[one.physical]), validity: zeros((length >> 3) + 1) };
  if (one.physical === "bytes") return { ...one, length, data: zeros(length + 1), dictionary: { width: 1, values: one } };
  const width = physicalBytes[one.physical];
  const data = memory.allocate(length * width);
  views.bytes.copyWithin(data, one.data, one.data + width);
  // Twice as many each time.
  for (let made = 1; made < length; made *= 2)
    views.bytes.copyWithin(data + made * width, data, data + Math.min(made, length - made) * width);
  return { ...one, length, data };
}
