import type { ColumnChunk, ParquetMetadata, RowGroup } from "../metadata/parquet-metadata.ts";
import type { ParquetNode } from "../schema/parquet-node.ts";

/** What of a footer tasks need that read some columns: the columns' places, one row group at a time. */
export interface NarrowMetadata {
  /** The footer without row groups. */
  readonly metadata: ParquetMetadata;
  /** A row group with the chunks of the columns alone, without statistics. */
  readonly rowGroup: (index: number) => RowGroup;
}

/** The footer for readers of some columns: it goes to each task thread, and a wide file's is large. Leaves are numbered anew. */
export function narrowMetadata(metadata: ParquetMetadata, columns: readonly string[]): NarrowMetadata {
  const wanted = new Set(columns);
  const leaves: number[] = [];
  const narrow = (node: ParquetNode): ParquetNode => {
    if (node.kind === "leaf") return { ...node, leaf: leaves.push(node.leaf) - 1 };
    return { ...node, children: node.children.map(narrow) };
  };
  const nodes = metadata.columns.filter((column) => wanted.has(column.name)).map(narrow);
  return {
    metadata: { ...metadata, columns: nodes, leaves: [], keyValues: {}, rowGroups: [], schema: { ...metadata.schema, fields: [] } },
    rowGroup: (index) => {
      const group = metadata.rowGroups[index];
      const chunks = leaves.map((leaf) => group?.chunks[leaf]).filter((chunk) => chunk !== undefined);
      return { rows: group?.rows ?? 0, compressedBytes: group?.compressedBytes ?? 0, chunks: chunks.map(placeOf) };
    },
  };
}

function placeOf({ codec, values, position, compressedBytes, uncompressedBytes }: ColumnChunk): ColumnChunk {
  return { codec, values, position, compressedBytes, uncompressedBytes };
}
