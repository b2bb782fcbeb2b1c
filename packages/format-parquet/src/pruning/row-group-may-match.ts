import type { SQLValue } from "@vonk/columnar/internal";
import type { ColumnChunk, ParquetMetadata, RowGroup } from "../metadata/parquet-metadata.ts";
import type { LeafNode } from "../schema/parquet-node.ts";
import { chunkBounds, leafOf } from "./column-statistics.ts";
import type { ColumnPredicate, ParquetPredicate } from "./parquet-predicate.ts";

/**
 * False when the statistics of a row group prove that no row meets all predicates. Columns that the file lacks, or of which it says nothing,
 * prove nothing; neither do those within lists.
 */
export function rowGroupMayMatch(metadata: ParquetMetadata, rowGroup: number, predicates: readonly ParquetPredicate[]): boolean {
  const group = metadata.rowGroups[rowGroup];
  if (group === undefined) return false;
  if (group.rows === 0) return false;
  return predicates.every((predicate) => mayMatch(metadata, group, predicate));
}

function mayMatch(metadata: ParquetMetadata, group: RowGroup, predicate: ParquetPredicate): boolean {
  if (predicate.kind === "any")
    return predicate.alternatives.some((alternative) => alternative.every((each) => mayMatch(metadata, group, each)));
  const leaf = leafOf(metadata, predicate.column);
  const chunk = leaf === undefined ? undefined : group.chunks[leaf.leaf];
  return leaf === undefined || chunk === undefined || leaf.repetition > 0 || valuesMayMatch(leaf, chunk, predicate);
}

/** Values that lie together, by what is known of them: those of a chunk, or of a page. */
export type KnownValues = Pick<ColumnChunk, "values" | "statistics">;

/** False when what is known of a column's values proves that none meets the predicate. The column is in no list. */
export function valuesMayMatch(leaf: LeafNode, chunk: KnownValues, predicate: ColumnPredicate): boolean {
  const nulls = chunk.statistics?.nulls;
  switch (predicate.kind) {
    case "is-null":
      return leaf.definition > 0 && nulls !== 0;
    case "is-not-null":
      return nulls !== chunk.values;
    case "in":
      return nulls !== chunk.values && predicate.values.some((value) => mayCompare(leaf, chunk, "=", value));
    case "starts-with":
      return nulls !== chunk.values && mayStartWith(leaf, chunk, predicate.prefix);
    case "compare":
      return nulls !== chunk.values && mayCompare(leaf, chunk, predicate.operator, predicate.value);
  }
}

/** Bounds that are cut off stay bounds, and so do their first bytes. */
function mayStartWith(leaf: LeafNode, chunk: KnownValues, prefix: Uint8Array): boolean {
  const [min, max] = chunkBounds(leaf.form, chunk);
  const compared = (bound: SQLValue | undefined): number =>
    bound instanceof Uint8Array ? Buffer.compare(bound.subarray(0, prefix.byteLength), prefix) : 0;
  return compared(min) <= 0 && compared(max) >= 0;
}

function mayCompare(
  leaf: LeafNode,
  chunk: KnownValues,
  operator: Extract<ColumnPredicate, { kind: "compare" }>["operator"],
  value: SQLValue,
): boolean {
  if (value === null) return false;
  const [min, max] = chunkBounds(leaf.form, chunk);
  // NaN is greater than all other numbers and no part of the bounds.
  const hasNaN = leaf.dataType.kind === "float" || leaf.dataType.kind === "double";
  if (Number.isNaN(value)) return true;
  const low = compare(min, value);
  const high = hasNaN && operator !== "=" ? undefined : compare(max, value);
  switch (operator) {
    case "=":
      return (low ?? 0) <= 0 && (high ?? 0) >= 0;
    case "!=":
      // A bound that was cut off is no value.
      return low !== 0 || high !== 0 || leaf.form.physical === "bytes";
    case "<":
      return (low ?? -1) < 0;
    case "<=":
      return (low ?? 0) <= 0;
    case ">":
      return (high ?? 1) > 0;
    case ">=":
      return (high ?? 0) >= 0;
  }
}

/** The order of a bound and a value; undefined when there is no bound or they are of different kinds. */
function compare(bound: SQLValue | undefined, value: SQLValue): number | undefined {
  if (bound instanceof Uint8Array) {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    return bytes instanceof Uint8Array ? Buffer.compare(bound, bytes) : undefined;
  }
  if (typeof bound !== typeof value) return undefined;
  if (typeof bound === "number" || typeof bound === "bigint" || typeof bound === "boolean") {
    if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "boolean") return undefined;
    return bound < value ? -1 : bound > value ? 1 : 0;
  }
  return undefined;
}
