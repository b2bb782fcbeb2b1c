import { type DataType, MapValue, type SQLValue } from "@vonk/columnar/internal";

/** A value as read_back.py writes it: integers and decimals (without their point) as text, floats as bits, bytes as hex digits, maps as pairs. */
export function canonical(type: DataType, value: SQLValue): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof MapValue && type.kind === "map")
    return value.keys.map((key, index) => [canonical(type.key, key), canonical(type.value, value.values[index] ?? null)]);
  if (Array.isArray(value)) {
    if (type.kind === "array") return value.map((each: SQLValue) => canonical(type.element, each));
    if (type.kind === "struct") return type.fields.map(({ dataType }, index) => canonical(dataType, (value[index] ?? null) as SQLValue));
  }
  if (typeof value === "number" && (type.kind === "float" || type.kind === "double")) return floating(value);
  return typeof value === "number" || typeof value === "bigint" ? value.toString() : undefined;
}

function floating(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
