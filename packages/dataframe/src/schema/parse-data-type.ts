import {
  arrayType,
  calendarIntervalType,
  charType,
  decimalType,
  mapType,
  stringType,
  structField,
  structType,
  timeType,
  varcharType,
  type DataType,
  namedType,
} from "@vonk/columnar/internal";
import { dataFrameErrors } from "../errors.ts";

/** Types that may have parameters, without them. */
const plainTypes: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ["string", stringType],
  ["time", timeType()],
  ["decimal", decimalType(10, 0)],
  ["interval", calendarIntervalType],
]);

/** The type that a text names, as SQL writes it: `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:int,b:date>`. @throws TYPE_TEXT_MALFORMED */
export function parseDataType(text: string): DataType {
  const found = typeOfText(text);
  if (found === undefined) throw dataFrameErrors.create("TYPE_TEXT_MALFORMED", { text });
  return found;
}

function typeOfText(text: string): DataType | undefined {
  const written = text.trim();
  const simple = namedType(written) ?? plainTypes.get(written.toLowerCase());
  if (simple !== undefined) return simple;
  const sized = /^(\w+)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(written);
  if (sized !== null) return sizedType(sized[1]?.toLowerCase() ?? "", Number(sized[2]), Number(sized[3] ?? 0));
  const nested = /^(\w+)\s*<(.*)>$/s.exec(written);
  if (nested === null) return undefined;
  const parts = splitAtCommas(nested[2] ?? "");
  const [first = "", second] = parts;
  switch (nested[1]?.toLowerCase()) {
    case "array": {
      const element = typeOfText(first);
      return element === undefined || parts.length !== 1 ? undefined : arrayType(element);
    }
    case "map": {
      const key = typeOfText(first);
      const value = second === undefined ? undefined : typeOfText(second);
      return key === undefined || value === undefined || parts.length !== 2 ? undefined : mapType(key, value);
    }
    case "struct":
      return structOfText(parts);
    default:
      return undefined;
  }
}

function sizedType(name: string, size: number, scale: number): DataType | undefined {
  if (name === "decimal" || name === "dec" || name === "numeric") return size <= 38 && scale <= size ? decimalType(size, scale) : undefined;
  if (name === "char") return charType(size);
  if (name === "varchar") return varcharType(size);
  return name === "time" ? timeType(size) : undefined;
}

function structOfText(parts: readonly string[]): DataType | undefined {
  const fields = parts.map((part) => {
    const match = /^\s*(`[^`]+`|\w+)\s*:?\s*(.+?)(\s+not\s+null)?\s*$/is.exec(part);
    const type = typeOfText(match?.[2] ?? "");
    return type === undefined ? undefined : structField((match?.[1] ?? "").replaceAll("`", ""), type, match?.[3] === undefined);
  });
  const known = fields.filter((field) => field !== undefined);
  return known.length === fields.length ? structType(known) : undefined;
}

/** The parts between commas that stand in no brackets. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "<" || sign === "(") depth++;
    else if (sign === ">" || sign === ")") depth--;
    else if (sign === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
