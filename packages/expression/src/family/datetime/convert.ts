import {
  asBigint,
  asNumber,
  asText,
  dateType,
  integerType,
  isNumeric,
  longType,
  stringType,
  timestampNTZType,
  timestampType,
  timeType,
  voidType,
  type DataType,
} from "@vonk/columnar/internal";
import { conversion } from "../../cast/cast-value.ts";
import { formatPattern, parsePattern } from "../../calendar/datetime-pattern.ts";
import { parseWithPattern } from "../../calendar/pattern-parser.ts";
import { timeZoneOf, toLocalMicros, toUTCMicros } from "../../calendar/time-zone.ts";
import { dayOf, floorDivide, floorModulo } from "../../calendar/timestamp-text.ts";
import { expressionErrors } from "../../errors.ts";
import { family, tolerant } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { coerceTo, exactly, oneOf } from "../../function/signature.ts";
import { anyTimestamp, word, zonedTimestamp } from "./parameter.ts";
import { checkedMicros } from "./shift.ts";

const datetime = family("datetime");
const defaultPattern = "yyyy-MM-dd HH:mm:ss";

/** Text that does not follow its pattern: an error under ANSI, else null. @throws CANNOT_PARSE_TIMESTAMP */
function unparseable(text: string, site: CallSite, instead: string): null {
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("CANNOT_PARSE_TIMESTAMP", { message: `Text '${text}' could not be parsed.`, func: `\`${instead}\`` });
}

/** Reads text under a pattern as a TIMESTAMP of the session's zone or a TIMESTAMP_NTZ. */
function patternReader(to: DataType, site: CallSite, instead: string): (text: string, pattern: string) => bigint | null {
  const session = timeZoneOf(site.session.timeZone);
  return (text, pattern) => {
    const parsed = parseWithPattern(parsePattern(pattern), text);
    if (parsed === undefined) return unparseable(text, site, instead);
    return to.kind === "timestamp" ? toUTCMicros(parsed.localMicros, parsed.zone ?? session) : parsed.localMicros;
  };
}

/** `to_timestamp` and its like: one argument is cast, two are text and pattern. */
function parsing(name: string, doc: string, to: DataType, aliases: readonly string[] = []): ScalarFunction {
  const resolve = (args: readonly Argument[], site: ResolutionSite): Resolution => {
    const type = args[0]?.dataType ?? voidType;
    const datetimes = ["date", "timestamp", "timestamp_ntz", "string", "time"];
    const kept = datetimes.includes(type.kind) || (args.length === 1 && isNumeric(type) && to.kind === "timestamp");
    const first = kept
      ? type
      : (coerceTo([oneOf(stringType, dateType, timestampType, timestampNTZType)], args.slice(0, 1), site)[0] ?? type);
    return { args: [first, ...coerceTo([word], args.slice(1), site)], dataType: to, nullable: true };
  };
  const evaluator = (site: CallSite): Evaluator => {
    const from = site.args[0]?.dataType ?? stringType;
    const convert = conversion(from, to, { mode: site.mode, session: site.session }) ?? (() => null);
    if (site.args.length === 1 || from.kind !== "string") return (value = null) => convert(value);
    const read = patternReader(
      to.kind === "date" ? timestampNTZType : to,
      site,
      `try_${name}`.replace("try_to_timestamp_ltz", "try_to_timestamp").replace("try_to_timestamp_ntz", "try_to_timestamp"),
    );
    return (value, pattern) => {
      const micros = read(asText(value), asText(pattern));
      if (micros === null) return null;
      return to.kind === "date" ? dayOf(micros) : to.kind === "time" ? floorModulo(micros, 86_400_000_000n) * 1000n : micros;
    };
  };
  return datetime(name, doc, [], to, evaluator, { arity: [1, 2], resolve, aliases });
}

/** A moment under a pattern. */
function formatter(site: CallSite): (micros: bigint, pattern: string) => string {
  const zone = timeZoneOf(site.session.timeZone);
  return (micros, pattern) =>
    formatPattern(parsePattern(pattern), {
      localMicros: toLocalMicros(micros, zone),
      zone,
      utcSeconds: Number(floorDivide(micros, 1_000_000n)),
    });
}

/** Seconds since the epoch of a moment, a date or text under a pattern. */
function unixSeconds(site: CallSite): Evaluator {
  const from = site.args[0]?.dataType ?? stringType;
  if (site.args.length === 0) return () => floorDivide(site.session.nowMicros, 1_000_000n);
  const convert = conversion(from, timestampType, { mode: site.mode, session: site.session }) ?? (() => null);
  const read = patternReader(timestampType, site, "try_to_timestamp");
  return (value = null, pattern = defaultPattern) => {
    const micros = from.kind === "string" ? read(asText(value), asText(pattern)) : convert(value);
    return micros === null ? null : floorDivide(asBigint(micros), 1_000_000n);
  };
}

function unixTimestamp(name: string, arity: readonly [number, number]): ScalarFunction {
  return datetime(name, "Seconds since the epoch.", [], longType, unixSeconds, {
    arity,
    resolve: (args, site) => ({
      args: coerceTo([oneOf(stringType, dateType, timestampType, timestampNTZType), word], args, site),
      dataType: longType,
    }),
    sql: (args) =>
      `${name}(${(args.length === 0 ? ["current_timestamp()"] : args).concat(args.length < 2 ? [defaultPattern] : []).join(", ")})`,
  });
}

const exactInteger = oneOf(longType);

/** A moment of a count since the epoch. */
function momentOf(name: string, unit: string, micros: bigint): ScalarFunction {
  return datetime(name, `The moment that many ${unit} after the epoch.`, [exactInteger], timestampType, (site) => (count) => {
    const many = asBigint(count);
    return checkedMicros(many * micros, site, `create a TIMESTAMP from ${many}L ${unit} since the epoch`);
  });
}

function secondsToMoment(site: CallSite): Evaluator {
  const type = site.args[0]?.dataType ?? longType;
  const convert = conversion(type, timestampType, { mode: site.mode, session: site.session }) ?? (() => null);
  return (value = null) => {
    if (typeof value === "number" && !Number.isFinite(value)) return null;
    const whole = typeof value === "bigint" && type.kind === "long" ? value : undefined;
    return whole === undefined
      ? convert(value)
      : checkedMicros(whole * 1_000_000n, site, `create a TIMESTAMP from ${whole}L seconds since the epoch`);
  };
}

function countOf(name: string, unit: string, micros: bigint): ScalarFunction {
  return datetime(name, `${unit} since the epoch.`, [zonedTimestamp], longType, () => (moment) => floorDivide(asBigint(moment), micros));
}

function shiftZone(toward: 1 | -1): (site: CallSite) => Evaluator {
  return () => (moment, name) => {
    const zone = timeZoneOf(asText(name));
    return toward === 1 ? toLocalMicros(asBigint(moment), zone) : toUTCMicros(asBigint(moment), zone);
  };
}

function convertZone(site: CallSite): Evaluator {
  const source = site.args.length === 3 ? undefined : site.session.timeZone;
  return (...args) => {
    const [from, to, moment] = source === undefined ? args : [source, ...args];
    return toLocalMicros(toUTCMicros(asBigint(moment), timeZoneOf(asText(from))), timeZoneOf(asText(to)));
  };
}

const toTimestamp = parsing("to_timestamp", "A TIMESTAMP of text, by a pattern or Spark's own forms.", timestampType);
const toDate = parsing("to_date", "A DATE of text, by a pattern or Spark's own forms.", dateType);
const toTime = parsing("to_time", "A TIME of text, by a pattern or Spark's own forms.", timeType(6));

/** Functions between dates, moments, text and numbers. */
export const datetimeConversions: readonly ScalarFunction[] = [
  toTimestamp,
  { ...parsing("to_timestamp_ltz", "A TIMESTAMP of text.", timestampType) },
  parsing("to_timestamp_ntz", "A TIMESTAMP_NTZ of text.", timestampNTZType),
  toDate,
  toTime,
  tolerant(toTimestamp, "try_to_timestamp", "As to_timestamp, null for text that is none."),
  tolerant(toDate, "try_to_date", "As to_date, null for text that is none."),
  tolerant(toTime, "try_to_time", "As to_time, null for text that is none."),
  datetime("date_format", "A moment as text, by a pattern.", [zonedTimestamp, word], stringType, (site) => {
    const format = formatter(site);
    return (moment, pattern) => format(asBigint(moment), asText(pattern));
  }),
  datetime(
    "from_unixtime",
    "Seconds since the epoch as text, by a pattern.",
    [exactInteger, word],
    stringType,
    (site) => {
      const format = formatter(site);
      return (seconds, pattern = defaultPattern) => format(asBigint(seconds) * 1_000_000n, asText(pattern));
    },
    {
      arity: [1, 2],
      sql: (args) => `from_unixtime(${args.concat(args.length < 2 ? [defaultPattern] : []).join(", ")})`,
    },
  ),
  unixTimestamp("unix_timestamp", [0, 2]),
  unixTimestamp("to_unix_timestamp", [1, 2]),
  datetime(
    "timestamp_seconds",
    "The moment that many seconds after the epoch.",
    [
      {
        accepts: (type) => isNumeric(type) && type.kind !== "byte" && type.kind !== "short" && type.kind !== "integer",
        casts: [longType],
        name: '"NUMERIC"',
      },
    ],
    timestampType,
    secondsToMoment,
  ),
  momentOf("timestamp_millis", "milliseconds", 1000n),
  momentOf("timestamp_micros", "microseconds", 1n),
  countOf("unix_seconds", "Seconds", 1_000_000n),
  countOf("unix_millis", "Milliseconds", 1000n),
  countOf("unix_micros", "Microseconds", 1n),
  datetime("unix_date", "Days since the epoch.", [exactly(dateType)], integerType, () => (days) => asNumber(days)),
  datetime(
    "date_from_unix_date",
    "The date that many days after the epoch.",
    [exactly(integerType)],
    dateType,
    () => (days) => asNumber(days),
  ),
  datetime(
    "from_utc_timestamp",
    "What a clock of the zone shows when one of UTC shows this.",
    [zonedTimestamp, word],
    timestampType,
    shiftZone(1),
  ),
  datetime(
    "to_utc_timestamp",
    "What a clock of UTC shows when one of the zone shows this.",
    [zonedTimestamp, word],
    timestampType,
    shiftZone(-1),
  ),
  datetime(
    "convert_timezone",
    "What a clock of another zone shows.",
    [word, word, exactly(timestampNTZType)],
    timestampNTZType,
    convertZone,
    {
      arity: [2, 3],
      resolve: (args, site) => {
        const moment = args.at(-1);
        const type = {
          ...anyTimestamp,
          casts: [timestampNTZType],
          becomes: (from: DataType): DataType | undefined =>
            from.kind === "timestamp" || from.kind === "date" ? timestampNTZType : undefined,
        };
        const last = moment === undefined ? [] : coerceTo([{ ...type, accepts: (from) => from.kind === "timestamp_ntz" }], [moment], site);
        return { args: [...coerceTo([word], args.slice(0, -1), site), ...last], dataType: timestampNTZType };
      },
    },
  ),
];
