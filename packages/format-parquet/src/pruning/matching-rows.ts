import type { SQLValue } from "@vonk/columnar/internal";
import { bloomMayHave } from "../bloom/bloom-may-have.ts";
import type { ColumnChunk, ParquetMetadata, RowGroup } from "../metadata/parquet-metadata.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import type { LeafNode } from "../schema/parquet-node.ts";
import { leafOf } from "./column-statistics.ts";
import { readPageLocations, readPageValues } from "./page-index.ts";
import type { ColumnPredicate, ParquetPredicate } from "./parquet-predicate.ts";
import { valuesMayMatch } from "./row-group-may-match.ts";
import { appendRange, intersectRanges, type RowRange, uniteRanges } from "./row-range.ts";

/**
 * The rows of a row group that may meet all predicates, by what the file has beside its footer: first the Bloom filters, of which one block a value is
 * read, then the indexes of pages. Columns that the file lacks, or that are in lists, prove nothing.
 * @throws PARQUET_FILE_CORRUPT
 */
export function matchingRows(
  source: ParquetSource,
  metadata: ParquetMetadata,
  rowGroup: number,
  predicates: readonly ParquetPredicate[],
): readonly RowRange[] {
  const group = metadata.rowGroups[rowGroup];
  if (group === undefined || group.rows === 0) return [];
  return rowsOfAll({ source, metadata, group }, predicates);
}

interface Place {
  readonly source: ParquetSource;
  readonly metadata: ParquetMetadata;
  readonly group: RowGroup;
}

function rowsOfAll(place: Place, predicates: readonly ParquetPredicate[]): readonly RowRange[] {
  const { source, metadata, group } = place;
  const known = predicates.flatMap((predicate) => {
    const leaf = predicate.kind === "any" ? undefined : leafOf(metadata, predicate.column);
    const chunk = leaf === undefined ? undefined : group.chunks[leaf.leaf];
    if (predicate.kind === "any" || leaf === undefined || chunk === undefined || leaf.repetition > 0) return [];
    return [{ leaf, chunk, predicate }];
  });
  for (const { leaf, chunk, predicate } of known) {
    const values = valuesOf(predicate);
    if (values !== undefined && !bloomMayHave(source, leaf.form, chunk, values)) return [];
  }
  let rows: readonly RowRange[] = [{ start: 0, end: group.rows }];
  for (const { leaf, chunk, predicate } of known) {
    if (rows.length === 0) break;
    rows = intersectRanges(rows, rowsOfPages(source, leaf, chunk, predicate, group.rows));
  }
  for (const predicate of predicates) {
    if (predicate.kind !== "any" || rows.length === 0) continue;
    const alternatives = predicate.alternatives.map((alternative) => rowsOfAll(place, alternative));
    rows = intersectRanges(rows, alternatives.reduce<readonly RowRange[]>(uniteRanges, []));
  }
  return rows;
}

/** The values of which a row has to have one. */
function valuesOf(predicate: ColumnPredicate): readonly SQLValue[] | undefined {
  if (predicate.kind === "in") return predicate.values;
  return predicate.kind === "compare" && predicate.operator === "=" ? [predicate.value] : undefined;
}

function rowsOfPages(source: ParquetSource, leaf: LeafNode, chunk: ColumnChunk, predicate: ColumnPredicate, rows: number): RowRange[] {
  const pages = chunk.columnIndex === undefined ? undefined : readPageLocations(source, chunk, rows);
  const values = pages === undefined ? undefined : readPageValues(source, chunk, pages);
  const ranges: RowRange[] = [];
  if (pages === undefined || values === undefined) return [{ start: 0, end: rows }];
  for (const [index, page] of pages.entries()) {
    const known = values[index];
    if (known === undefined || valuesMayMatch(leaf, known, predicate)) appendRange(ranges, page.rows);
  }
  return ranges;
}
