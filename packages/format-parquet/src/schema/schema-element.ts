import { convertedTypes, physicalTypes, type ConvertedType, type ParquetPhysicalType } from "../metadata/parquet-enums.ts";
import type { CompactReader } from "../thrift/compact-reader.ts";

/** Unit of a time or timestamp. */
type TimeUnit = "MILLIS" | "MICROS" | "NANOS";

/** What the values of a physical type mean: the newer annotation, which says all that the older does. */
export type LogicalType =
  | {
      readonly kind:
        | "STRING"
        | "MAP"
        | "LIST"
        | "ENUM"
        | "DATE"
        | "UNKNOWN"
        | "JSON"
        | "BSON"
        | "UUID"
        | "FLOAT16"
        | "VARIANT"
        | "INTERVAL"
        | "OTHER";
    }
  | { readonly kind: "DECIMAL"; readonly precision: number; readonly scale: number }
  | { readonly kind: "TIME" | "TIMESTAMP"; readonly isUTC: boolean; readonly unit: TimeUnit }
  | { readonly kind: "INTEGER"; readonly bits: number; readonly isSigned: boolean };

/** A node of the schema as the footer lists them, parents before children. */
export interface SchemaElement {
  readonly name: string;
  /** Absent for groups. */
  readonly type?: ParquetPhysicalType;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number;
  readonly repetition: "required" | "optional" | "repeated";
  readonly childCount: number;
  readonly logical?: LogicalType;
}

const repetitions = ["required", "optional", "repeated"] as const;

/** Reads a SchemaElement of the footer. */
export function readSchemaElement(reader: CompactReader): SchemaElement {
  let name = "";
  let type: ParquetPhysicalType | undefined;
  let typeLength = 0;
  let repetition: SchemaElement["repetition"] = "required";
  let childCount = 0;
  let converted: ConvertedType | undefined;
  let scale = 0;
  let precision = 0;
  let logical: LogicalType | undefined;
  reader.struct((id) => {
    if (id === 1) type = physicalTypes[reader.integer()];
    else if (id === 2) typeLength = reader.integer();
    else if (id === 3) repetition = repetitions[reader.integer()] ?? "required";
    else if (id === 4) name = reader.text();
    else if (id === 5) childCount = reader.integer();
    else if (id === 6) converted = convertedTypes[reader.integer()];
    else if (id === 7) scale = reader.integer();
    else if (id === 8) precision = reader.integer();
    else if (id === 10) logical = readLogicalType(reader);
    else reader.skip();
  });
  // Some writers have no newer annotation for INTERVAL and say UNKNOWN.
  const older = converted === undefined ? undefined : logicalOf(converted, precision, scale);
  const meaning = logical === undefined || logical.kind === "UNKNOWN" ? (older ?? logical) : logical;
  return {
    name,
    ...(type === undefined ? {} : { type }),
    typeLength,
    repetition,
    childCount,
    ...(meaning === undefined ? {} : { logical: meaning }),
  };
}

const plainKinds = {
  1: "STRING",
  2: "MAP",
  3: "LIST",
  4: "ENUM",
  6: "DATE",
  11: "UNKNOWN",
  12: "JSON",
  13: "BSON",
  14: "UUID",
  15: "FLOAT16",
  16: "VARIANT",
} as const;

function isPlainKind(id: number): id is keyof typeof plainKinds {
  return id in plainKinds;
}

function readLogicalType(reader: CompactReader): LogicalType | undefined {
  let logical: LogicalType | undefined;
  reader.struct((id) => {
    if (id === 5) logical = readDecimal(reader);
    else if (id === 7) logical = { kind: "TIME", ...readTime(reader) };
    else if (id === 8) logical = { kind: "TIMESTAMP", ...readTime(reader) };
    else if (id === 10) logical = readInteger(reader);
    else {
      logical = { kind: isPlainKind(id) ? plainKinds[id] : "OTHER" };
      reader.skip();
    }
  });
  return logical;
}

function readDecimal(reader: CompactReader): LogicalType {
  let scale = 0;
  let precision = 0;
  reader.struct((id) => {
    if (id === 1) scale = reader.integer();
    else if (id === 2) precision = reader.integer();
    else reader.skip();
  });
  return { kind: "DECIMAL", precision, scale };
}

function readTime(reader: CompactReader): { readonly isUTC: boolean; readonly unit: TimeUnit } {
  let isUTC = true;
  let unit: TimeUnit = "MICROS";
  reader.struct((id) => {
    if (id === 1) isUTC = reader.boolean();
    else if (id === 2) {
      reader.struct((which) => {
        unit = which === 1 ? "MILLIS" : which === 3 ? "NANOS" : "MICROS";
        reader.skip();
      });
    } else reader.skip();
  });
  return { isUTC, unit };
}

function readInteger(reader: CompactReader): LogicalType {
  let bits = 32;
  let isSigned = true;
  reader.struct((id) => {
    if (id === 1) bits = reader.integer();
    else if (id === 2) isSigned = reader.boolean();
    else reader.skip();
  });
  return { kind: "INTEGER", bits, isSigned };
}

function logicalOf(converted: ConvertedType, precision: number, scale: number): LogicalType {
  switch (converted) {
    case "UTF8":
      return { kind: "STRING" };
    case "MAP":
    case "MAP_KEY_VALUE":
      return { kind: "MAP" };
    case "LIST":
    case "ENUM":
    case "DATE":
    case "JSON":
    case "BSON":
    case "INTERVAL":
      return { kind: converted };
    case "DECIMAL":
      return { kind: "DECIMAL", precision, scale };
    case "TIME_MILLIS":
    case "TIME_MICROS":
      return { kind: "TIME", isUTC: true, unit: converted === "TIME_MILLIS" ? "MILLIS" : "MICROS" };
    case "TIMESTAMP_MILLIS":
    case "TIMESTAMP_MICROS":
      return { kind: "TIMESTAMP", isUTC: true, unit: converted === "TIMESTAMP_MILLIS" ? "MILLIS" : "MICROS" };
    default: {
      const [signed, bits] = converted.split("_");
      return { kind: "INTEGER", bits: Number(bits), isSigned: signed === "INT" };
    }
  }
}
