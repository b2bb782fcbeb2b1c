import {
  arrayType,
  asBigint,
  asList,
  asText,
  dayTimeIntervalType,
  stringType,
  structField,
  structType,
  timestampType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { microsPerDay } from "../../calendar/civil-date.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { parseCalendarInterval } from "../../interval/parse-interval.ts";
import { text } from "../../function/signature.ts";
import { refuse } from "../collection/element-type.ts";

const datetime = family("datetime");

/** Microseconds of a length of time as text. @throws CANNOT_PARSE_INTERVAL for others, and for months, which have no fixed length */
export function lengthOf(text: string): bigint {
  const interval = parseCalendarInterval(text);
  if (interval === undefined || interval.months !== 0) throw expressionErrors.create("CANNOT_PARSE_INTERVAL", { intervalString: text });
  return BigInt(interval.days) * microsPerDay + interval.microseconds;
}

function momentType(args: readonly Argument[], site: ResolutionSite): DataType {
  const type = args[0]?.dataType ?? voidType;
  if (type.kind === "timestamp" || type.kind === "timestamp_ntz") return type;
  return ["string", "date", "void"].includes(type.kind) ? timestampType : refuse(args, 0, '("TIMESTAMP" or "TIMESTAMP_NTZ")', site);
}

function windowType(moment: DataType): DataType {
  return structType([structField("start", moment, true), structField("end", moment, true)]);
}

/** All windows of a moment, the latest first: each begins a slide before the next. */
function windowsOf(site: CallSite): (moment: bigint) => SQLValue[] {
  const constant = (index: number): bigint | undefined => {
    const value = site.args[index]?.constant?.value;
    return value === undefined || value === null ? undefined : lengthOf(asText(value));
  };
  const duration = constant(1) ?? 1n;
  const slide = constant(2) ?? duration;
  const offset = constant(3) ?? 0n;
  return (moment) => {
    const past = (moment - offset) % slide;
    const last = moment - (past < 0n ? past + slide : past);
    const windows: SQLValue[] = [];
    for (let start = last; start + duration > moment; start -= slide) windows.push([start, start + duration]);
    return windows;
  };
}

function sessionGap(): (gap?: SQLValue) => SQLValue {
  return (gap = null) => (typeof gap === "bigint" ? gap : lengthOf(asText(gap ?? "")));
}

/** Windows of time. The analyzer puts the first two in the place of `window(…)`. */
export const timeWindowFunctions: readonly ScalarFunction[] = [
  datetime(
    "time_windows",
    "The windows that a moment is in: of a length, one each slide, from an offset.",
    [],
    arrayType(voidType),
    (site) => {
      const windows = windowsOf(site);
      return (moment) => windows(asBigint(moment ?? null));
    },
    {
      arity: [2, 4],
      resolve: (args, site) => {
        const moment = momentType(args, site);
        return { args: [moment, ...args.slice(1).map(() => stringType)], dataType: arrayType(windowType(moment), false) };
      },
    },
  ),
  datetime(
    "time_window",
    "The one window that a moment is in, of those that do not overlap.",
    [],
    voidType,
    (site) => {
      const windows = windowsOf(site);
      return (moment) => windows(asBigint(moment ?? null))[0] ?? null;
    },
    {
      arity: [2, 4],
      aliases: ["window"],
      resolve: (args, site) => {
        const moment = momentType(args, site);
        return { args: [moment, ...args.slice(1).map(() => stringType)], dataType: windowType(moment) };
      },
    },
  ),
  datetime("to_session_gap", "A length of time by its text, as an interval.", [text], dayTimeIntervalType(), sessionGap, {
    resolve: (args) => {
      const kind = args[0]?.dataType.kind;
      return kind === "day-time-interval"
        ? { args: [args[0]?.dataType ?? stringType], dataType: dayTimeIntervalType() }
        : { args: [stringType], dataType: dayTimeIntervalType() };
    },
  }),
  datetime(
    "window_time",
    "The last moment of a window.",
    [],
    timestampType,
    () => (window) => asBigint(asList(window ?? null)[1] ?? null) - 1n,
    {
      arity: [1, 1],
      resolve: (args, site) => {
        const type = args[0]?.dataType ?? voidType;
        const end = type.kind === "struct" ? type.fields.find((field) => field.name === "end") : undefined;
        if (end === undefined) return refuse(args, 0, '"STRUCT" of a window', site);
        return { args: [type], dataType: end.dataType };
      },
    },
  ),
];
