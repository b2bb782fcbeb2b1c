import { type CalendarInterval, MapValue, type DataType, type SQLValue, type VariantValue } from "@vonk/columnar/internal";
import { dateText, decimalText } from "@vonk/expression/internal";

/** A value as programs get it: exact decimals and dates are classes of their own, BIGINT is bigint, maps are Maps, structs plain objects. */
export type ExternalValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | LocalDate
  | CalendarInterval
  | VariantValue
  | readonly ExternalValue[]
  | ReadonlyMap<ExternalValue, ExternalValue>
  | { readonly [field: string]: ExternalValue };

/** An exact decimal: `unscaled` times 10^-`scale`. */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  toString(): string {
    return decimalText(this.unscaled, this.scale);
  }

  toJSON(): string {
    return this.toString();
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString());
  }
}

/** A day of the calendar, of no time zone. */
export class LocalDate {
  /** Days since 1970-01-01. */
  readonly epochDay: number;

  constructor(epochDay: number) {
    this.epochDay = epochDay;
  }

  toString(): string {
    return dateText(this.epochDay);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** An engine's value in the form for programs. */
export function externalValue(value: SQLValue, type: DataType): ExternalValue {
  if (value === null) return null;
  switch (type.kind) {
    case "decimal":
      return typeof value === "bigint" ? new Decimal(value, type.scale) : null;
    case "date":
      return typeof value === "number" ? new LocalDate(value) : null;
    case "array":
      return Array.isArray(value) ? value.map((item: SQLValue) => externalValue(item, type.element)) : null;
    case "struct":
      if (!Array.isArray(value)) return null;
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, externalValue((value[index] ?? null) as SQLValue, field.dataType)]),
      );
    case "map":
      if (!(value instanceof MapValue)) return null;
      return new Map(
        value.keys.map((key, index) => [externalValue(key, type.key), externalValue(value.values[index] ?? null, type.value)]),
      );
    default:
      return plain(value);
  }
}

function plain(value: SQLValue): ExternalValue {
  return Array.isArray(value) || value instanceof MapValue ? null : (value as ExternalValue);
}
