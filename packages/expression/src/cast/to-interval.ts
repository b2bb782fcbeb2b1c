import {
  asBigint,
  asNumber,
  asText,
  CalendarInterval,
  type DataType,
  type DayTimeIntervalType,
  type YearMonthIntervalType,
} from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import { parseCalendarInterval, parseDayTime, parseYearMonth } from "../interval/parse-interval.ts";
import { outOfRange, type CastSite, type Conversion } from "./conversion.ts";
import { microsOfField } from "./to-number.ts";

function badInterval(text: string, site: CastSite, typeName: string): null {
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", { input: text, typeName });
}

/** To INTERVAL YEAR TO MONTH; integers count the type's one unit, narrower types cut off. */
export function toYearMonth(from: DataType, to: YearMonthIntervalType, site: CastSite): Conversion {
  const unit = to.end === "year" ? 12 : 1;
  if (from.kind === "year-month-interval") return (value) => asNumber(value) - (asNumber(value) % unit);
  if (from.kind === "string")
    return (value) => parseYearMonth(asText(value), to) ?? badInterval(asText(value), site, "interval year to month");
  return (value) => {
    const months = Number(value) * unit;
    return months === (months | 0) ? months : site.mode === "try" ? null : outOfRange(value, from, to, site);
  };
}

/** To INTERVAL DAY TO SECOND; integers count the type's one unit, narrower types cut off. */
export function toDayTime(from: DataType, to: DayTimeIntervalType, site: CastSite): Conversion {
  const unit = to.end === "second" ? 1n : microsOfField[to.end];
  if (from.kind === "day-time-interval") return (value) => asBigint(value) - (asBigint(value) % unit);
  if (from.kind === "string")
    return (value) => parseDayTime(asText(value), to) ?? badInterval(asText(value), site, "interval day to second");
  return (value) => {
    const micros = (typeof value === "bigint" ? value : BigInt(asNumber(value))) * microsOfField[to.end];
    return BigInt.asIntN(64, micros) === micros ? micros : site.mode === "try" ? null : outOfRange(value, from, to, site);
  };
}

/** To the legacy INTERVAL; text that is none is null under ANSI too. */
export function toCalendarInterval(from: DataType, _to: DataType, _site: CastSite): Conversion {
  if (from.kind === "interval") return (value) => value;
  if (from.kind === "year-month-interval") return (value) => new CalendarInterval(asNumber(value), 0, 0n);
  if (from.kind === "day-time-interval") {
    return (value) => new CalendarInterval(0, Number(asBigint(value) / microsOfField.day), asBigint(value) % microsOfField.day);
  }
  return (value) => parseCalendarInterval(asText(value)) ?? null;
}
