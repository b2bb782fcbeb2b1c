import type { ColumnChunk, ParquetMetadata, RowGroup } from "../metadata/parquet-metadata.ts";
import { type ParquetPredicate, predicateColumns } from "../pruning/parquet-predicate.ts";
import type { LeafNode, ParquetNode } from "../schema/parquet-node.ts";

/** What of a footer tasks need that read some columns: the columns' places, and where their indexes lie, one row group at a time. */
export interface NarrowMetadata {
  /** The footer without row groups. */
  readonly metadata: ParquetMetadata;
  /** A row group with the chunks of the columns alone, without statistics. */
  readonly rowGroup: (index: number) => RowGroup;
}

/** The footer for readers of some columns: it goes to each task thread, and a wide file's is large. Leaves are numbered anew; only those of predicates are listed. */
export function narrowMetadata(
  metadata: ParquetMetadata,
  columns: readonly string[],
  predicates: readonly ParquetPredicate[],
): NarrowMetadata {
  const wanted = new Set(columns);
  const conditions = new Set(predicateColumns(predicates));
  const leaves: number[] = [];
  const tested: LeafNode[] = [];
  const narrow = (node: ParquetNode): ParquetNode => {
    if (node.kind === "leaf") {
      const leaf = { ...node, leaf: leaves.push(node.leaf) - 1 };
      if (node.path.length === 1 && conditions.has(node.name)) tested.push(leaf);
      return leaf;
    }
    return { ...node, children: node.children.map(narrow) };
  };
  const nodes = metadata.columns.filter((column) => wanted.has(column.name)).map(narrow);
  return {
    metadata: { ...metadata, columns: nodes, leaves: tested, keyValues: {}, rowGroups: [], schema: { ...metadata.schema, fields: [] } },
    rowGroup: (index) => {
      const group = metadata.rowGroups[index];
      const chunks = leaves.map((leaf) => group?.chunks[leaf]).filter((chunk) => chunk !== undefined);
      return {
        rows: group?.rows ?? 0,
        compressedBytes: group?.compressedBytes ?? 0,
        chunks: chunks.map((chunk) => placeOf(chunk, predicates.length > 0)),
      };
    },
  };
}

function placeOf(chunk: ColumnChunk, isTested: boolean): ColumnChunk {
  const { codec, values, position, compressedBytes, uncompressedBytes, bloomFilter, columnIndex, offsetIndex } = chunk;
  const place = { codec, values, position, compressedBytes, uncompressedBytes };
  if (!isTested) return place;
  return {
    ...place,
    ...(bloomFilter === undefined ? {} : { bloomFilter }),
    ...(columnIndex === undefined ? {} : { columnIndex }),
    ...(offsetIndex === undefined ? {} : { offsetIndex }),
  };
}
