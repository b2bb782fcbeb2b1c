import type { AnyColumn, Column } from "../column/column.ts";
import type { Flat, IsDynamic, IsUnchecked, Numeric, PeerOf, Unchecked } from "../column/column-value.ts";
import type { ColumnName } from "../function/functions.ts";
import type { Decimal } from "../value/decimal.ts";
import type { Timestamp } from "../value/timestamp.ts";
import type { Int } from "../schema/column-type.ts";

/*
 * What the compiler knows of DataFrames: `S` has the values of each column by name. All of it follows from the arguments of a call, and gives one
 * plain object type, so that long chains stay cheap.
 */

/** The value of a name that both sides of a join have: which column it is only `df.col(name)` says. */
export interface Ambiguous {
  readonly ambiguous: never;
}

/** The names that stand for one column. */
export type PlainNames<S> = { [Name in keyof S & string]: S[Name] extends Ambiguous ? never : Name }[keyof S & string];

/** What stands in a select list: names of columns, `*`, or columns that use none but those. */
export type Selectable<S> = PlainNames<S> | "*" | Column<unknown, string, keyof S & string, keyof S & string>;

/** A column of rows: no aggregate function in it. */
export type RowColumn<S> = Column<unknown, string, keyof S & string>;

/** A condition over rows. */
export type ConditionOf<S> = Column<boolean | null, string, keyof S & string>;

/** What rows are ordered by. */
export type SortKeyOf<S> = PlainNames<S> | Column<unknown, string, keyof S & string>;

type NamesIn<S, E> = E extends "*"
  ? keyof S & string
  : E extends string
    ? E
    : E extends Column<unknown, infer N, string, string>
      ? string extends N
        ? never
        : N
      : never;

type ValueNamed<S, E, Name> = E extends "*"
  ? Name extends keyof S
    ? S[Name]
    : never
  : E extends Name
    ? S[E & keyof S]
    : E extends ColumnName<infer N>
      ? N extends Name
        ? S[N & keyof S]
        : never
      : E extends Column<infer T, infer N, string, string>
        ? string extends N
          ? never
          : N extends Name
            ? T
            : never
        : never;

/** The columns of a select list; those without a name that the compiler knows are left out. */
export type Selected<S, List extends readonly unknown[]> =
  IsDynamic<S> extends true ? S : Flat<{ [Name in NamesIn<S, List[number]>]: ValueNamed<S, List[number], Name> }>;

/** The columns with one more, or with another in the place of one. */
export type WithColumn<S, Name extends string, C> =
  IsDynamic<S> extends true ? S : Flat<Omit<S, Name> & { [N in Name]: ValueOfColumn<S, C> }>;

/** The columns with those of an object. */
export type WithColumns<S, Columns> =
  IsDynamic<S> extends true ? S : Flat<Omit<S, keyof Columns> & { [N in keyof Columns]: ValueOfColumn<S, Columns[N]> }>;

type ValueOfColumn<S, C> =
  C extends ColumnName<infer N> ? S[N & keyof S] : C extends Column<infer T, string, string, string> ? T : Unchecked;

/** The columns with other names. */
export type Renamed<S, Names extends Readonly<Record<string, string>>> =
  IsDynamic<S> extends true ? S : Flat<{ [Name in keyof S as Name extends keyof Names ? Names[Name] : Name]: S[Name] }>;

/** The columns without some. Of two columns of a name, one that is told by its DataFrame leaves the other. */
export type Dropped<S, Names> =
  IsDynamic<S> extends true
    ? S
    : Flat<
        Omit<S, Names extends string ? Names : Names extends Column<unknown, infer N, string, string> ? N : never> & {
          [N in OneOfTwo<S, Names>]: Unchecked;
        }
      >;

type OneOfTwo<S, Names> =
  Names extends Column<unknown, infer N, string, string> ? (N extends keyof S ? (S[N] extends Ambiguous ? N : never) : never) : never;

/** The columns of a type of numbers. */
export type NumericNames<S> = {
  [Name in keyof S & string]: IsUnchecked<S[Name]> extends true ? Name : NonNullable<S[Name]> extends Numeric ? Name : never;
}[keyof S & string];

/** Spark's names for kinds of joins. */
export type JoinKind =
  | "inner"
  | "cross"
  | "outer"
  | "full"
  | "fullouter"
  | "full_outer"
  | "left"
  | "leftouter"
  | "left_outer"
  | "right"
  | "rightouter"
  | "right_outer"
  | "semi"
  | "leftsemi"
  | "left_semi"
  | "anti"
  | "leftanti"
  | "left_anti";

type LeftOnly = "semi" | "leftsemi" | "left_semi" | "anti" | "leftanti" | "left_anti";
type KeepsLeft = "left" | "leftouter" | "left_outer";
type KeepsRight = "right" | "rightouter" | "right_outer";
type KeepsBoth = "outer" | "full" | "fullouter" | "full_outer";

type Nullable<S> = { [Name in keyof S]: S[Name] | null };

type LeftSide<S, Kind> = Kind extends KeepsRight | KeepsBoth ? Nullable<S> : S;
type RightSide<R, Kind> = Kind extends KeepsLeft | KeepsBoth ? Nullable<R> : R;

/** The columns of both sides; names that both have mean neither without their DataFrame. */
export type JoinedOn<S, R, Kind> = Kind extends LeftOnly
  ? S
  : IsDynamic<S> extends true
    ? S
    : IsDynamic<R> extends true
      ? R
      : Flat<Omit<LeftSide<S, Kind>, keyof R> & Omit<RightSide<R, Kind>, keyof S> & { [Name in keyof S & keyof R]: Ambiguous }>;

/** The keys once, then the columns of both sides. */
export type JoinedUsing<S, R, Key extends string, Kind> = Kind extends LeftOnly
  ? S
  : IsDynamic<S> extends true
    ? S
    : IsDynamic<R> extends true
      ? R
      : Flat<
          { [K in Key]: K extends keyof S & keyof R ? KeyValue<S[K], R[K], Kind> : never } & Omit<LeftSide<S, Kind>, keyof R> &
            Omit<RightSide<R, Kind>, keyof S> & { [Name in Exclude<keyof S & keyof R, Key>]: Ambiguous }
        >;

type KeyValue<A, B, Kind> = Kind extends KeepsRight ? B : Kind extends KeepsBoth ? A | B : A;

/** The columns of a join by names or by a condition. */
export type Joined<S, R, On, Kind> = On extends string
  ? JoinedUsing<S, R, On, Kind>
  : On extends readonly (infer Key)[]
    ? JoinedUsing<S, R, Key & string, Kind>
    : JoinedOn<S, R, Kind>;

/** Names that both sides have with values that can be equal. */
export type CommonNames<S, R> =
  IsDynamic<S> extends true
    ? keyof R & string
    : IsDynamic<R> extends true
      ? keyof S & string
      : { [K in keyof S & keyof R & string]: [PeerOf<S[K]>] extends [PeerOf<R[K]>] ? K : never }[keyof S & keyof R & string];

/** The columns of two lists of rows, of which some may be in one alone. */
export type UnionByName<S, R> =
  IsDynamic<S> extends true
    ? S
    : IsDynamic<R> extends true
      ? R
      : Flat<{ [K in keyof S & keyof R]: S[K] | R[K] } & Nullable<Omit<S, keyof R>> & Nullable<Omit<R, keyof S>>>;

/** The columns, some of them never null. */
export type NotNull<S, Names> = IsDynamic<S> extends true ? S : { [K in keyof S]: K extends Names ? NonNullable<S[K]> : S[K] };

/** What a program may give for a row: plain numbers for whole ones, `Date` for TIMESTAMP. */
export type RowInput<S> = { readonly [Name in keyof S]: ValueInput<S[Name]> };

type ValueInput<V> = V extends Int
  ? number
  : V extends bigint
    ? bigint | number
    : V extends Decimal
      ? Decimal | number | bigint
      : V extends Timestamp
        ? Timestamp | Date
        : V;

/** Values of a program's objects as columns: whole numbers are not told apart, so `number` is DOUBLE. */
export type FromObjects<T> = Flat<{ [K in keyof T & string]: ColumnValue<T[K]> }>;

type ColumnValue<V> = V extends undefined ? null : V;

/** What `df.groupBy(…).sum("a")` calls its columns. */
export type NamedSums<S, Names extends string> = {
  [N in Names as `sum(${N})`]:
    | (S[N & keyof S] extends infer V ? (NonNullable<V> extends Int | bigint ? bigint : NonNullable<V>) : never)
    | null;
};

/** An aggregate over groups: outside of aggregate functions it uses nothing but what is grouped by. */
export type AggregateColumn<S, Keys> = Column<unknown, string, keyof Keys & string, keyof S & string>;

/** Any list of columns. */
export type ColumnList = readonly (string | AnyColumn)[];
