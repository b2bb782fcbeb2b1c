import { asBigint, asNumber, asText, isFractional, type DataType, type SQLValue, type TimeType } from "@vonk/columnar/internal";
import { microsPerSecond, parseDate } from "../calendar/civil-date.ts";
import { timeZoneOf, toLocalMicros, toUTCMicros } from "../calendar/time-zone.ts";
import { dayOf, microsOfDay, parseLocalTimestamp, parseTime, parseZonedTimestamp, truncateTime } from "../calendar/timestamp-text.ts";
import { divideTowardsZero } from "../decimal/decimal-value.ts";
import type { SessionValues } from "../function/function-entry.ts";
import { malformed, same, type CastSite, type Conversion } from "./conversion.ts";

/** The day that it is in the session's zone. */
export function todayOf(session: SessionValues): number {
  return dayOf(toLocalMicros(session.nowMicros, timeZoneOf(session.timeZone)));
}

/** To DATE. */
export function toDate(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  const zone = timeZoneOf(site.session.timeZone);
  switch (from.kind) {
    case "date":
      return same;
    case "timestamp":
      return (value) => dayOf(toLocalMicros(asBigint(value), zone));
    case "timestamp_ntz":
      return (value) => dayOf(asBigint(value));
    default:
      return (value) => parseDate(asText(value)) ?? malformed(value, from, to, site);
  }
}

/** To TIMESTAMP; numbers are seconds. */
export function toTimestamp(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  const zone = timeZoneOf(site.session.timeZone);
  switch (from.kind) {
    case "timestamp":
      return same;
    case "date":
      return (value) => toUTCMicros(microsOfDay(asNumber(value)), zone);
    case "timestamp_ntz":
      return (value) => toUTCMicros(asBigint(value), zone);
    case "boolean":
      return (value) => (value === true ? 1n : 0n);
    case "decimal": {
      const { scale } = from;
      return (value) => clampMicros(divideTowardsZero(asBigint(value) * microsPerSecond, scale));
    }
    case "string":
    case "char":
    case "varchar":
      return (value) => parseZonedTimestamp(asText(value), zone, () => todayOf(site.session)) ?? malformed(value, from, to, site);
    default:
      return isFractional(from)
        ? (value) => doubleSeconds(asNumber(value)) ?? malformed(value, from, to, site)
        : (value) => clampMicros((typeof value === "bigint" ? value : BigInt(asNumber(value))) * microsPerSecond);
  }
}

function doubleSeconds(value: number): SQLValue | undefined {
  return Number.isFinite(value) ? clampMicros(BigInt(Math.trunc(value * 1e6))) : undefined;
}

function clampMicros(micros: bigint): bigint {
  const most = 2n ** 63n - 1n;
  return micros > most ? most : micros < -most - 1n ? -most - 1n : micros;
}

/** To TIMESTAMP_NTZ. */
export function toTimestampNTZ(from: DataType, to: DataType, site: CastSite): Conversion | undefined {
  const zone = timeZoneOf(site.session.timeZone);
  switch (from.kind) {
    case "timestamp_ntz":
      return same;
    case "date":
      return (value) => microsOfDay(asNumber(value));
    case "timestamp":
      return (value) => toLocalMicros(asBigint(value), zone);
    default:
      return (value) => parseLocalTimestamp(asText(value)) ?? malformed(value, from, to, site);
  }
}

/** To TIME(p). */
export function toTime(from: DataType, to: TimeType, site: CastSite): Conversion | undefined {
  if (from.kind === "time") return from.precision <= to.precision ? same : (value) => truncateTime(asBigint(value), to.precision);
  return (value) => {
    const nanos = parseTime(asText(value));
    return nanos === undefined ? malformed(value, from, to, site) : truncateTime(nanos, to.precision);
  };
}
