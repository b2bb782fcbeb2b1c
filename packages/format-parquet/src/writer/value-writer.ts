import { asBigint, asBytes, asNumber, asText, type DataType, type SQLValue } from "@vonk/columnar/internal";
import type { ByteSink } from "../encoding/byte-sink.ts";
import type { ParquetPhysicalType } from "../metadata/parquet-enums.ts";
import type { LogicalType } from "../schema/schema-element.ts";

/** How values of a type are stored. */
export interface ValueWriter {
  readonly type: ParquetPhysicalType;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number;
  readonly logical: LogicalType | undefined;
  /** Appends a value as PLAIN has it. Booleans are a byte each. */
  readonly put: (sink: ByteSink, value: SQLValue) => void;
  /** Order of values in statistics; undefined when there is none. */
  readonly compare: ((a: SQLValue, b: SQLValue) => number) | undefined;
}

/** The way of Spark's writer (its newer one: decimals as short as they may be). Undefined for types that Parquet cannot hold. */
export function valueWriter(type: DataType): ValueWriter | undefined {
  switch (type.kind) {
    case "boolean":
      return fixed("BOOLEAN", undefined, (sink, value) => sink.byte(value === true ? 1 : 0));
    case "byte":
    case "short":
      return int32({ kind: "INTEGER", bits: type.kind === "byte" ? 8 : 16, isSigned: true });
    case "integer":
    case "year-month-interval":
      return int32(undefined);
    case "date":
      return int32({ kind: "DATE" });
    case "long":
    case "day-time-interval":
      return int64(undefined);
    case "timestamp":
    case "timestamp_ntz":
      return int64({ kind: "TIMESTAMP", isUTC: type.kind === "timestamp", unit: "MICROS" });
    case "time":
      return fixed("INT64", { kind: "TIME", isUTC: false, unit: "MICROS" }, (sink, value) => sink.i64(asBigint(value) / 1000n));
    case "float":
      return fixed("FLOAT", undefined, (sink, value) => sink.f32(asNumber(value)));
    case "double":
      return fixed("DOUBLE", undefined, (sink, value) => sink.f64(asNumber(value)));
    case "decimal":
      return decimal(type.precision, type.scale);
    case "string":
    case "char":
    case "varchar":
      return {
        type: "BYTE_ARRAY",
        typeLength: 0,
        logical: { kind: "STRING" },
        put: (sink, value) => sink.sizedText(asText(value)),
        compare: compareText,
      };
    case "binary":
      return {
        type: "BYTE_ARRAY",
        typeLength: 0,
        logical: undefined,
        put: putBytes,
        compare: (a, b) => Buffer.compare(asBytes(a), asBytes(b)),
      };
    case "void":
      return { ...int32({ kind: "UNKNOWN" }), compare: undefined };
    default:
      return undefined;
  }
}

function fixed(type: ParquetPhysicalType, logical: LogicalType | undefined, put: ValueWriter["put"]): ValueWriter {
  return { type, typeLength: 0, logical, put, compare: compareNumbers };
}

function int32(logical: LogicalType | undefined): ValueWriter {
  return fixed("INT32", logical, (sink, value) => sink.u32(asNumber(value)));
}

function int64(logical: LogicalType | undefined): ValueWriter {
  return fixed("INT64", logical, (sink, value) => sink.i64(asBigint(value)));
}

function decimal(precision: number, scale: number): ValueWriter {
  const logical = { kind: "DECIMAL", precision, scale } as const;
  if (precision <= 9) return fixed("INT32", logical, (sink, value) => sink.u32(Number(asBigint(value))));
  if (precision <= 18) return int64(logical);
  const bytes = decimalBytes(precision);
  const put: ValueWriter["put"] = (sink, value) => {
    for (let shift = BigInt(bytes - 1) * 8n; shift >= 0n; shift -= 8n) sink.byte(Number((asBigint(value) >> shift) & 255n));
  };
  return { type: "FIXED_LEN_BYTE_ARRAY", typeLength: bytes, logical, put, compare: compareNumbers };
}

/** The fewest bytes that hold every integer of so many digits. */
function decimalBytes(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(bytes * 8 - 1) < 10n ** BigInt(precision)) bytes++;
  return bytes;
}

function putBytes(sink: ByteSink, value: SQLValue): void {
  const bytes = asBytes(value);
  sink.u32(bytes.byteLength);
  sink.bytes(bytes);
}

function compareNumbers(a: SQLValue, b: SQLValue): number {
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}

/** The order of UTF-8: that of UTF-16, but for surrogates, which stand for what is above all else. */
function compareText(first: SQLValue, second: SQLValue): number {
  const a = asText(first);
  const b = asText(second);
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
