import {
  dateType,
  dayTimeIntervalType,
  stringType,
  timestampNTZType,
  timestampType,
  timeType,
  yearMonthIntervalType,
  type DataType,
} from "@vonk/columnar/internal";
import { cast, literal, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { callByName, evaluateCall, showCall, testSession, type TestArgument } from "../../testing/call-by-name.ts";

const session = { ...testSession, timeZone: "America/Los_Angeles", nowMicros: 1_600_000_000_123_456n };
const of = (text: string, type: DataType): Expression => cast(literal(text, stringType), type);
const date = (text: string): Expression => of(text, dateType);
const moment = (text: string): Expression => of(text, timestampType);
const local = (text: string): Expression => of(text, timestampNTZType);
const time = (text: string): Expression => of(text, timeType(6));
const months = (text: string): Expression => of(text, yearMonthIntervalType());
const days = (text: string): Expression => of(text, dayTimeIntervalType());

test.each<[string, TestArgument[], string]>([
  ["year", [date("2020-02-29")], "2020 INT"],
  ["dayofweek", [moment("2020-03-01 00:00:00")], "1 INT"],
  ["weekofyear", [date("2021-01-03")], "53 INT"],
  ["hour", [moment("2020-03-01 12:34:56.7")], "12 INT"],
  ["minute", [time("12:34:56")], "34 INT"],
  ["dayname", [date("2020-02-29")], "Sat STRING"],
  ["extract", ["SECONDS", moment("2020-03-01 12:34:56.7")], "56.700000 DECIMAL(8,6)"],
  ["extract", ["YEAROFWEEK", date("2021-01-03")], "2020 INT"],
  ["date_part", ["hour", days("3 04:05:06")], "4 TINYINT"],
  ["extract", ["month", months("1-7")], "7 TINYINT"],
  ["date_add", [date("2020-02-28"), 2], "2020-03-01 DATE"],
  ["add_months", [date("2020-01-31"), 1], "2020-02-29 DATE"],
  ["timestampadd", ["DAY", 1, moment("2020-03-07 10:00:00")], "2020-03-08 10:00:00 TIMESTAMP"],
  ["timestampadd", ["HOUR", 24, moment("2020-03-07 10:00:00")], "2020-03-08 11:00:00 TIMESTAMP"],
  ["timestampdiff", ["MONTH", moment("2020-01-31 00:00:00"), moment("2020-03-30 00:00:00")], "1 BIGINT"],
  ["months_between", [moment("1997-02-28 10:30:00"), moment("1996-10-30 00:00:00")], "3.94959677 DOUBLE"],
  ["next_day", [date("2020-02-29"), "Mon"], "2020-03-02 DATE"],
  ["last_day", [date("2019-02-01")], "2019-02-28 DATE"],
  ["trunc", [date("2020-05-29"), "quarter"], "2020-04-01 DATE"],
  ["trunc", [date("2020-05-29"), "day"], "NULL DATE"],
  ["date_trunc", ["week", moment("2020-05-29 10:00:00")], "2020-05-25 00:00:00 TIMESTAMP"],
  ["to_date", ["31/12/2020", "dd/MM/yyyy"], "2020-12-31 DATE"],
  ["to_timestamp", ["2020-1-5 7:08 PM", "yyyy-M-d h:mm a"], "2020-01-05 19:08:00 TIMESTAMP"],
  ["to_timestamp", ["2020-01-05 07:08:09[x]", "yyyy-MM-dd HH:mm:ss'[x]'"], "2020-01-05 07:08:09 TIMESTAMP"],
  ["to_timestamp", ["05 Mar 2020 UTC", "dd MMM yyyy[ VV]"], "2020-03-04 16:00:00 TIMESTAMP"],
  ["try_to_date", ["x", "yyyy"], "NULL DATE"],
  [
    "date_format",
    [moment("2020-01-05 19:08:09.123"), "EEE, dd MMMM yy hh:mm:ss.SSS a xxx 'o''clock' D Q"],
    "Sun, 05 January 20 07:08:09.123 PM -08:00 o'clock 5 1 STRING",
  ],
  ["date_format", [moment("2020-07-05 00:00:00"), "VV z O Z G uuuu kk K"], "America/Los_Angeles PDT GMT-7 -0700 AD 2020 24 0 STRING"],
  ["from_unixtime", [0], "1969-12-31 16:00:00 STRING"],
  ["unix_timestamp", ["1970-01-01 00:00:00"], "28800 BIGINT"],
  ["timestamp_millis", [1], "1969-12-31 16:00:00.001 TIMESTAMP"],
  ["unix_micros", [moment("1969-12-31 16:00:00.5")], "500000 BIGINT"],
  ["convert_timezone", ["UTC", "Asia/Tokyo", local("2020-01-01 00:00:00")], "2020-01-01 09:00:00 TIMESTAMP_NTZ"],
  ["from_utc_timestamp", [moment("2020-01-01 00:00:00"), "+02:00"], "2020-01-01 02:00:00 TIMESTAMP"],
  ["make_date", [2020, 2, 29], "2020-02-29 DATE"],
  ["make_timestamp", [2020, 12, 31, 23, 59, 60], "2021-01-01 00:00:00 TIMESTAMP"],
  ["make_interval", [1, 2, 3], "1 years 2 months 21 days INTERVAL"],
  ["make_dt_interval", [1, 2, 3], "INTERVAL '1 02:03:00' DAY TO SECOND INTERVAL DAY TO SECOND"],
  ["current_date", [], "2020-09-13 DATE"],
  ["localtimestamp", [], "2020-09-13 05:26:40.123456 TIMESTAMP_NTZ"],
  ["current_timezone", [], "America/Los_Angeles STRING"],
  ["time_trunc", ["hour", time("12:34:56")], "12:00:00 TIME(6)"],
  ["time_from_millis", [61_001], "00:01:01.001 TIME(6)"],
])("%s %o", (name, args, shown) => expect(showCall(name, args, session)).toBe(shown));

describe("operators", () => {
  test.each<[TestArgument, string, TestArgument, string]>([
    [date("2020-01-31"), "+", 1, "2020-02-01 DATE"],
    [date("2020-01-31"), "+", months("0-1"), "2020-02-29 DATE"],
    [date("2020-01-31"), "+", days("0 01:00:00"), "2020-01-31 01:00:00 TIMESTAMP"],
    [date("2020-03-01"), "-", date("2020-02-01"), "INTERVAL '29' DAY INTERVAL DAY"],
    [moment("2020-03-08 12:00:00"), "-", moment("2020-03-07 12:00:00"), "INTERVAL '1 00:00:00' DAY TO SECOND INTERVAL DAY TO SECOND"],
    [moment("2020-03-07 12:00:00"), "+", days("1 00:00:00"), "2020-03-08 12:00:00 TIMESTAMP"],
    [time("23:00:00"), "-", time("22:30:00"), "INTERVAL '00:30:00' HOUR TO SECOND INTERVAL HOUR TO SECOND"],
    [months("1-1"), "*", 2.5, "INTERVAL '2-9' YEAR TO MONTH INTERVAL YEAR TO MONTH"],
    [days("1 00:00:00"), "/", 2, "INTERVAL '0 12:00:00' DAY TO SECOND INTERVAL DAY TO SECOND"],
    [months("1-1"), "-", months("0-2"), "INTERVAL '0-11' YEAR TO MONTH INTERVAL YEAR TO MONTH"],
    [date("2020-01-01"), "+", null, "NULL DATE"],
  ])("%o %s %o", (left, name, right, shown) => expect(showCall(name, [left, right], session)).toBe(shown));
});

describe("failures", () => {
  const fails = (name: string, args: TestArgument[]): string => {
    try {
      evaluateCall(name, args);
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : "";
    }
    return expect.fail(`${name} does not fail`);
  };

  test.each<[string, TestArgument[], string]>([
    ["to_date", ["x", "yyyy"], "CANNOT_PARSE_TIMESTAMP"],
    ["date_format", [moment("2020-01-01"), "yyyy-YY"], "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER"],
    ["date_format", [moment("2020-01-01"), "yyyyyyy"], "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION"],
    ["make_date", [2021, 2, 29], "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION"],
    ["make_timestamp", [2021, 1, 1, 24, 0, 0], "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION"],
    ["make_timestamp", [2021, 1, 1, 23, 0, 60.5], "INVALID_FRACTION_OF_SECOND"],
    ["next_day", [date("2020-01-01"), "x"], "ILLEGAL_DAY_OF_WEEK"],
    ["+", [months("178956970-7"), months("0-1")], "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION"],
    ["make_ym_interval", [178_956_970, 8], "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION"],
    ["/", [months("1-1"), 0], "INTERVAL_DIVIDED_BY_ZERO"],
    ["timestamp_millis", [2n ** 62n], "DATETIME_OVERFLOW"],
    ["extract", ["fortnight", date("2020-01-01")], "INVALID_EXTRACT_FIELD"],
    ["timestampadd", ["fortnight", 1, moment("2020-01-01")], "INVALID_PARAMETER_VALUE.DATETIME_UNIT"],
    ["+", [date("2020-01-01"), 1.5], "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
    ["from_utc_timestamp", [moment("2020-01-01"), "nowhere"], "INVALID_TIMEZONE"],
  ])("%s %o: %s", (name, args, code) => expect(fails(name, args)).toBe(code));

  test("the field of extract is a constant", () => {
    const column: Expression = { kind: "boundReference", ordinal: 0, dataType: stringType, nullable: true };
    expect(() => callByName("extract", [column, date("2020-01-01")])).toThrow("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT");
  });

  test("forms that give null", () => {
    expect(evaluateCall("try_add", [months("178956970-7"), months("0-1")])).toBeNull();
    expect(evaluateCall("try_make_timestamp", [2021, 1, 1, 24, 0, 0])).toBeNull();
    expect(evaluateCall("try_divide", [1, 0])).toBeNull();
  });
});
