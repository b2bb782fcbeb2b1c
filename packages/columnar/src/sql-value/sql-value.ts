/**
 * A value of an SQL type inside the engine; its type stands beside it, in the schema.
 *
 * | type | value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number |
 * | BIGINT | bigint |
 * | FLOAT, DOUBLE | number; FLOAT rounded to single precision |
 * | DECIMAL(p,s) | bigint: the value times 10^s |
 * | STRING, CHAR, VARCHAR | string |
 * | BINARY | Uint8Array |
 * | DATE | number: days since 1970-01-01 |
 * | TIMESTAMP, TIMESTAMP_NTZ | bigint: microseconds since 1970-01-01 00:00, in UTC or local |
 * | TIME | bigint: nanoseconds since midnight |
 * | INTERVAL YEAR TO MONTH | number: months |
 * | INTERVAL DAY TO SECOND | bigint: microseconds |
 * | INTERVAL | CalendarInterval |
 * | ARRAY, STRUCT | an array of values: elements, or fields in their order |
 * | MAP | MapValue |
 * | VARIANT | VariantValue |
 * | any | null |
 */
export type SQLValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | CalendarInterval
  | MapValue
  | VariantValue
  | readonly SQLValue[];

/** One row: its columns' values in order. */
export type SQLRow = readonly SQLValue[];

/** Spark's legacy interval: three parts that are not converted into one another. */
export class CalendarInterval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;

  constructor(months: number, days: number, microseconds: bigint) {
    this.months = months;
    this.days = days;
    this.microseconds = microseconds;
  }
}

/** A map as two lists of one length, in order of insertion; keys are not null and not repeated. */
export class MapValue {
  readonly keys: readonly SQLValue[];
  readonly values: readonly SQLValue[];

  constructor(keys: readonly SQLValue[], values: readonly SQLValue[]) {
    this.keys = keys;
    this.values = values;
  }

  get size(): number {
    return this.keys.length;
  }
}

/** A value of Spark's binary variant encoding: the bytes of the value and of the dictionary of its object keys. */
export class VariantValue {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;

  constructor(value: Uint8Array, metadata: Uint8Array) {
    this.value = value;
    this.metadata = metadata;
  }
}
