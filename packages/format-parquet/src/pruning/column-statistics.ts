import type { SQLValue } from "@vonk/columnar/internal";
import type { ColumnChunk, ParquetMetadata } from "../metadata/parquet-metadata.ts";
import type { LeafNode } from "../schema/parquet-node.ts";
import type { ValueForm } from "../schema/value-form.ts";

/** What a file says of the values of a column in a row group. Absent is unknown. */
export interface ColumnStatistics {
  /** Rows, or elements for a column within lists. */
  readonly values: number;
  /** No value is below it; text may be cut off then. NaN does not count. */
  readonly min?: SQLValue;
  /** No value is above it; text may be cut off, with a higher last character. NaN does not count. */
  readonly max?: SQLValue;
  /** Whether some value is `min`. */
  readonly isMinExact: boolean;
  /** Whether some value is `max`. */
  readonly isMaxExact: boolean;
  readonly nulls?: number;
  readonly distinct?: number;
}

/** A column of the file by its name, or the names of its groups with points between them. */
export function leafOf(metadata: ParquetMetadata, column: string): LeafNode | undefined {
  return metadata.leaves.find((leaf) => leaf.path.join(".") === column);
}

/** The statistics of a column of a row group; undefined when the file has no such row group or column. */
export function columnStatistics(metadata: ParquetMetadata, rowGroup: number, column: string): ColumnStatistics | undefined {
  const leaf = leafOf(metadata, column);
  const chunk = leaf === undefined ? undefined : metadata.rowGroups[rowGroup]?.chunks[leaf.leaf];
  if (leaf === undefined || chunk === undefined) return undefined;
  const { nulls, distinct, isMinExact = true, isMaxExact = true } = chunk.statistics ?? {};
  const [min, max] = chunkBounds(leaf.form, chunk).map((bound) => toText(leaf.form, bound));
  return {
    values: chunk.values,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    isMinExact: min !== undefined && isMinExact && leaf.form.physical !== "bytes",
    isMaxExact: max !== undefined && isMaxExact && leaf.form.physical !== "bytes",
    ...(nulls === undefined ? {} : { nulls }),
    ...(distinct === undefined ? {} : { distinct }),
  };
}

function toText(form: ValueForm, bound: SQLValue | undefined): SQLValue | undefined {
  return form.dataType.kind === "string" && bound instanceof Uint8Array ? Buffer.from(bound).toString("utf8") : bound;
}

/** Least and greatest value of a chunk; text as bytes, which is how it compares. */
export function chunkBounds(
  form: ValueForm,
  { statistics }: Pick<ColumnChunk, "statistics">,
): readonly [SQLValue | undefined, SQLValue | undefined] {
  if (statistics === undefined || (statistics.isLegacy && !isSignedOrder(form))) return [undefined, undefined];
  return [boundOf(form, statistics.min), boundOf(form, statistics.max)];
}

/** Whether the older fields, whose writers compared bytes as signed, are right. */
function isSignedOrder({ type, conversion }: ValueForm): boolean {
  if (conversion.kind === "widen-128" || (conversion.kind === "widen" && !conversion.isSigned)) return false;
  return type === "BOOLEAN" || type === "INT32" || type === "INT64" || type === "FLOAT" || type === "DOUBLE";
}

function boundOf(form: ValueForm, bytes: Uint8Array | undefined): SQLValue | undefined {
  if (bytes === undefined) return undefined;
  const { type, width, conversion, dataType } = form;
  if (type === "BYTE_ARRAY" || (type === "FIXED_LEN_BYTE_ARRAY" && form.physical === "bytes"))
    return conversion.kind === "big-endian" ? bigEndian(bytes) : bytes;
  if (bytes.byteLength < Math.max(1, width)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "BOOLEAN":
      return view.getUint8(0) !== 0;
    case "INT32": {
      if (conversion.kind === "widen")
        return BigInt(conversion.isSigned ? view.getInt32(0, true) : view.getUint32(0, true)) * BigInt(conversion.factor);
      const value = view.getInt32(0, true);
      return dataType.kind === "decimal" ? BigInt(value) : value;
    }
    case "INT64":
      return int64Bound(form, view);
    case "FLOAT":
      return numberBound(view.getFloat32(0, true));
    case "DOUBLE":
      return numberBound(view.getFloat64(0, true));
    case "FIXED_LEN_BYTE_ARRAY":
      return conversion.kind === "float16" ? numberBound(view.getFloat16(0, true)) : bigEndian(bytes);
    case "INT96":
      return undefined;
  }
}

function int64Bound({ conversion }: ValueForm, view: DataView): bigint {
  if (conversion.kind === "widen-128") return view.getBigUint64(0, true);
  const value = view.getBigInt64(0, true);
  if (conversion.kind !== "scale") return value;
  const scaled = value * BigInt(conversion.factor);
  const divisor = BigInt(conversion.divisor);
  const rest = scaled % divisor;
  return (rest < 0n ? scaled - rest - divisor : scaled - rest) / divisor;
}

function numberBound(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.byteLength * 8, value);
}
