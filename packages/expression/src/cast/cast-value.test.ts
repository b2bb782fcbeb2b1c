import {
  arrayType,
  binaryType,
  booleanType,
  calendarIntervalType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  integerType,
  longType,
  mapType,
  MapValue,
  stringType,
  structField,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  yearMonthIntervalType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { cast, literal, type EvalMode } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { compileExpression } from "../interpreter/compile-expression.ts";
import { testSession } from "../testing/call-by-name.ts";
import { castFailure } from "./cast-rule.ts";
import { toText } from "./to-text.ts";

const session = { ...testSession, timeZone: "America/Los_Angeles" };

function convert(value: SQLValue, from: DataType, to: DataType, mode: EvalMode = "ansi"): SQLValue {
  return compileExpression(cast(literal(value, from), to, mode), session)([]);
}

/** From text to a type, and shown again. */
function through(text: string, type: DataType): SQLValue {
  return toText(type, session)(convert(text, stringType, type));
}

describe("from text and back", () => {
  test.each<[string, DataType, string]>([
    ["2020-01-31 10:00:00.25", timestampType, "2020-01-31 10:00:00.25"],
    ["2020-01-31 10:00:00Z", timestampType, "2020-01-31 02:00:00"],
    ["2020-01-31 10:00:00Z", timestampNTZType, "2020-01-31 10:00:00"],
    ["10:11:12.345678", timeType(3), "10:11:12.345"],
    ["1-2", yearMonthIntervalType(), "INTERVAL '1-2' YEAR TO MONTH"],
    ["INTERVAL -'3' MONTH", yearMonthIntervalType("month", "month"), "INTERVAL '-3' MONTH"],
    ["1 02:03:04.5", dayTimeIntervalType(), "INTERVAL '1 02:03:04.5' DAY TO SECOND"],
    ["INTERVAL '12:30' HOUR TO MINUTE", dayTimeIntervalType("hour", "minute"), "INTERVAL '12:30' HOUR TO MINUTE"],
    ["1 year 2 months -3 days 4.5 seconds", calendarIntervalType, "1 years 2 months -3 days 4.5 seconds"],
  ])("%s", (text, type, shown) => expect(through(text, type)).toBe(shown));

  test("text that is none is an error under ANSI, else null", () => {
    for (const type of [timestampType, timestampNTZType, timeType(6), dateType]) {
      expect(() => convert("x", stringType, type)).toThrow("CAST_INVALID_INPUT");
      expect(convert("x", stringType, type, "try")).toBeNull();
    }
    expect(() => convert("x", stringType, yearMonthIntervalType())).toThrow("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING");
    expect(() => convert("x", stringType, dayTimeIntervalType())).toThrow("INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING");
    expect(convert("", stringType, calendarIntervalType)).toBeNull();
    expect(convert("x", stringType, dayTimeIntervalType(), "try")).toBeNull();
  });
});

describe("between dates, times and numbers", () => {
  test("a date is midnight of the session's zone", () => {
    expect(convert(0, dateType, timestampType)).toBe(28_800_000_000n);
    expect(convert(0, dateType, timestampNTZType)).toBe(0n);
    expect(convert(0n, timestampType, dateType)).toBe(-1);
    expect(convert(0n, timestampType, timestampNTZType)).toBe(-28_800_000_000n);
  });

  test("seconds of timestamps, units of intervals", () => {
    expect(convert(-1n, timestampType, longType)).toBe(-1n);
    expect(convert(1_500_000n, timestampType, doubleType)).toBe(1.5);
    expect(convert(1.5, doubleType, timestampType)).toBe(1_500_000n);
    expect(convert(25, integerType, yearMonthIntervalType("year", "year"))).toBe(300);
    expect(convert(7_200_000_000n, dayTimeIntervalType("hour", "hour"), integerType)).toBe(2);
    expect(convert(93_784_500_000n, dayTimeIntervalType(), dayTimeIntervalType("day", "hour"))).toBe(93_600_000_000n);
    expect(() => convert(2 ** 31 - 1, integerType, yearMonthIntervalType("year", "year"))).toThrow("CAST_OVERFLOW");
    expect(convert(3_661_500_000_000n, timeType(6), decimalType(8, 2))).toBe(366_150n);
  });
});

describe("nested values", () => {
  test("as text, without quotes", () => {
    const type = mapType(stringType, structType([structField("a", integerType), structField("b", arrayType(doubleType))]));
    expect(convert(new MapValue(["k"], [[1, [0.5, null]]]), type, stringType)).toBe("{k -> {1, [0.5, null]}}");
  });

  test("part by part, fields by position", () => {
    const pair = (a: DataType, b: DataType): DataType => structType([structField("a", a), structField("b", b)]);
    expect(convert(["1", 2], pair(stringType, integerType), pair(integerType, stringType))).toEqual([1, "2"]);
    expect(convert(["1", null], arrayType(stringType), arrayType(longType))).toEqual([1n, null]);
    expect(() => convert([1], arrayType(integerType), arrayType(dateType))).toThrow("DATATYPE_MISMATCH");
  });
});

describe("casts that do not exist", () => {
  test.each<[DataType, DataType, string]>([
    [booleanType, dateType, "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION"],
    [integerType, dateType, "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION"],
    [integerType, binaryType, "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION"],
    [stringType, arrayType(integerType), "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION"],
    [dateType, integerType, "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION"],
  ])("%o to %o", (from, to, code) => expect(castFailure(from, to, "ansi", "x").code).toBe(code));

  test("without ANSI integers are bytes", () => {
    expect(convert(258, integerType, binaryType, "legacy")).toEqual(new Uint8Array([0, 0, 1, 2]));
    expect(convert(1, dateType, integerType, "legacy")).toBeNull();
  });
});
