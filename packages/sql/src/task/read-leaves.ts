import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { assert } from "@vonk/common/internal";
import type { LeafPart, LeavesPlan } from "../source/partitioned-table.ts";
import type { PartitionReader, Scan } from "../source/table.ts";

/** The rows of folders' files with the values that the folders name. */
export function readLeaves(plan: LeavesPlan): PartitionReader {
  const readers = new Map<number, PartitionReader>();
  return function* (partition, descriptions) {
    for (const description of descriptions) {
      const { leaf, part } = description as LeafPart;
      const { reader, columns } = plan.leaves[leaf] ?? {};
      assert(reader !== undefined && columns !== undefined, "the plan has each folder's reader");
      let read = readers.get(leaf);
      if (read === undefined) readers.set(leaf, (read = loadReader(reader)));
      for (const row of read(partition, [part]))
        yield columns.map((column) => ("at" in column ? (row[column.at] ?? null) : column.constant));
    }
  };
}

const require = createRequire(import.meta.url);

function loadReader({ module, export: name, args }: Scan["reader"]): PartitionReader {
  const loaded: unknown = require(fileURLToPath(module));
  const maker: unknown = typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
  assert(typeof maker === "function", `the source's module exports ${name}`);
  return Reflect.apply(maker, undefined, [args]) as PartitionReader;
}
