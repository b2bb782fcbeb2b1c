import { assert } from "@vonk/common/internal";
import type { LeafPart, LeavesPlan } from "../source/partitioned-table.ts";
import type { PartitionReader } from "../source/table.ts";
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
