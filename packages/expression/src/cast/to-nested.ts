import { MapValue, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { isList } from "../order/compare-values.ts";
import type { Conversion } from "./conversion.ts";

/** Between arrays, maps and structs, part by part; fields by position. Undefined when some part has no conversion. */
export function toNested(
  from: DataType,
  to: DataType,
  convert: (from: DataType, to: DataType) => Conversion | undefined,
): Conversion | undefined {
  if (from.kind === "array" && to.kind === "array") {
    const element = nullable(convert(from.element, to.element));
    return element === undefined ? undefined : (value) => (isList(value) ? value.map(element) : null);
  }
  if (from.kind === "map" && to.kind === "map") {
    const key = nullable(convert(from.key, to.key));
    const item = nullable(convert(from.value, to.value));
    if (key === undefined || item === undefined) return undefined;
    return (value) => (value instanceof MapValue ? new MapValue(value.keys.map(key), value.values.map(item)) : null);
  }
  if (from.kind !== "struct" || to.kind !== "struct") return undefined;
  const fields = from.fields.map((field, index) => nullable(convert(field.dataType, to.fields[index]?.dataType ?? field.dataType)));
  if (fields.includes(undefined)) return undefined;
  return (value) => (isList(value) ? fields.map((field, index) => field?.(value[index] ?? null) ?? null) : null);
}

function nullable(convert: Conversion | undefined): ((value: SQLValue) => SQLValue) | undefined {
  return convert === undefined ? undefined : (value) => (value === null ? null : convert(value));
}
