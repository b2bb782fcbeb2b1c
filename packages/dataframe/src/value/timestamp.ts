import { dataFrameErrors } from "../errors.ts";
import { clockText, momentText } from "./calendar-text.ts";

/** A moment with microseconds: TIMESTAMP. */
export class Timestamp {
  /** Microseconds since 1970-01-01 00:00 UTC. */
  readonly epochMicros: bigint;

  constructor(epochMicros: bigint) {
    this.epochMicros = epochMicros;
  }

  /** The moment of a `Date`, or of a text with its zone, `2020-01-31T12:00:00.5Z`; milliseconds are kept. @throws VALUE_MALFORMED */
  static of(moment: Date | string): Timestamp {
    const millis = typeof moment === "string" ? Date.parse(moment) : moment.getTime();
    if (Number.isNaN(millis)) {
      throw dataFrameErrors.create("VALUE_MALFORMED", { value: String(moment), type: "Timestamp", form: "2020-01-31T12:00:00.5Z" });
    }
    return new Timestamp(BigInt(millis) * 1000n);
  }

  /** Without what is finer than a millisecond. */
  toDate(): Date {
    return new Date(Number(this.epochMicros / 1000n));
  }

  /** In UTC: `2020-01-31T12:00:00.5Z`. */
  toString(): string {
    return `${momentText(this.epochMicros)}Z`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A date and a time of day of no zone: TIMESTAMP_NTZ. */
export class LocalDateTime {
  /** Microseconds since 1970-01-01 00:00 of the same clock. */
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  toString(): string {
    return momentText(this.micros);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A time of day: TIME. */
export class LocalTime {
  readonly nanosOfDay: bigint;

  constructor(nanosOfDay: bigint) {
    this.nanosOfDay = nanosOfDay;
  }

  toString(): string {
    return clockText(this.nanosOfDay);
  }

  toJSON(): string {
    return this.toString();
  }
}
