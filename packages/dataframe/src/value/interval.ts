/** A span of months: INTERVAL YEAR TO MONTH. */
export class YearMonthInterval {
  readonly months: number;

  constructor(months: number) {
    this.months = months;
  }

  /** `1-2`: years and months. */
  toString(): string {
    const size = Math.abs(this.months);
    return `${this.months < 0 ? "-" : ""}${Math.floor(size / 12)}-${size % 12}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A span of time: INTERVAL DAY TO SECOND. */
export class DayTimeInterval {
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  /** Seconds with their fraction, `-1.5`. */
  toString(): string {
    const size = this.micros < 0n ? -this.micros : this.micros;
    const fraction = (size % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
    return `${this.micros < 0n ? "-" : ""}${size / 1_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
