import { dataFrameErrors } from "../errors.ts";

/** An exact decimal: `unscaled` times 10^-`scale`. */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** The decimal that a text writes, `12.50`, with as many digits behind the point. @throws VALUE_MALFORMED */
  static of(text: string | number | bigint): Decimal {
    const written = String(text).trim();
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(written);
    if (match === null) throw dataFrameErrors.create("VALUE_MALFORMED", { value: written, type: "Decimal", form: "12.50" });
    const [, sign = "", whole = "", fraction = ""] = match;
    const unscaled = BigInt(whole + fraction);
    return new Decimal(sign === "-" ? -unscaled : unscaled, fraction.length);
  }

  toString(): string {
    const negative = this.unscaled < 0n;
    const digits = (negative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, "0");
    const text = this.scale === 0 ? digits : `${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
    return negative ? `-${text}` : text;
  }

  toJSON(): string {
    return this.toString();
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString());
  }
}
