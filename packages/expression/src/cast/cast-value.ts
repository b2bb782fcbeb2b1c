import { asText, isIntegral, type DataType } from "@vonk/columnar/internal";
import { castExists } from "./cast-rule.ts";
import { same, type CastSite, type Conversion } from "./conversion.ts";
import { toDate, toTime, toTimestamp, toTimestampNTZ } from "./to-datetime.ts";
import { toCalendarInterval, toDayTime, toYearMonth } from "./to-interval.ts";
import { toNested } from "./to-nested.ts";
import { toBoolean, toDecimal, toDouble, toInteger } from "./to-number.ts";
import { toText } from "./to-text.ts";

/** The conversion between two types; undefined when there is none. */
export function conversion(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  if (from.kind === "void") return () => null;
  if (!castExists(from, to, site.mode)) return undefined;
  switch (to.kind) {
    case "string":
    case "char":
    case "varchar":
      return from.kind === "string" || from.kind === "char" || from.kind === "varchar" ? same : toText(from, site.session);
    case "boolean":
      return toBoolean(from, to, site);
    case "byte":
    case "short":
    case "integer":
    case "long":
      return toInteger(from, to, site);
    case "float":
    case "double":
      return toDouble(from, to, site);
    case "decimal":
      return toDecimal(from, to, site);
    case "date":
      return toDate(from, to, site);
    case "timestamp":
      return toTimestamp(from, to, site);
    case "timestamp_ntz":
      return toTimestampNTZ(from, to, site);
    case "time":
      return toTime(from, to, site);
    case "year-month-interval":
      return toYearMonth(from, to, site);
    case "day-time-interval":
      return toDayTime(from, to, site);
    case "interval":
      return toCalendarInterval(from, to, site);
    case "binary":
      return toBinary(from);
    case "array":
    case "map":
    case "struct":
      return toNested(from, to, (a, b) => conversion(a, b, site));
    default:
      return from.kind === to.kind ? same : undefined;
  }
}

const integerBytes: Partial<Record<DataType["kind"], number>> = { byte: 1, short: 2, integer: 4, long: 8 };

/** Text as UTF-8; integers as their bytes, the highest first. */
function toBinary(from: DataType): Conversion {
  if (from.kind === "binary") return same;
  if (!isIntegral(from)) return (value) => new TextEncoder().encode(asText(value));
  const length = integerBytes[from.kind] ?? 8;
  return (value) => {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigInt64(0, typeof value === "bigint" ? value : BigInt(Number(value)));
    return new Uint8Array(bytes.buffer, 8 - length);
  };
}
