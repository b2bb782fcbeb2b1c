import { physicalBytes, vectorMemory, type ColumnVector, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { boundReference } from "@vonk/dataframe/internal";
import { writeValue } from "../pipeline/write-value.ts";
import type { LeafColumn, LeafPart, LeavesPlan } from "../source/partitioned-table.ts";
import type { BatchReader, ColumnMemory, PartitionReader } from "../source/table.ts";
import { loadExport } from "./load-export.ts";

/** The rows of folders' files with the values that the folders name. */
export function readLeaves(plan: LeavesPlan): PartitionReader {
  const leavesOf = leafOpener<PartitionReader>(plan);
  return function* (partition, descriptions) {
    for (const { read, columns, part } of leavesOf(descriptions))
      for (const row of read(partition, [part]))
        yield columns.map((column) => ("at" in column ? (row[column.at] ?? null) : column.constant));
  };
}

/** The same by columns: a folder's value is a column of one value. */
export function readLeafBatches(plan: LeavesPlan): BatchReader {
  const leavesOf = leafOpener<BatchReader>(plan);
  return function* (descriptions, memory) {
    for (const { read, columns, part } of leavesOf(descriptions))
      for (const batch of read([part], memory)) {
        const made = columns.map((column) => {
          if (!("at" in column)) return constantVector(column.constant, column.dataType, batch.length, memory);
          const own = batch.columns[column.at];
          assert(own !== undefined, "a leaf's batch has the columns that are wanted");
          return own;
        });
        yield { length: batch.length, columns: made };
      }
  };
}

interface OpenLeaf<Reader> {
  readonly read: Reader;
  readonly columns: readonly LeafColumn[];
  readonly part: unknown;
}

/** Parts with the readers of their folders, each of which is made when its first part comes. */
function leafOpener<Reader>({ leaves }: LeavesPlan): (descriptions: Iterable<unknown>) => Iterable<OpenLeaf<Reader>> {
  const readers = new Map<number, Reader>();
  return function* (descriptions) {
    for (const description of descriptions) {
      const { leaf, part } = description as LeafPart;
      const { reader, columns } = leaves[leaf] ?? {};
      assert(reader !== undefined && columns !== undefined, "the plan has each folder's reader");
      let read = readers.get(leaf);
      if (read === undefined) readers.set(leaf, (read = loadExport<Reader>(reader)));
      yield { read, columns, part };
    }
  };
}

/** A column of the same value throughout: text as a dictionary of it alone, whose only code is 0. */
function constantVector(value: SQLValue, dataType: DataType, length: number, memory: ColumnMemory): ColumnVector {
  const views = vectorMemory(memory.memory.buffer);
  const one = writeValue(boundReference(0, dataType), 1, memory, views, () => value);
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
