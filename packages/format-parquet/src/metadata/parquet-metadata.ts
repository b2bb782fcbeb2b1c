import type { StructType } from "@vonk/columnar/internal";
import type { LeafNode, ParquetNode } from "../schema/parquet-node.ts";
import type { ParquetCodec } from "./parquet-enums.ts";

/** What the footer of a file says: plain data, which can be sent to other threads. */
export interface ParquetMetadata {
  /** Of the file, for messages. */
  readonly path: string;
  readonly rows: number;
  readonly schema: StructType;
  /** A node a field of the schema, with the levels that say where its values lie. */
  readonly columns: readonly ParquetNode[];
  /** The columns in the sense of the file, in their order. */
  readonly leaves: readonly LeafNode[];
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: Readonly<Record<string, string>>;
  /** The program that wrote the file. */
  readonly createdBy: string;
}

/** Rows that lie together, one chunk a column. */
export interface RowGroup {
  readonly rows: number;
  /** Bytes of all chunks in the file. */
  readonly compressedBytes: number;
  /** In the order of {@link ParquetMetadata.leaves}. */
  readonly chunks: readonly ColumnChunk[];
}

/** Where the values of a column in a row group lie, and what is known of them. */
export interface ColumnChunk {
  readonly codec: ParquetCodec;
  /** Values, nulls and empty lists. */
  readonly values: number;
  readonly position: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly statistics?: RawStatistics;
  readonly columnIndex?: FileRange;
  readonly offsetIndex?: FileRange;
  readonly bloomFilter?: { readonly position: number; readonly bytes?: number };
}

/** Bytes of the file. */
export interface FileRange {
  readonly position: number;
  readonly bytes: number;
}

/** Statistics as the file has them; `columnStatistics` gives them as values. */
export interface RawStatistics {
  readonly min?: Uint8Array;
  readonly max?: Uint8Array;
  /** Whether `min` and `max` come from the older fields, which compare bytes as signed. */
  readonly isLegacy: boolean;
  readonly isMinExact?: boolean;
  readonly isMaxExact?: boolean;
  readonly nulls?: number;
  readonly distinct?: number;
}
