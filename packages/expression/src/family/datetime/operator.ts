import {
  asBigint,
  asNumber,
  CalendarInterval,
  calendarIntervalType,
  dateType,
  dayTimeIntervalType,
  isAnsiInterval,
  isDatetime,
  isIntegral,
  isNumeric,
  longType,
  sqlType,
  timestampType,
  yearMonthIntervalType,
  doubleType,
  integerType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { addMonths, microsPerDay } from "../../calendar/civil-date.ts";
import { microsOfDay, monthsLater, nanosPerDay } from "../../calendar/timestamp-text.ts";
import { tightestType } from "../../coercion/wider-type.ts";
import { decimalFromNumber, divideHalfUp, powerOfTen } from "../../decimal/decimal-value.ts";
import { expressionErrors } from "../../errors.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite } from "../../function/function-entry.ts";
import { timeDifferenceType } from "./current.ts";
import { checkedDays, checkedMicros, localClock } from "./shift.ts";

function isInterval(type: DataType): boolean {
  return isAnsiInterval(type) || type.kind === "interval";
}

/** The types of `+ - * / div` where one side is a date, a moment, a time of day or an interval; undefined when neither is. */
export function resolveDatetimeOperator(args: readonly Argument[], site: ResolutionSite): Resolution | undefined {
  const [left, right] = args.map((argument) => argument.dataType);
  if (left === undefined || right === undefined) return undefined;
  switch (site.name) {
    case "+":
      return resolvePlus(left, right) ?? flip(resolvePlus(right, left)) ?? refuseDays(args, site);
    case "-":
      return resolveMinus(left, right) ?? refuseDays(args, site) ?? refuseMoment(args, site);
    case "*":
      return resolveScale(left, right) ?? flip(resolveScale(right, left));
    case "/":
      return resolveScale(left, right);
    case "div":
      if (isAnsiInterval(left) && left.kind === right.kind)
        return { args: [left, right], dataType: longType, nullable: site.mode !== "ansi" || args.some((argument) => argument.nullable) };
      return undefined;
    default:
      return undefined;
  }
}

/** A date and what is no count of days. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function refuseDays(args: readonly Argument[], site: ResolutionSite): undefined {
  const [left, right] = args;
  const [date, days] = left?.dataType.kind === "date" ? [left, right] : site.name === "+" ? [right, left] : [undefined, undefined];
  if (date?.dataType.kind !== "date" || days === undefined || !(isNumeric(days.dataType) || days.dataType.kind === "string"))
    return undefined;
  throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
    sqlExpr: `"${site.name === "+" ? "date_add" : "date_sub"}(${date.sql}, ${days.sql})"`,
    paramIndex: "second",
    requiredType: '("INT" or "SMALLINT" or "TINYINT")',
    inputSql: `"${days.sql}"`,
    inputType: `"${sqlType(days.dataType)}"`,
  });
}

/** A moment less a number, or the other way round. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function refuseMoment(args: readonly Argument[], site: ResolutionSite): undefined {
  const index = args.findIndex((argument) => isNumeric(argument.dataType));
  const [number, moment] = [args[index], args[1 - index]];
  if (number === undefined || (moment?.dataType.kind !== "timestamp" && moment?.dataType.kind !== "timestamp_ntz")) return undefined;
  throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
    sqlExpr: `"(${args.map((argument) => argument.sql).join(` ${site.name} `)})"`,
    paramIndex: index === 0 ? "first" : "second",
    requiredType: '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"',
    inputSql: `"${number.sql}"`,
    inputType: `"${sqlType(number.dataType)}"`,
  });
}

function flip(resolution: Resolution | undefined): Resolution | undefined {
  return resolution === undefined ? undefined : { ...resolution, args: resolution.args.toReversed() };
}

/** The left side is the date, moment, time or interval. */
function resolvePlus(left: DataType, right: DataType): Resolution | undefined {
  if (left.kind === "date" && ["integer", "short", "byte"].includes(right.kind)) return { args: [left, right], dataType: dateType };
  if (right.kind === "void" && (isDatetime(left) || left.kind === "time"))
    return { args: [left, left.kind === "date" ? integerType : dayTimeIntervalType()], dataType: left };
  if (left.kind === "date" && right.kind === "day-time-interval" && right.end !== "day")
    return { args: [timestampType, right], dataType: timestampType };
  if (isDatetime(left) && isInterval(right)) return { args: [left, right], dataType: left };
  if (left.kind === "time" && right.kind === "day-time-interval") return { args: [left, right], dataType: left };
  if (left.kind === "string" && isInterval(right)) return { args: [timestampType, right], dataType: timestampType };
  if (isInterval(left) && (isInterval(right) || right.kind === "void")) return sameIntervals(left, right.kind === "void" ? left : right);
  return undefined;
}

function sameIntervals(left: DataType, right: DataType): Resolution | undefined {
  const common = tightestType(left, right, { ansi: true });
  return common === undefined || !isInterval(common) ? undefined : { args: [common, common], dataType: common };
}

function resolveMinus(left: DataType, right: DataType): Resolution | undefined {
  const days = dayTimeIntervalType("day", "day");
  if (left.kind === "date" && (right.kind === "date" || right.kind === "string" || right.kind === "void"))
    return { args: [dateType, dateType], dataType: days };
  if ((left.kind === "string" || left.kind === "void") && right.kind === "date") return { args: [dateType, dateType], dataType: days };
  const isText = (type: DataType): boolean => type.kind === "string" || type.kind === "void";
  const moment = (type: DataType): boolean => type.kind === "timestamp" || type.kind === "timestamp_ntz";
  if ((moment(left) && (isDatetime(right) || isText(right))) || (moment(right) && (left.kind === "date" || isText(left)))) {
    const zoned = left.kind === "timestamp" || right.kind === "timestamp" || (moment(left) ? left : right).kind === "timestamp";
    const type = zoned ? timestampType : moment(left) ? left : right;
    return { args: [type, type], dataType: dayTimeIntervalType() };
  }
  if (left.kind === "time" && right.kind === "time") return { args: [left, right], dataType: timeDifferenceType };
  if (isInterval(right) && isDatetime(left) === false && left.kind !== "time" && left.kind !== "string" && !isInterval(left))
    return undefined;
  return resolvePlus(left, right);
}

function resolveScale(left: DataType, right: DataType): Resolution | undefined {
  if (!isInterval(left) || !(isNumeric(right) || right.kind === "string" || right.kind === "void")) return undefined;
  const factor = right.kind === "string" || right.kind === "void" || left.kind === "interval" ? doubleType : right;
  const type =
    left.kind === "year-month-interval" ? yearMonthIntervalType() : left.kind === "interval" ? calendarIntervalType : dayTimeIntervalType();
  return { args: [left, factor], dataType: type };
}

/** The meaning of an operator that {@link resolveDatetimeOperator} gave types to; undefined for operators on numbers. */
export function datetimeOperator(site: CallSite): Evaluator | undefined {
  const [left, right] = site.args.map((argument) => argument.dataType);
  if (left === undefined || right === undefined) return undefined;
  const datetimes = (type: DataType): boolean => isDatetime(type) || type.kind === "time" || isInterval(type);
  if (!datetimes(left) && !datetimes(right)) return undefined;
  if (site.name === "*" || site.name === "/") {
    const swapped = !isInterval(left);
    const scale = scaler(site, swapped ? right : left, swapped ? left : right);
    return swapped ? (a, b) => scale(b, a) : scale;
  }
  if (site.name === "div") return (a, b) => divideIntervals(a ?? null, b ?? null, site);
  if (site.name === "-" && !isInterval(right) && !isNumeric(right)) return difference(site, left);
  const sign = site.name === "-" ? -1 : 1;
  const swapped = isInterval(left) || isNumeric(left) ? !isInterval(right) : false;
  const add = adder(site, swapped ? right : left, swapped ? left : right, sign);
  return swapped ? (a, b) => add(b, a) : add;
}

function difference(site: CallSite, type: DataType): Evaluator {
  if (type.kind === "date") return (a, b) => microsOfDay(asNumber(a) - asNumber(b));
  if (type.kind === "time") return (a, b) => (asBigint(a) - asBigint(b)) / 1000n;
  const clock = localClock(type, site);
  return (a, b) => clock.local(asBigint(a)) - clock.local(asBigint(b));
}

function adder(site: CallSite, base: DataType, other: DataType, sign: 1 | -1): Evaluator {
  if (isInterval(base)) return intervalAdder(site, sign);
  const big = BigInt(sign);
  if (base.kind === "time") {
    return (time, interval) => {
      const nanos = asBigint(time) + big * asBigint(interval) * 1000n;
      return nanos >= 0n && nanos < nanosPerDay
        ? nanos
        : site.mode === "try"
          ? null
          : checkedMicros(2n ** 64n, site, "add an interval to a time");
    };
  }
  if (base.kind === "date") {
    return (days, value) => {
      if (typeof value === "number") {
        const later = other.kind === "year-month-interval" ? addMonths(asNumber(days), sign * value) : asNumber(days) + sign * value;
        return checkedDays(later, site, "add an interval to a date");
      }
      if (value instanceof CalendarInterval)
        return checkedDays(addMonths(asNumber(days), sign * value.months) + sign * value.days, site, "add an interval to a date");
      return checkedDays(asNumber(days) + sign * Number(asBigint(value) / microsPerDay), site, "add an interval to a date");
    };
  }
  const clock = localClock(base, site);
  return (moment, interval) => {
    const [months, days, micros] = partsOf(interval ?? null);
    const local = monthsLater(clock.local(asBigint(moment)), sign * months) + big * days * microsPerDay;
    const start = months === 0 && days === 0n ? asBigint(moment) : clock.back(local);
    return checkedMicros(start + big * micros, site, "add an interval to a timestamp");
  };
}

function partsOf(interval: SQLValue): readonly [number, bigint, bigint] {
  if (interval instanceof CalendarInterval) return [interval.months, BigInt(interval.days), interval.microseconds];
  if (typeof interval === "number") return [interval, 0n, 0n];
  return [0, asBigint(interval) / microsPerDay, asBigint(interval) % microsPerDay];
}

const suggestions: Readonly<Record<string, string>> = { "+": "try_add", "-": "try_subtract", "*": "try_multiply", "/": "try_divide" };

/** @throws INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION, INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION */
function checkedInterval(value: bigint, bits: 32 | 64, site: CallSite): SQLValue {
  if (BigInt.asIntN(bits, value) === value) return bits === 32 ? Number(value) : value;
  if (site.mode === "try") return null;
  const functionName = suggestions[site.name];
  if (functionName === undefined) throw expressionErrors.create("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", {});
  throw expressionErrors.create("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", { functionName: `\`${functionName}\`` });
}

function intervalAdder(site: CallSite, sign: 1 | -1): Evaluator {
  const big = BigInt(sign);
  return (a, b) => {
    if (typeof a === "number") return checkedInterval(BigInt(a) + big * BigInt(asNumber(b)), 32, site);
    if (typeof a === "bigint") return checkedInterval(a + big * asBigint(b), 64, site);
    if (!(a instanceof CalendarInterval) || !(b instanceof CalendarInterval)) return null;
    const months = checkedInterval(BigInt(a.months + sign * b.months), 32, site);
    const days = checkedInterval(BigInt(a.days + sign * b.days), 32, site);
    const micros = checkedInterval(a.microseconds + big * b.microseconds, 64, site);
    return months === null || days === null || micros === null
      ? null
      : new CalendarInterval(asNumber(months), asNumber(days), asBigint(micros));
  };
}

function zeroDivisor(site: CallSite): null {
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("INTERVAL_DIVIDED_BY_ZERO", {});
}

function divideIntervals(a: SQLValue, b: SQLValue, site: CallSite): SQLValue {
  const [dividend, divisor] = typeof a === "number" ? [BigInt(a), BigInt(asNumber(b))] : [asBigint(a), asBigint(b)];
  return divisor === 0n ? zeroDivisor(site) : checkedInterval(dividend / divisor, 64, site);
}

/** An interval times or by a number, to the nearest month or microsecond, halves away from zero. */
function scaler(site: CallSite, interval: DataType, factor: DataType): Evaluator {
  const scale = factor.kind === "decimal" ? factor.scale : 0;
  if (interval.kind === "interval") return calendarScaler(site);
  const bits = interval.kind === "year-month-interval" ? 32 : 64;
  const divides = site.name === "/";
  return (value, number) => {
    const whole = typeof value === "bigint" ? value : BigInt(asNumber(value));
    let numerator: bigint;
    let denominator = powerOfTen(scale);
    if (typeof number === "bigint") numerator = number;
    else {
      const exact = isIntegral(factor) ? { unscaled: BigInt(asNumber(number)), scale: 0 } : decimalFromNumber(asNumber(number));
      if (exact === undefined) return checkedInterval(2n ** 64n, bits, site);
      numerator = exact.unscaled;
      denominator = powerOfTen(exact.scale);
    }
    if (divides && numerator === 0n) return zeroDivisor(site);
    return checkedInterval(
      divides ? divideHalfUp(whole * denominator, numerator) : divideHalfUp(whole * numerator, denominator),
      bits,
      site,
    );
  };
}

function calendarScaler(site: CallSite): Evaluator {
  return (value, number) => {
    if (!(value instanceof CalendarInterval)) return null;
    const factor = asNumber(number);
    if (site.name === "/" && factor === 0) return zeroDivisor(site);
    const by = (part: number): number => (site.name === "/" ? part / factor : part * factor);
    const months = by(value.months);
    const days = by(value.days);
    const micros = by(Number(value.microseconds)) + (days - Math.trunc(days)) * 86_400_000_000;
    return new CalendarInterval(Math.trunc(months), Math.trunc(days), BigInt(Math.round(micros)));
  };
}
