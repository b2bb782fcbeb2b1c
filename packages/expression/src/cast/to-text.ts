import { asBigint, asNumber, CalendarInterval, MapValue, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { dateText } from "../calendar/civil-date.ts";
import { timeZoneOf, toLocalMicros } from "../calendar/time-zone.ts";
import { timestampText, timeText } from "../calendar/timestamp-text.ts";
import { decimalText } from "../decimal/decimal-value.ts";
import type { SessionValues } from "../function/function-entry.ts";
import { calendarIntervalText, dayTimeText, yearMonthText } from "../interval/interval-text.ts";
import { isList } from "../order/compare-values.ts";
import { doubleText, floatText } from "./number-text.ts";

/** What CAST to STRING makes of values of a type. */
export function toText(from: DataType, session: SessionValues): (value: SQLValue) => SQLValue {
  switch (from.kind) {
    case "void":
      return () => null;
    case "float":
      return (value) => floatText(asNumber(value));
    case "double":
      return (value) => doubleText(asNumber(value));
    case "decimal":
      return (value) => decimalText(asBigint(value), from.scale);
    case "date":
      return (value) => dateText(asNumber(value));
    case "timestamp": {
      const zone = timeZoneOf(session.timeZone);
      return (value) => timestampText(toLocalMicros(asBigint(value), zone));
    }
    case "timestamp_ntz":
      return (value) => timestampText(asBigint(value));
    case "time":
      return (value) => timeText(asBigint(value));
    case "year-month-interval":
      return (value) => yearMonthText(asNumber(value), from, "ansi");
    case "day-time-interval":
      return (value) => dayTimeText(asBigint(value), from, "ansi");
    case "interval":
      return (value) => (value instanceof CalendarInterval ? calendarIntervalText(value) : null);
    case "binary":
      return (value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : null);
    case "array":
    case "map":
    case "struct":
      return nestedText(from, session);
    default:
      return plainText;
  }
}

function plainText(value: SQLValue): string {
  return typeof value === "string" ? value : typeof value === "object" ? "" : String(value);
}

/** `[1, null]`, `{k -> v}`, `{1, a}`: texts inside are not quoted. */
function nestedText(from: DataType, session: SessionValues): (value: SQLValue) => SQLValue {
  const part = (type: DataType): ((value: SQLValue) => string) => {
    const text = toText(type, session);
    return (value) => (value === null ? "null" : plainText(text(value)));
  };
  if (from.kind === "array") {
    const element = part(from.element);
    return (value) => (isList(value) ? `[${value.map(element).join(", ")}]` : null);
  }
  if (from.kind === "map") {
    const [key, item] = [part(from.key), part(from.value)];
    const pair = (map: MapValue, index: number): string => `${key(map.keys[index] ?? null)} -> ${item(map.values[index] ?? null)}`;
    return (value) => (value instanceof MapValue ? `{${value.keys.map((_, index) => pair(value, index)).join(", ")}}` : null);
  }
  const fields = from.kind === "struct" ? from.fields.map((field) => part(field.dataType)) : [];
  return (value) => (isList(value) ? `{${fields.map((field, index) => field(value[index] ?? null)).join(", ")}}` : null);
}
