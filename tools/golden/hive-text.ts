import { MapValue, stringType, type DataType, type SQLRow, type SQLValue, type StructType } from "@vonk/columnar/internal";
import { conversion, type SessionValues } from "@vonk/expression/internal";

/** A row as the results files have it: cells joined by tabs. */
export function rowText(row: SQLRow, schema: StructType, session: SessionValues): string {
  return schema.fields.map((field, index) => cell(row[index] ?? null, field.dataType, session, false)).join("\t");
}

function cell(value: SQLValue, type: DataType, session: SessionValues, nested: boolean): string {
  if (value === null) return nested ? "null" : "NULL";
  if (type.kind === "array" && Array.isArray(value)) return `[${value.map((item: SQLValue) => cell(item, type.element, session, true)).join(",")}]`;
  if (type.kind === "struct" && Array.isArray(value)) {
    return `{${type.fields.map((field, index) => `"${field.name}":${cell((value[index] ?? null) as SQLValue, field.dataType, session, true)}`).join(",")}}`;
  }
  if (type.kind === "map" && value instanceof MapValue) {
    const entries = value.keys.map((key, index) => `${cell(key, type.key, session, true)}:${cell(value.values[index] ?? null, type.value, session, true)}`);
    return `{${entries.toSorted().join(",")}}`;
  }
  const text = plain(value, type, session);
  return nested && type.kind === "string" ? `"${text}"` : text;
}

function plain(value: SQLValue, type: DataType, session: SessionValues): string {
  switch (type.kind) {
    case "year-month-interval": {
      const months = Math.abs(Number(value));
      return `${Number(value) < 0 ? "-" : ""}${Math.floor(months / 12)}-${months % 12}`;
    }
    case "day-time-interval":
      return dayTimeText(typeof value === "bigint" ? value : 0n);
    default: {
      const text = conversion(type, stringType, { mode: "ansi", session })?.(value);
      return typeof text === "string" ? text : `a value of ${type.kind}`;
    }
  }
}

/** `3 04:05:06.000000007`, as Hive prints it. */
function dayTimeText(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros;
  const part = (unit: bigint, modulus: bigint, width: number): string => ((absolute / unit) % modulus).toString().padStart(width, "0");
  const days = absolute / 86_400_000_000n;
  const time = `${part(3_600_000_000n, 24n, 2)}:${part(60_000_000n, 60n, 2)}:${part(1_000_000n, 60n, 2)}.${part(1n, 1_000_000n, 6)}000`;
  return `${micros < 0n ? "-" : ""}${days} ${time}`;
}
