import { describe, expect, test } from "vitest";
import { findTimeZone, timeZoneOf, toLocalMicros, toUTCMicros } from "./time-zone.ts";
import { parseTime, parseTimestamp, parseZonedTimestamp, timestampText, timeText } from "./timestamp-text.ts";

const pacific = timeZoneOf("America/Los_Angeles");
const utc = timeZoneOf("UTC");
const moment = (text: string, zone = pacific): bigint => parseZonedTimestamp(text, zone, () => 0) ?? expect.fail(text);
const inUTC = (micros: bigint): string => timestampText(toLocalMicros(micros, utc));

describe("zones", () => {
  test.each([
    ["+08:00", 28_800],
    ["-8", -28_800],
    ["UTC+1", 3600],
    ["GMT-03:30", -12_600],
    ["Z", 0],
    ["PST", -28_800],
    ["Asia/Kolkata", 19_800],
  ])("%s is %i s ahead at the epoch", (id, offset) => expect(findTimeZone(id)?.offsetAt(0)).toBe(offset));

  test.each(["+19:00", "Mars/Olympus", "europe/paris", "", "UTC+1:"])("%s is none", (id) => expect(findTimeZone(id)).toBeUndefined());

  test("a zone that is none is an error where one is needed", () => expect(() => timeZoneOf("nowhere")).toThrow("INVALID_TIMEZONE"));

  test("local mean time before there were zones", () => {
    expect(inUTC(moment("1883-01-01 00:00:00"))).toBe("1883-01-01 07:52:58");
  });

  test("a clock put forward skips, put back repeats: the earlier moment", () => {
    expect(inUTC(moment("2020-03-08 02:30:00"))).toBe("2020-03-08 10:30:00");
    expect(inUTC(moment("2020-11-01 01:30:00"))).toBe("2020-11-01 08:30:00");
  });

  test("there and back for every hour of a year", () => {
    for (let hour = 0; hour < 24 * 366; hour += 5) {
      const at = BigInt(hour) * 3_600_000_000n + 1_577_836_800_000_000n;
      const back = toUTCMicros(toLocalMicros(at, pacific), pacific);
      expect([0n, -3_600_000_000n]).toContain(back - at);
    }
  });
});

describe("text", () => {
  test.each([
    ["2020", "2020-01-01 00:00:00"],
    ["2020-2", "2020-02-01 00:00:00"],
    ["2020-02-03T4:5:6.7", "2020-02-03 04:05:06.7"],
    ["2020-02-03 04:05:06.123456789 UTC", "2020-02-03 04:05:06.123456"],
    [" 2020-02-03 04:05:06+01:00 ", "2020-02-03 03:05:06"],
    ["+12020-02-03 04:05", "+12020-02-03 04:05:00"],
    ["12:30", "1970-01-01 12:30:00"],
  ])("%s", (text, shown) => expect(inUTC(moment(text, utc))).toBe(shown));

  test.each(["", "20", "2020-13-01", "2020-02-30", "2020-01-01 25:00:00", "2020-01-01 10:00:00 Nowhere/X", "2020-01-01x"])(
    "%s is none",
    (text) => expect(parseTimestamp(text)).toBeUndefined(),
  );

  test("times of day", () => {
    expect(timeText(parseTime("1:2:3.000400 PM") ?? 0n)).toBe("13:02:03.0004");
    expect(["24:00", "13:00 PM", "1", "10:60:00"].map(parseTime)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
