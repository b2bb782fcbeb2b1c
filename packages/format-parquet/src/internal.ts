// Footers
export { fetchParquetMetadata, readParquetMetadata } from "./metadata/read-metadata.ts";
export type { ColumnChunk, FileRange, ParquetMetadata, RawStatistics, RowGroup } from "./metadata/parquet-metadata.ts";
export type { ParquetCodec, ParquetPhysicalType } from "./metadata/parquet-enums.ts";
export type { LeafNode, ListNode, ParquetNode, StructNode } from "./schema/parquet-node.ts";

// Sources of bytes, and memory for columns
export { bytesSource, fileSource } from "./metadata/parquet-source.ts";
export type { ParquetSource } from "./metadata/parquet-source.ts";
export { BumpArena } from "./memory/arena.ts";
export type { Arena } from "./memory/arena.ts";

// Columns
export { decodeRowGroup } from "./reader/decode-row-group.ts";
export type { ParquetReadOptions } from "./reader/decode-row-group.ts";

// Files to be written
export { ParquetWriter } from "./writer/parquet-writer.ts";
export type { ParquetWriteOptions } from "./writer/parquet-writer.ts";
export type { ParquetWriteCodec } from "./writer/compress-page.ts";

// What need not be read
export { columnStatistics } from "./pruning/column-statistics.ts";
export type { ColumnStatistics } from "./pruning/column-statistics.ts";
export { matchingRows } from "./pruning/matching-rows.ts";
export type { RowRange } from "./pruning/row-range.ts";
export { rowGroupMayMatch } from "./pruning/row-group-may-match.ts";
export type { ParquetPredicate } from "./pruning/parquet-predicate.ts";

// Errors
export { parquetErrors } from "./errors.ts";
