import {
  arrayType,
  calendarIntervalType,
  dayTimeFields,
  dayTimeIntervalType,
  decimalOfIntegral,
  doubleType,
  isDatetime,
  isFractional,
  isIntegral,
  isNumeric,
  longType,
  mapType,
  sameType,
  structField,
  structType,
  timestampNTZType,
  timestampType,
  yearMonthFields,
  yearMonthIntervalType,
  type DataType,
  type StructField,
} from "@vonk/columnar/internal";
import { widerDecimal } from "../decimal/decimal-value.ts";

const numericOrder: readonly DataType["kind"][] = ["byte", "short", "integer", "long", "float", "double"];

/** How types are brought together: Spark's ANSI rules, or the older ones. */
export interface CoercionMode {
  readonly ansi: boolean;
}

/**
 * The narrowest type that values of both become without loss of meaning, strings not converted; undefined when there is none. Spark's
 * `findTightestCommonType`, with decimals widened.
 */
export function tightestType(a: DataType, b: DataType, mode: CoercionMode): DataType | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (isNumeric(a) && isNumeric(b)) return tightestNumeric(a, b, mode);
  if (isDatetime(a) && isDatetime(b)) return a.kind === "timestamp" || b.kind === "timestamp" ? timestampType : timestampNTZType;
  if (a.kind === "year-month-interval" && b.kind === "year-month-interval") {
    const fields = [a.start, a.end, b.start, b.end].map((field) => yearMonthFields.indexOf(field));
    return yearMonthIntervalType(yearMonthFields[Math.min(...fields)], yearMonthFields[Math.max(...fields)]);
  }
  if (a.kind === "day-time-interval" && b.kind === "day-time-interval") {
    const fields = [a.start, a.end, b.start, b.end].map((field) => dayTimeFields.indexOf(field));
    return dayTimeIntervalType(dayTimeFields[Math.min(...fields)], dayTimeFields[Math.max(...fields)]);
  }
  if (a.kind === "interval" && isInterval(b)) return calendarIntervalType;
  if (b.kind === "interval" && isInterval(a)) return calendarIntervalType;
  if (a.kind === "time" && b.kind === "time") return a.precision >= b.precision ? a : b;
  return nestedType(a, b, (left, right) => tightestType(left, right, mode));
}

function isInterval(type: DataType): boolean {
  return type.kind === "year-month-interval" || type.kind === "day-time-interval";
}

function tightestNumeric(a: DataType, b: DataType, mode: CoercionMode): DataType {
  const left = a.kind === "decimal" ? a : isFractional(b) ? undefined : decimalOfIntegral(a);
  const right = b.kind === "decimal" ? b : isFractional(a) ? undefined : decimalOfIntegral(b);
  if (a.kind === "decimal" || b.kind === "decimal") {
    return left === undefined || right === undefined || isFractional(a) || isFractional(b) ? doubleType : widerDecimal(left, right);
  }
  // An integer that meets a float needs more digits than a float has.
  if (mode.ansi && isFractional(a) !== isFractional(b)) return doubleType;
  return numericOrder.indexOf(a.kind) >= numericOrder.indexOf(b.kind) ? a : b;
}

/** Nested types are brought together part by part; struct fields by position, under the first one's names. */
function nestedType(a: DataType, b: DataType, common: (a: DataType, b: DataType) => DataType | undefined): DataType | undefined {
  if (a.kind === "array" && b.kind === "array") {
    const element = common(a.element, b.element);
    return element === undefined ? undefined : arrayType(element, a.containsNull || b.containsNull);
  }
  if (a.kind === "map" && b.kind === "map") {
    const key = common(a.key, b.key);
    const value = common(a.value, b.value);
    return key === undefined || value === undefined ? undefined : mapType(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind !== "struct" || b.kind !== "struct" || a.fields.length !== b.fields.length) return undefined;
  const fields: StructField[] = [];
  for (const [index, field] of a.fields.entries()) {
    const other = b.fields[index];
    const type =
      other === undefined || other.name.toLowerCase() !== field.name.toLowerCase() ? undefined : common(field.dataType, other.dataType);
    if (other === undefined || type === undefined) return undefined;
    fields.push(structField(field.name, type, field.nullable || other.nullable));
  }
  return structType(fields);
}

/**
 * The type that both become where a query brings them together: CASE, UNION, `=`, `coalesce`. Under ANSI a string becomes the other's type,
 * without ANSI the other becomes a string; undefined when they do not go together.
 */
export function widerType(a: DataType, b: DataType, mode: CoercionMode): DataType | undefined {
  return (
    tightestType(a, b, mode) ??
    (mode.ansi ? (ansiStringType(a, b) ?? ansiStringType(b, a)) : (legacyStringType(a, b) ?? legacyStringType(b, a))) ??
    nestedType(a, b, (left, right) => widerType(left, right, mode))
  );
}

/** Under ANSI: what a string and another type become. */
export function ansiStringType(text: DataType, other: DataType): DataType | undefined {
  if (text.kind !== "string") return undefined;
  if (isIntegral(other)) return longType;
  if (isFractional(other) || other.kind === "decimal") return doubleType;
  if (other.kind === "string") return text;
  const atomic = isDatetime(other) || isInterval(other) || ["boolean", "binary", "time"].includes(other.kind);
  return atomic ? other : undefined;
}

function legacyStringType(text: DataType, other: DataType): DataType | undefined {
  if (text.kind !== "string") return undefined;
  return isNumeric(other) || isDatetime(other) || other.kind === "string" || isInterval(other) || other.kind === "time" ? text : undefined;
}

/** The type of many; undefined when some two do not go together. */
export function widestType(types: readonly DataType[], mode: CoercionMode): DataType | undefined {
  let widest: DataType | undefined = types[0];
  // Strings wait: under ANSI their fate depends on what the others are.
  const ordered = mode.ansi
    ? [...types.filter((type) => type.kind !== "string"), ...types.filter((type) => type.kind === "string")]
    : types;
  widest = ordered[0];
  for (const type of ordered.slice(1)) widest = widest === undefined ? undefined : widerType(widest, type, mode);
  return widest;
}

/** True when Spark casts one type to another by itself where a function asks for the other. */
export function implicitlyCasts(from: DataType, to: DataType, mode: CoercionMode): boolean {
  if (sameType(from, to, { ignoreNullability: true }) || from.kind === "void") return true;
  if (isNumeric(from) && isNumeric(to)) {
    if (!mode.ansi) return true;
    return tightestTypeIs(from, to, mode);
  }
  if (from.kind === "string") return ansiStringAccepts(to);
  if (to.kind === "string")
    return !mode.ansi ? !["array", "map", "struct", "binary"].includes(from.kind) || from.kind === "binary" : ansiToString(from);
  if (isDatetime(from) && isDatetime(to)) return !mode.ansi || from.kind === "date" || from.kind === "timestamp_ntz";
  if (isInterval(from) && to.kind === "interval") return true;
  return from.kind === to.kind && isInterval(from);
}

function tightestTypeIs(from: DataType, to: DataType, mode: CoercionMode): boolean {
  if (isFractional(to)) return to.kind === "double" || from.kind !== "double";
  if (to.kind === "decimal" || from.kind === "decimal") return to.kind === "decimal";
  const tightest = tightestType(from, to, mode);
  return tightest !== undefined && sameType(tightest, to);
}

function ansiStringAccepts(to: DataType): boolean {
  return isNumeric(to) || isDatetime(to) || isInterval(to) || ["boolean", "binary", "string", "time"].includes(to.kind);
}

function ansiToString(from: DataType): boolean {
  return isNumeric(from) || isDatetime(from) || isInterval(from) || ["boolean", "binary", "string", "time"].includes(from.kind);
}
