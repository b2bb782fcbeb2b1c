import { dataFrameErrors } from "../errors.ts";
import { dayText } from "./calendar-text.ts";

/** A day of the calendar, of no time zone. */
export class LocalDate {
  /** Days since 1970-01-01. */
  readonly epochDay: number;

  constructor(epochDay: number) {
    this.epochDay = epochDay;
  }

  /** The day of `2020-01-31`. @throws VALUE_MALFORMED for other texts, and for days that the calendar does not have */
  static of(text: string): LocalDate {
    const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    const day = new LocalDate(millis / 86_400_000);
    if (Number.isNaN(millis) || day.toString() !== text) {
      throw dataFrameErrors.create("VALUE_MALFORMED", { value: text, type: "LocalDate", form: "2020-01-31" });
    }
    return day;
  }

  toString(): string {
    return dayText(this.epochDay);
  }

  toJSON(): string {
    return this.toString();
  }
}
