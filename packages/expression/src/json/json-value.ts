import {
  asBigint,
  asBytes,
  asList,
  asNumber,
  asText,
  isFractional,
  isIntegral,
  MapValue,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { conversion } from "../cast/cast-value.ts";
import { doubleText, floatText } from "../cast/number-text.ts";
import { toText } from "../cast/to-text.ts";
import { formatPattern, parsePattern } from "../calendar/datetime-pattern.ts";
import { parseWithPattern } from "../calendar/pattern-parser.ts";
import { timeZoneOf, toLocalMicros, toUTCMicros } from "../calendar/time-zone.ts";
import { dayOf, floorDivide, microsOfDay } from "../calendar/timestamp-text.ts";
import { decimalText } from "../decimal/decimal-value.ts";
import type { SessionValues } from "../function/function-entry.ts";
import { jsonText, memberOf, type JSONNode } from "./json-text.ts";

/** Options of `from_json` and `to_json`, by their names in small letters. */
export type JSONOptions = ReadonlyMap<string, string>;

/** A value that a JSON value does not give: the field is null, and the record partly read. */
const unfit = Symbol("unfit");
type Result = SQLValue | typeof unfit;

/** A reader of JSON values of a type; what does not fit is null, throughout. */
export function jsonReader(type: DataType, session: SessionValues, options: JSONOptions): (node: JSONNode) => SQLValue {
  const read = reader(type, session, options);
  return (node) => {
    const value = read(node);
    return value === unfit ? null : value;
  };
}

function reader(type: DataType, session: SessionValues, options: JSONOptions): (node: JSONNode) => Result {
  const orNull =
    (read: (node: JSONNode) => Result) =>
    (node: JSONNode): Result =>
      node.kind === "null" ? null : read(node);
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map((field) => [field.name, jsonReader(field.dataType, session, options)] as const);
      return orNull((node) => {
        if (node.kind !== "object") return unfit;
        return fields.map(([name, read]) => {
          const member = memberOf(node, name);
          return member === undefined ? null : read(member);
        });
      });
    }
    case "array": {
      // An element that does not fit makes the whole array null.
      const element = reader(type.element, session, options);
      return orNull((node) => {
        if (node.kind !== "array") return unfit;
        const values: SQLValue[] = [];
        for (const item of node.items) {
          const value = element(item);
          if (value === unfit) return unfit;
          values.push(value);
        }
        return values;
      });
    }
    case "map": {
      const value = jsonReader(type.value, session, options);
      return orNull((node) => (node.kind === "object" ? new MapValue(node.keys, node.values.map(value)) : unfit));
    }
    default:
      return orNull(atomReader(type, session, options));
  }
}

function atomReader(type: DataType, session: SessionValues, options: JSONOptions): (node: JSONNode) => Result {
  const convert = conversion({ kind: "string", collation: "UTF8_BINARY" }, type, { mode: "try", session });
  const fromText = (text: string): Result => convert?.(text) ?? unfit;
  if (type.kind === "string") return (node) => (node.kind === "string" ? node.value : jsonText(node));
  if (type.kind === "boolean") return (node) => (node.kind === "boolean" ? node.value : unfit);
  if (isIntegral(type)) return (node) => (node.kind === "number" ? fromText(node.text) : unfit);
  if (isFractional(type))
    return (node) =>
      node.kind === "number"
        ? fromText(node.text.replace(/INF$/, "Infinity"))
        : node.kind === "string" && /^(?:NaN|[+-]?Infinity|[+-]?INF)$/.test(node.value)
          ? fromText(node.value)
          : unfit;
  if (type.kind === "decimal")
    return (node) => (node.kind === "number" ? fromText(node.text) : node.kind === "string" ? fromText(node.value) : unfit);
  if (type.kind === "binary") return (node) => (node.kind === "string" ? new Uint8Array(Buffer.from(node.value, "base64")) : unfit);
  const pattern = options.get(
    type.kind === "date" ? "dateformat" : type.kind === "timestamp_ntz" ? "timestampntzformat" : "timestampformat",
  );
  const datetime = type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
  if (pattern === undefined || !datetime) return (node) => (node.kind === "string" ? fromText(node.value) : unfit);
  const zone = timeZoneOf(options.get("timezone") ?? session.timeZone);
  return (node) => {
    const parsed = node.kind === "string" ? parseWithPattern(parsePattern(pattern), node.value) : undefined;
    if (parsed === undefined) return unfit;
    if (type.kind === "date") return dayOf(parsed.localMicros);
    return type.kind === "timestamp" ? toUTCMicros(parsed.localMicros, parsed.zone ?? zone) : parsed.localMicros;
  };
}

/** A writer of JSON for values of a type, which are not null. Fields that are null are left out unless `ignoreNullFields` is false. */
export function jsonWriter(type: DataType, session: SessionValues, options: JSONOptions): (value: SQLValue) => string {
  const part = (inner: DataType): ((value: SQLValue) => string) => {
    const write = jsonWriter(inner, session, options);
    return (value) => (value === null ? "null" : write(value));
  };
  switch (type.kind) {
    case "struct": {
      const keep = options.get("ignorenullfields") === "false";
      const fields = type.fields.map((field) => [JSON.stringify(field.name), part(field.dataType)] as const);
      return (value) => {
        const values = asList(value);
        return `{${fields.flatMap(([name, write], index) => ((values[index] ?? null) === null && !keep ? [] : [`${name}:${write(values[index] ?? null)}`])).join(",")}}`;
      };
    }
    case "array": {
      const element = part(type.element);
      return (value) => `[${asList(value).map(element).join(",")}]`;
    }
    case "map": {
      const [item, key] = [part(type.value), toText(type.key, session)];
      return (value) =>
        value instanceof MapValue
          ? `{${value.keys.map((one, index) => `${JSON.stringify(asText(key(one)))}:${item(value.values[index] ?? null)}`).join(",")}}`
          : "null";
    }
    default:
      return atomWriter(type, session, options);
  }
}

function atomWriter(type: DataType, session: SessionValues, options: JSONOptions): (value: SQLValue) => string {
  if (type.kind === "boolean") return (value) => String(value === true);
  if (type.kind === "decimal") return (value) => decimalText(asBigint(value), type.scale);
  if (type.kind === "float" || type.kind === "double") {
    const text = type.kind === "float" ? floatText : doubleText;
    return (value) => (Number.isFinite(value) ? text(asNumber(value)) : JSON.stringify(text(asNumber(value))));
  }
  if (isIntegral(type)) return (value) => (typeof value === "bigint" ? value.toString() : String(asNumber(value)));
  if (type.kind === "binary") return (value) => JSON.stringify(Buffer.from(asBytes(value)).toString("base64"));
  if (type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz") {
    const write = datetimeWriter(type, session, options);
    return (value) => JSON.stringify(write(value));
  }
  const text = toText(type, session);
  return (value) => JSON.stringify(asText(text(value)));
}

const defaultFormats: Readonly<Record<string, string>> = {
  date: "yyyy-MM-dd",
  timestamp: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  timestamp_ntz: "yyyy-MM-dd'T'HH:mm:ss.SSS",
};

/** Dates and moments as JSON and CSV show them, by their options' patterns. */
export function datetimeWriter(type: DataType, session: SessionValues, options: JSONOptions): (value: SQLValue) => string {
  const option = type.kind === "date" ? "dateformat" : type.kind === "timestamp" ? "timestampformat" : "timestampntzformat";
  const items = parsePattern(options.get(option) ?? defaultFormats[type.kind] ?? "yyyy-MM-dd");
  const zone = timeZoneOf(options.get("timezone") ?? session.timeZone);
  return (value) => {
    const micros = type.kind === "date" ? microsOfDay(asNumber(value)) : asBigint(value);
    const localMicros = type.kind === "timestamp" ? toLocalMicros(micros, zone) : micros;
    return formatPattern(items, { localMicros, zone, utcSeconds: Number(floorDivide(micros, 1_000_000n)) });
  };
}
