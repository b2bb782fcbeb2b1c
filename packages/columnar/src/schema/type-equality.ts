import type { DataType, StructField } from "./data-type.ts";

/** How strictly two types are compared. */
export interface TypeEqualityOptions {
  /** Whether elements, values and fields may be null does not count. */
  readonly ignoreNullability?: boolean;
  /** Names of struct fields do not count. */
  readonly ignoreNames?: boolean;
}

/** True when both are the same type with the same parameters, throughout. Field metadata does not count. */
export function sameType(a: DataType, b: DataType, options: TypeEqualityOptions = {}): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "decimal":
      return b.kind === "decimal" && a.precision === b.precision && a.scale === b.scale;
    case "string":
      return b.kind === "string" && a.collation === b.collation;
    case "char":
    case "varchar":
      return b.kind === a.kind && a.length === b.length;
    case "time":
      return b.kind === "time" && a.precision === b.precision;
    case "year-month-interval":
    case "day-time-interval":
      return b.kind === a.kind && a.start === b.start && a.end === b.end;
    case "array":
      return b.kind === "array" && sameNullability(a.containsNull, b.containsNull, options) && sameType(a.element, b.element, options);
    case "map":
      return (
        b.kind === "map" &&
        sameNullability(a.valueContainsNull, b.valueContainsNull, options) &&
        sameType(a.key, b.key, options) &&
        sameType(a.value, b.value, options)
      );
    case "struct":
      return b.kind === "struct" && sameFields(a.fields, b.fields, options);
    default:
      return a.kind === b.kind;
  }
}

function sameNullability(a: boolean, b: boolean, options: TypeEqualityOptions): boolean {
  return a === b || options.ignoreNullability === true;
}

function sameFields(a: readonly StructField[], b: readonly StructField[], options: TypeEqualityOptions): boolean {
  return (
    a.length === b.length &&
    a.every((field, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        (options.ignoreNames === true || field.name === other.name) &&
        sameNullability(field.nullable, other.nullable, options) &&
        sameType(field.dataType, other.dataType, options)
      );
    })
  );
}
