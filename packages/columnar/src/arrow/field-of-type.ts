import { columnarErrors } from "../errors.ts";
import type { DataType, StructField } from "../schema/data-type.ts";
import { catalogString } from "../schema/type-name.ts";
import type { ArrowField, ArrowType } from "./arrow-field.ts";

/** The mark by which Spark tells a variant from a struct. */
export const variantMark = { variant: "true" } as const;

/** A column's field in Arrow, by Spark's rules. @throws ARROW_NOT_SUPPORTED for the legacy interval and types of a size that is not fixed */
export function arrowField({ name, dataType, nullable }: StructField, timeZone: string): ArrowField {
  const child = (part: string, type: DataType, isNullable: boolean): ArrowField =>
    arrowField({ name: part, dataType: type, nullable: isNullable }, timeZone);
  switch (dataType.kind) {
    case "array":
      return { name, nullable, type: { kind: "list" }, children: [child("element", dataType.element, dataType.containsNull)] };
    case "map": {
      const parts = [child("key", dataType.key, false), child("value", dataType.value, dataType.valueContainsNull)];
      const entries: ArrowField = { name: "entries", nullable: false, type: { kind: "struct" }, children: parts };
      return { name, nullable, type: { kind: "map" }, children: [entries] };
    }
    case "struct":
      return { name, nullable, type: { kind: "struct" }, children: dataType.fields.map((field) => arrowField(field, timeZone)) };
    case "variant": {
      const binary: ArrowField = { name: "value", nullable: false, type: { kind: "binary" }, children: [] };
      return { name, nullable, type: { kind: "struct" }, children: [binary, { ...binary, name: "metadata", metadata: variantMark }] };
    }
    default:
      return { name, nullable, type: flatType(dataType, timeZone), children: [] };
  }
}

function flatType(type: DataType, timeZone: string): ArrowType {
  switch (type.kind) {
    case "void":
      return { kind: "null" };
    case "boolean":
      return { kind: "bool" };
    case "byte":
    case "short":
    case "integer":
    case "long":
      return { kind: "int", bits: { byte: 8, short: 16, integer: 32, long: 64 }[type.kind], isSigned: true };
    case "float":
    case "double":
      return { kind: "float", bits: type.kind === "float" ? 32 : 64 };
    case "decimal":
      return { kind: "decimal", precision: type.precision, scale: type.scale, bits: 128 };
    case "string":
    case "char":
    case "varchar":
      return { kind: "utf8" };
    case "binary":
      return { kind: "binary" };
    case "date":
      return { kind: "date", unit: "DAY" };
    case "timestamp":
      return { kind: "timestamp", unit: "MICROSECOND", timeZone };
    case "timestamp_ntz":
      return { kind: "timestamp", unit: "MICROSECOND" };
    case "time":
      return { kind: "time", unit: "NANOSECOND", bits: 64 };
    case "year-month-interval":
      return { kind: "interval-months" };
    case "day-time-interval":
      return { kind: "duration", unit: "MICROSECOND" };
    default:
      throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `the type ${catalogString(type)}` });
  }
}
