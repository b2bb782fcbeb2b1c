import type { AnyColumn, Column, FreeIn, InnerIn, ValueOf } from "../column/column.ts";
import type {
  ArithmeticOf,
  AverageOf,
  DateLike,
  ElementOf,
  IsUnchecked,
  NullIn,
  Numeric,
  SumOf,
  Unchecked,
} from "../column/column-value.ts";
import type { Int } from "../schema/column-type.ts";
import type { Decimal } from "../value/decimal.ts";
import type { LocalDate } from "../value/local-date.ts";
import type { LocalTime, LocalDateTime, Timestamp } from "../value/timestamp.ts";

/*
 * Signatures of functions as text, read by the compiler: `"text int 'text? : text"` takes a text column, an integer and perhaps a constant text, and gives
 * text. Arguments are words of `ArgumentWords`; text in quotes stands for a value, all other text for the name of a column; `?` may be left out, `*` repeats.
 */

interface ArgumentWords {
  any: unknown;
  num: Numeric;
  int: number | bigint;
  text: string;
  bool: boolean;
  date: DateLike | LocalTime;
  bin: Uint8Array | string;
  arr: readonly unknown[];
  map: ReadonlyMap<unknown, unknown>;
  coll: readonly unknown[] | ReadonlyMap<unknown, unknown>;
}

/** A column by name or as it is; values that are no text may stand for themselves. */
type ColumnArgument<V> =
  | Column<V | null, string, string, string>
  | string
  | (unknown extends V ? number | bigint | boolean | Decimal | LocalDate : Exclude<V, string | object>);

type Argument<Word> = Word extends `'${infer W extends keyof ArgumentWords}`
  ? ArgumentWords[W] | Column<ArgumentWords[W] | null, string, string, string>
  : Word extends keyof ArgumentWords
    ? ColumnArgument<ArgumentWords[Word]>
    : never;

/** The words of a text, one after the other. */
export type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}`
  ? [Word, ...Words<Rest>]
  : Text extends ""
    ? []
    : [Text];

/** The arguments that some words ask for. */
export type Arguments<W extends readonly string[]> = W extends [infer Word extends string, ...infer Rest extends readonly string[]]
  ? Word extends `${infer Only}*`
    ? Argument<Only>[]
    : Word extends `${infer Only}?`
      ? [Argument<Only>?, ...Arguments<Rest>]
      : [Argument<Word>, ...Arguments<Rest>]
  : [];

/** Names of columns that an argument uses outside of aggregates; text of quoted words is a value. */
type FreeOfArgument<Word, A> = A extends string ? (Word extends `'${string}` ? never : FreeName<A>) : FreeIn<A>;

/** A name that the compiler knows; a star is none, and what `a.b` means depends on the DataFrame. */
export type FreeName<A extends string> = string extends A ? never : A extends "*" | `${string}.${string}` ? never : A;

/** Names that arguments use outside of aggregates. */
export type FreeOfArguments<W extends readonly string[], A extends readonly unknown[]> = A extends readonly [infer Head, ...infer Tail]
  ? W extends readonly [infer Word extends string, ...infer Rest extends readonly string[]]
    ? FreeOfArgument<Word, Head> | (Word extends `${string}*` ? FreeOfArguments<W, Tail> : FreeOfArguments<Rest, Tail>)
    : never
  : A extends readonly []
    ? never
    : FreeOfArgument<W[0], A[number]>;

/** The type of a column argument's values; of a name nothing is known. */
type ValueOfArgument<A> = A extends string ? Unchecked : ValueOf<A>;

/** What a result word means for arguments. */
export type Result<Word extends string, A extends readonly unknown[]> = Word extends keyof FixedResults
  ? FixedResults[Word] | NullOfArguments<A>
  : Word extends `${infer Always extends keyof FixedResults}!`
    ? FixedResults[Always]
    : Word extends `${infer Maybe extends keyof FixedResults}?`
      ? FixedResults[Maybe] | null
      : DependentResult<Word, ValueOfArgument<A[0]>, A>;

interface FixedResults {
  int: Int;
  bigint: bigint;
  double: number;
  text: string;
  bool: boolean;
  date: LocalDate;
  timestamp: Timestamp;
  timestamp_ntz: LocalDateTime;
  time: LocalTime;
  decimal: Decimal;
  bin: Uint8Array;
  unknown: Unchecked;
  texts: readonly string[];
}

type DependentResult<Word extends string, First, A extends readonly unknown[]> =
  IsUnchecked<First> extends true
    ? Unchecked
    : Word extends "same"
      ? First
      : Word extends "same?"
        ? First | null
        : Word extends "any-of"
          ? ValueOfArgument<A[number]>
          : Word extends "first-of"
            ? Exclude<ValueOfArgument<A[number]>, null> | NullOfLast<A>
            : Word extends "sum"
              ? SumOf<First> | null
              : Word extends "average"
                ? AverageOf<First> | null
                : Word extends "array-of"
                  ? readonly First[]
                  : Word extends "list-of"
                    ? readonly Exclude<First, null>[]
                    : Word extends "element"
                      ? ElementOf<First> | null
                      : Word extends "second"
                        ? ArithmeticOf<First, ValueOfArgument<A[1]>>
                        : Unchecked;

type NullOfArguments<A extends readonly unknown[]> = {
  [Index in keyof A]: A[Index] extends AnyColumn ? NullIn<ValueOf<A[Index]>> : never;
}[number];

type NullOfLast<A extends readonly unknown[]> = A extends readonly [...unknown[], infer Last] ? NullIn<ValueOfArgument<Last>> : null;

/** A function of rows: what a signature's text says. */
export type ScalarFunctionOf<Text extends string> = Text extends `${infer Parameters}: ${infer R}`
  ? <const A extends Arguments<Words<Trimmed<Parameters>>>>(
      ...args: A
    ) => Column<Result<R, A>, string, FreeOfArguments<Words<Trimmed<Parameters>>, A>, InnerOfArguments<A>>
  : never;

/** An aggregate function: names that its arguments use are used inside of it. */
export type AggregateFunctionOf<Text extends string> = Text extends `${infer Parameters}: ${infer R}`
  ? <const A extends Arguments<Words<Trimmed<Parameters>>>>(
      ...args: A
    ) => Column<Result<R, A>, string, never, FreeOfArguments<Words<Trimmed<Parameters>>, A> | InnerOfArguments<A>>
  : never;

type Trimmed<Text extends string> = Text extends `${infer Kept} ` ? Kept : Text;

type InnerOfArguments<A extends readonly unknown[]> = InnerIn<A[number]>;
