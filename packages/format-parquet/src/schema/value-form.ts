import {
  binaryType,
  booleanType,
  byteType,
  type DataType,
  dateType,
  decimalPrecisionMax,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  type PhysicalType,
  shortType,
  stringType,
  timestampNTZType,
  timestampType,
  timeType,
  voidType,
} from "@vonk/columnar/internal";
import { parquetErrors } from "../errors.ts";
import type { ParquetPhysicalType } from "../metadata/parquet-enums.ts";
import type { LogicalType, SchemaElement } from "./schema-element.ts";

/** What is done to values between the file and the vector. */
type Conversion =
  | { readonly kind: "none" }
  /** Bits to bytes. */
  | { readonly kind: "boolean" }
  /** 12 bytes of nanoseconds and Julian day to microseconds. */
  | { readonly kind: "int96" }
  /** Big-endian two's complement to int64 or int128. */
  | { readonly kind: "big-endian" }
  /** int32 to int64, then times a factor. */
  | { readonly kind: "widen"; readonly isSigned: boolean; readonly factor: number }
  /** int64 times a factor, or divided towards negative infinity. */
  | { readonly kind: "scale"; readonly factor: number; readonly divisor: number }
  /** uint64 to int128. */
  | { readonly kind: "widen-128" }
  /** IEEE half precision to single. */
  | { readonly kind: "float16" };

/** How the values of a leaf come to be those of a vector. */
export interface ValueForm {
  readonly dataType: DataType;
  /** The vector's. */
  readonly physical: PhysicalType;
  readonly type: ParquetPhysicalType;
  /** Bytes of a value in a PLAIN page; 0 for BYTE_ARRAY and BOOLEAN. */
  readonly width: number;
  readonly conversion: Conversion;
}

const none: Conversion = { kind: "none" };

/**
 * Spark's type for a leaf of a Parquet schema, and the way to it. Unannotated FIXED_LEN_BYTE_ARRAY is BINARY, times of day are TIME(6),
 * nanoseconds are cut to microseconds.
 * @throws PARQUET_NOT_SUPPORTED
 */
export function valueForm(element: SchemaElement, path: string): ValueForm {
  const form = formOf(element);
  if (form !== undefined) return form;
  const annotation = element.logical === undefined ? "" : ` (${element.logical.kind})`;
  throw parquetErrors.create("PARQUET_NOT_SUPPORTED", {
    path,
    problem: `column ${element.name} is ${element.type ?? "of an unknown type"}${annotation}, for which there is no type in SQL`,
  });
}

function formOf(element: SchemaElement): ValueForm | undefined {
  const { type, logical } = element;
  if (
    logical?.kind === "DECIMAL" &&
    !(logical.precision >= 1 && logical.precision <= decimalPrecisionMax && logical.scale >= 0 && logical.scale <= logical.precision)
  )
    return undefined;
  switch (type) {
    case "BOOLEAN":
      return { dataType: booleanType, physical: "boolean", type, width: 0, conversion: { kind: "boolean" } };
    case "INT32":
      return int32Form(logical);
    case "INT64":
      return int64Form(logical);
    case "INT96":
      return { dataType: timestampType, physical: "int64", type, width: 12, conversion: { kind: "int96" } };
    case "FLOAT":
      return { dataType: floatType, physical: "float32", type, width: 4, conversion: none };
    case "DOUBLE":
      return { dataType: doubleType, physical: "float64", type, width: 8, conversion: none };
    case "BYTE_ARRAY":
      return byteArrayForm(logical);
    case "FIXED_LEN_BYTE_ARRAY":
      return element.typeLength > 0 ? fixedForm(element.typeLength, logical) : undefined;
    case undefined:
      return undefined;
  }
}

function int32Form(logical: LogicalType | undefined): ValueForm | undefined {
  const plain = (dataType: DataType): ValueForm => ({ dataType, physical: "int32", type: "INT32", width: 4, conversion: none });
  const wide = (dataType: DataType, isSigned: boolean, factor: number): ValueForm => ({
    dataType,
    physical: "int64",
    type: "INT32",
    width: 4,
    conversion: { kind: "widen", isSigned, factor },
  });
  switch (logical?.kind) {
    case undefined:
      return plain(integerType);
    case "DATE":
      return plain(dateType);
    case "DECIMAL":
      return plain(decimalType(logical.precision, logical.scale));
    case "TIME":
      return wide(timeType(6), true, 1_000_000);
    case "INTEGER":
      if (logical.isSigned) return plain(logical.bits === 8 ? byteType : logical.bits === 16 ? shortType : integerType);
      if (logical.bits === 32) return wide(longType, false, 1);
      return plain(logical.bits === 8 ? shortType : integerType);
    case "UNKNOWN":
      return plain(voidType);
    default:
      return undefined;
  }
}

function int64Form(logical: LogicalType | undefined): ValueForm | undefined {
  const form = (dataType: DataType, conversion: Conversion = none): ValueForm => ({
    dataType,
    physical: conversion.kind === "widen-128" ? "int128" : "int64",
    type: "INT64",
    width: 8,
    conversion,
  });
  switch (logical?.kind) {
    case undefined:
      return form(longType);
    case "DECIMAL":
      return form(decimalType(logical.precision, logical.scale));
    case "INTEGER":
      return logical.isSigned ? form(longType) : form(decimalType(20, 0), { kind: "widen-128" });
    case "TIME":
      return form(timeType(6), logical.unit === "MICROS" ? { kind: "scale", factor: 1000, divisor: 1 } : none);
    case "TIMESTAMP": {
      const dataType = logical.isUTC ? timestampType : timestampNTZType;
      if (logical.unit === "MICROS") return form(dataType);
      return form(
        dataType,
        logical.unit === "MILLIS" ? { kind: "scale", factor: 1000, divisor: 1 } : { kind: "scale", factor: 1, divisor: 1000 },
      );
    }
    case "UNKNOWN":
      return form(voidType);
    default:
      return undefined;
  }
}

function byteArrayForm(logical: LogicalType | undefined): ValueForm | undefined {
  const type = "BYTE_ARRAY";
  switch (logical?.kind) {
    case "STRING":
    case "ENUM":
    case "JSON":
      return { dataType: stringType, physical: "bytes", type, width: 0, conversion: none };
    case undefined:
    case "BSON":
    case "OTHER":
      return { dataType: binaryType, physical: "bytes", type, width: 0, conversion: none };
    case "UNKNOWN":
      return { dataType: voidType, physical: "bytes", type, width: 0, conversion: none };
    case "DECIMAL":
      return decimalForm(type, 0, logical);
    default:
      return undefined;
  }
}

function fixedForm(width: number, logical: LogicalType | undefined): ValueForm | undefined {
  const type = "FIXED_LEN_BYTE_ARRAY";
  switch (logical?.kind) {
    case "DECIMAL":
      return decimalForm(type, width, logical);
    case "FLOAT16":
      return width === 2 ? { dataType: floatType, physical: "float32", type, width, conversion: { kind: "float16" } } : undefined;
    case undefined:
    case "UUID":
    case "OTHER":
      return { dataType: binaryType, physical: "bytes", type, width, conversion: none };
    default:
      return undefined;
  }
}

function decimalForm(
  type: ParquetPhysicalType,
  width: number,
  { precision, scale }: { readonly precision: number; readonly scale: number },
): ValueForm {
  return {
    dataType: decimalType(precision, scale),
    physical: precision <= 18 ? "int64" : "int128",
    type,
    width,
    conversion: { kind: "big-endian" },
  };
}
