import {
  asBigint,
  asText,
  dateType,
  dayTimeIntervalType,
  longType,
  stringType,
  timestampNTZType,
  timestampType,
  timeType,
} from "@vonk/columnar/internal";
import { todayOf } from "../../cast/to-datetime.ts";
import { timeZoneOf, toLocalMicros } from "../../calendar/time-zone.ts";
import { floorModulo, truncateTime } from "../../calendar/timestamp-text.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { CallSite, ScalarFunction } from "../../function/function-entry.ts";
import { exactly, oneOf } from "../../function/signature.ts";
import { int, word } from "./parameter.ts";

const datetime = family("datetime");

function localNow(site: CallSite): bigint {
  return toLocalMicros(site.session.nowMicros, timeZoneOf(site.session.timeZone));
}

const timeUnits: Readonly<Record<string, bigint>> = {
  HOUR: 3_600_000_000_000n,
  MINUTE: 60_000_000_000n,
  SECOND: 1_000_000_000n,
  MILLISECOND: 1_000_000n,
  MICROSECOND: 1000n,
};

function timeUnit(name: string, unit: string): bigint {
  const nanos = timeUnits[unit.toUpperCase()];
  if (nanos !== undefined) return nanos;
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.DATETIME_UNIT", {
    parameter: "`unit`",
    functionName: `\`${name}\``,
    invalidValue: `'${unit}'`,
  });
}

/** What the clock of the query shows, and functions of times of day. */
export const currentTime: readonly ScalarFunction[] = [
  datetime("current_date", "The day that it is in the session's zone.", [], dateType, (site) => () => todayOf(site.session), {
    aliases: ["curdate"],
  }),
  datetime("current_timestamp", "The moment at which the query began.", [], timestampType, (site) => () => site.session.nowMicros, {
    aliases: ["now"],
  }),
  datetime("localtimestamp", "What the session's clock shows.", [], timestampNTZType, (site) => () => localNow(site)),
  datetime(
    "current_time",
    "The time of day that the session's clock shows.",
    [int],
    timeType(6),
    (site) => (precision) => truncateTime(floorModulo(localNow(site), 86_400_000_000n) * 1000n, Number(precision ?? 6)),
    {
      arity: [0, 1],
      aliases: ["localtime"],
      nulls: "handled",
      resolve: (args) => ({
        args: args.map((argument) => argument.dataType),
        dataType: timeType(Number(args[0]?.constant?.value ?? 6)),
        nullable: false,
      }),
    },
  ),
  datetime("current_timezone", "The session's zone.", [], stringType, (site) => () => site.session.timeZone),
  datetime(
    "time_trunc",
    "The time of day cut to a unit.",
    [word, oneOf(timeType(6))],
    ([, type = timeType(6)]) => type,
    () => (unit, time) => {
      const nanos = timeUnit("time_trunc", asText(unit));
      return asBigint(time) - (asBigint(time) % nanos);
    },
  ),
  datetime(
    "time_diff",
    "Whole units from one time of day to another.",
    [word, exactly(timeType(6)), exactly(timeType(6))],
    longType,
    () => (unit, start, end) => (asBigint(end) - asBigint(start)) / timeUnit("time_diff", asText(unit)),
    {
      aliases: ["timediff"],
    },
  ),
];

/** The type of the difference of two times of day. */
export const timeDifferenceType: ReturnType<typeof dayTimeIntervalType> = dayTimeIntervalType("hour", "second");
