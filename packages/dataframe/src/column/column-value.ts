import type { ColumnType, Int } from "../schema/column-type.ts";
import type { Decimal } from "../value/decimal.ts";
import type { DayTimeInterval, YearMonthInterval } from "../value/interval.ts";
import type { LocalDate } from "../value/local-date.ts";
import type { LocalDateTime, LocalTime, Timestamp } from "../value/timestamp.ts";

/*
 * What the compiler knows of columns. A column's type is the type of its values in programs, with null when it may be null. Everything here
 * exists for the compiler alone.
 */

/** Values of which nothing is known before the query is analysed: the one place where the compiler looks away, as in PySpark. */
export type Unchecked = any; // oxlint-disable-line typescript/no-explicit-any -- what is unknown must be accepted everywhere

/** The columns of a DataFrame without a schema: any name, any value. */
export interface Dynamic {
  readonly [column: string]: Unchecked;
}

/** True for {@link Unchecked} alone. */
export type IsUnchecked<T> = 0 extends 1 & T ? true : false;

/** True for columns of which nothing is known. */
export type IsDynamic<S> = string extends keyof S ? true : false;

/** The names of columns. */
export type NamesOf<S> = keyof S & string;

/** Types of numbers. */
export type Numeric = number | bigint | Decimal;

/** Types that are compared as points in time; texts are converted. */
export type DateLike = LocalDate | Timestamp | LocalDateTime | Date | string;

/** null when values of `T` may be null. */
export type NullIn<T> = IsUnchecked<T> extends true ? never : null extends T ? null : never;

type FromEntries<Entries extends readonly [unknown, unknown]> = { [Entry in Entries as Entry[0] & string]: Entry[1] } & {};

type EntriesOf<S> = { [Name in keyof S]-?: [Name, S[Name]] }[keyof S];

/**
 * The type as one object. It is made of its entries, not of `S`: the compiler would carry the types of all steps before along, and give up a chain of
 * thirty as too deep.
 */
export type Flat<S> = FromEntries<EntriesOf<S>> extends infer Columns extends object ? Columns : never;

/** A whole number that stands in a program is an INT, another one a DOUBLE. */
export type LiteralType<V> = V extends number
  ? number extends V
    ? number
    : `${V}` extends `${bigint}`
      ? Int
      : number
  : V extends string
    ? string
    : V extends bigint
      ? bigint
      : V extends boolean
        ? boolean
        : V extends Date
          ? Timestamp
          : V;

/** What `+`, `-` and `*` of two types give: DOUBLE wins, then DECIMAL, BIGINT, INT. */
export type ArithmeticOf<A, B> =
  IsUnchecked<A> extends true
    ? Unchecked
    : IsUnchecked<B> extends true
      ? Unchecked
      : ArithmeticOfSome<NonNullable<A>, NonNullable<B>> | NullIn<A> | NullIn<B>;

type ArithmeticOfSome<A, B> = IsDouble<A> | IsDouble<B> extends false
  ? Extract<A | B, Decimal> extends never
    ? Extract<A | B, bigint> extends never
      ? Int
      : bigint
    : Decimal
  : number;

type IsDouble<A> = A extends Int ? false : A extends number ? true : false;

/** What `/` gives: DECIMAL of exact numbers when one of them is a DECIMAL, else DOUBLE. */
export type QuotientOf<A, B> =
  IsUnchecked<A> extends true
    ? Unchecked
    : IsUnchecked<B> extends true
      ? Unchecked
      : (ArithmeticOfSome<NonNullable<A>, NonNullable<B>> extends Decimal ? Decimal : number) | NullIn<A> | NullIn<B>;

/** What a value of type `T` may be compared with. */
export type PeerOf<T> =
  IsUnchecked<T> extends true
    ? unknown
    : NonNullable<T> extends Numeric
      ? Numeric
      : NonNullable<T> extends LocalDate | Timestamp | LocalDateTime
        ? DateLike
        : NonNullable<T> extends string
          ? string
          : NonNullable<T> extends boolean
            ? boolean
            : NonNullable<T>;

/** Names of types, and what their values are. */
export interface NamedTypes {
  boolean: boolean;
  tinyint: Int;
  byte: Int;
  smallint: Int;
  short: Int;
  int: Int;
  integer: Int;
  bigint: bigint;
  long: bigint;
  float: number;
  real: number;
  double: number;
  string: string;
  binary: Uint8Array;
  date: LocalDate;
  timestamp: Timestamp;
  timestamp_ltz: Timestamp;
  timestamp_ntz: LocalDateTime;
  time: LocalTime;
  decimal: Decimal;
}

/** A type as text: a name, or one with arguments. */
export type TypeText =
  | keyof NamedTypes
  | `decimal(${string})`
  | `char(${string})`
  | `varchar(${string})`
  | `time(${string})`
  | `array<${string}>`
  | `map<${string}>`
  | `struct<${string}>`
  | `interval ${string}`;

/** The values of a type that is given by name, or as one of `types`. */
export type ValueOfType<Type> =
  Type extends ColumnType<infer T>
    ? T
    : Type extends keyof NamedTypes
      ? NamedTypes[Type]
      : Type extends `decimal(${string}`
        ? Decimal
        : Type extends `char(${string}` | `varchar(${string}`
          ? string
          : Type extends `array<${infer Element}>`
            ? readonly (ValueOfType<Element> | null)[]
            : Unchecked;

/** What `sum` gives. */
export type SumOf<T> =
  IsUnchecked<T> extends true
    ? Unchecked
    : NonNullable<T> extends Decimal
      ? Decimal
      : NonNullable<T> extends Int | bigint
        ? bigint
        : IntervalOr<T, number>;

/** What `avg` gives. */
export type AverageOf<T> = IsUnchecked<T> extends true ? Unchecked : NonNullable<T> extends Decimal ? Decimal : IntervalOr<T, number>;

type IntervalOr<T, Other> = NonNullable<T> extends YearMonthInterval | DayTimeInterval ? NonNullable<T> : Other;

/** The elements of an array, the values of a map. */
export type ElementOf<T> =
  IsUnchecked<T> extends true
    ? Unchecked
    : NonNullable<T> extends readonly (infer E)[]
      ? E
      : NonNullable<T> extends ReadonlyMap<unknown, infer V>
        ? V
        : Unchecked;
