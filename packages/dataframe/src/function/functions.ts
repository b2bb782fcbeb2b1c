import {
  CaseColumn,
  Column,
  expressionOf,
  type AnyColumn,
  type FreeIn,
  type InnerIn,
  type Operand,
  type ValueOf,
} from "../column/column.ts";
import { columnOf, namedColumn } from "../column/column-argument.ts";
import type { LiteralType, NullIn, Unchecked } from "../column/column-value.ts";
import { literalOf } from "../column/literal-of.ts";
import type { Expression } from "../expression/expression.ts";
import { literal, sortOrder, unresolvedFunction } from "../expression/factories.ts";
import { integerType } from "@vonk/columnar/internal";
import { aggregateSignatures, generatorSignatures, registeredNames, scalarSignatures, windowSignatures } from "./function-table.ts";
import { lambdaOf } from "./lambda.ts";
import { udf } from "./user-function.ts";
import type { AggregateFunctionOf, FreeName, ScalarFunctionOf } from "./signature.ts";

/** A column by name that knows no DataFrame yet: its type is that of the column it turns out to be. */
export class ColumnName<N extends string, out Free extends string = FreeName<N>> extends Column<Unchecked, N, Free> {
  readonly columnName: N;

  constructor(name: N, expression: Expression) {
    super(expression);
    this.columnName = name;
  }
}

type Scalars = { readonly [Name in keyof typeof scalarSignatures]: ScalarFunctionOf<(typeof scalarSignatures)[Name]> };
type Aggregates = { readonly [Name in keyof typeof aggregateSignatures]: AggregateFunctionOf<(typeof aggregateSignatures)[Name]> };
type WindowFunctions = { readonly [Name in keyof typeof windowSignatures]: AggregateFunctionOf<(typeof windowSignatures)[Name]> };
type Generators = { readonly [Name in keyof typeof generatorSignatures]: ScalarFunctionOf<(typeof generatorSignatures)[Name]> };

/** A column by name, or one that is built. */
export type ColumnLike = string | AnyColumn;

/** Names that a column by name, or one that is built, uses outside of aggregates. */
export type FreeOf<C> = C extends string ? FreeName<C> : FreeIn<C>;

type Field<C> =
  C extends ColumnName<infer N>
    ? { [K in N]: Unchecked }
    : C extends Column<infer T, infer N, string, string>
      ? { [K in N]: T }
      : C extends string
        ? { [K in C]: Unchecked }
        : never;
type StructOf<C extends readonly unknown[]> = { [K in C[number] as keyof Field<K> & string]: Field<K>[keyof Field<K> & string] };

/** Functions whose arguments are of forms of their own. */
interface Others {
  /** The column of a name: `a.b` is the field `b` of `a`, names with points stand in backquotes. */
  col<const N extends string>(name: N): ColumnName<N>;
  /** {@link col}. */
  column<const N extends string>(name: N): ColumnName<N>;
  /** A constant. */
  lit<const V>(value: V): Column<V extends AnyColumn ? ValueOf<V> : LiteralType<V>>;
  /** A function of the program for columns: see {@link udf}. */
  udf: typeof udf;
  /** An expression as SQL text; the compiler knows nothing of it. */
  expr(text: string): Column;
  /** A value where a condition is true: `when(a.gt(1), "many").otherwise("few")`. */
  when<const C extends Operand<boolean>, const V>(
    condition: C,
    value: V,
  ): CaseColumn<ValueOf<V> | null, string, FreeIn<C | V>, InnerIn<C | V>>;
  /** How many rows, or how many values that are not null. */
  count<const C extends ColumnLike>(column: C): Column<bigint, string, never, FreeOf<C> | InnerIn<C>>;
  /** How many different values, or lists of values. */
  count_distinct<const C extends readonly ColumnLike[]>(...columns: C): Column<bigint, string, never, FreeOf<C[number]>>;
  /** {@link count_distinct}. */
  countDistinct<const C extends readonly ColumnLike[]>(...columns: C): Column<bigint, string, never, FreeOf<C[number]>>;
  /** The sum of the different values. */
  sum_distinct<const C extends ColumnLike>(column: C): Column<Unchecked, string, never, FreeOf<C>>;
  /** A struct of columns under their names. */
  struct<const C extends readonly ColumnLike[]>(...columns: C): Column<StructOf<C>, string, FreeOf<C[number]>, InnerIn<C[number]>>;
  /** A map of keys and values in turn. */
  create_map<const C extends readonly ColumnLike[]>(...columns: C): Column<Unchecked, string, FreeOf<C[number]>, InnerIn<C[number]>>;
  /** Any function by its name in SQL. */
  call_function<const C extends readonly ColumnLike[]>(
    name: string,
    ...columns: C
  ): Column<Unchecked, string, FreeOf<C[number]>, InnerIn<C[number]>>;
  /** A key of an order. */
  asc<const C extends ColumnLike>(column: C): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** A key of an order, from the greatest. */
  desc<const C extends ColumnLike>(column: C): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** Not. */
  not<const C extends Operand<boolean>>(condition: C): Column<boolean | NullIn<ValueOf<C>>, string, FreeIn<C>, InnerIn<C>>;
  /** What `of` makes of each element; the second parameter is its position. */
  transform<const C extends ColumnLike>(
    array: C,
    of: (element: Column, index: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** The elements for which `keep` is true. */
  filter<const C extends ColumnLike>(
    array: C,
    keep: (element: Column, index: Column) => AnyColumn,
  ): Column<C extends AnyColumn ? ValueOf<C> : Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** Whether `test` is true for an element. */
  exists<const C extends ColumnLike>(array: C, test: (element: Column) => AnyColumn): Column<boolean | null, string, FreeOf<C>, InnerIn<C>>;
  /** Whether `test` is true for all elements. */
  forall<const C extends ColumnLike>(array: C, test: (element: Column) => AnyColumn): Column<boolean | null, string, FreeOf<C>, InnerIn<C>>;
  /** Elements put together, one after the other. */
  aggregate<const C extends ColumnLike>(
    array: C,
    initial: unknown,
    merge: (sum: Column, element: Column) => AnyColumn,
    finish?: (sum: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** {@link aggregate}. */
  reduce<const C extends ColumnLike>(
    array: C,
    initial: unknown,
    merge: (sum: Column, element: Column) => AnyColumn,
    finish?: (sum: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** Two arrays, element by element. */
  zip_with<const A extends ColumnLike, const B extends ColumnLike>(
    left: A,
    right: B,
    of: (left: Column, right: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<A | B>, InnerIn<A | B>>;
  /** An array in the order of a comparison: negative, 0, positive. */
  array_sort<const C extends ColumnLike>(
    array: C,
    compare?: (left: Column, right: Column) => AnyColumn,
  ): Column<C extends AnyColumn ? ValueOf<C> : Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** The entries of a map for which `keep` is true. */
  map_filter<const C extends ColumnLike>(
    map: C,
    keep: (key: Column, value: Column) => AnyColumn,
  ): Column<C extends AnyColumn ? ValueOf<C> : Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** A map with other keys. */
  transform_keys<const C extends ColumnLike>(
    map: C,
    of: (key: Column, value: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** A map with other values. */
  transform_values<const C extends ColumnLike>(
    map: C,
    of: (key: Column, value: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<C>, InnerIn<C>>;
  /** Two maps, key by key. */
  map_zip_with<const A extends ColumnLike, const B extends ColumnLike>(
    left: A,
    right: B,
    of: (key: Column, left: Column, right: Column) => AnyColumn,
  ): Column<Unchecked, string, FreeOf<A | B>, InnerIn<A | B>>;
}

/** All functions of columns, by Spark's names: `const { col, sum, upper } = functions`. */
export type Functions = Scalars & Aggregates & WindowFunctions & Generators & Others;

type AnyFunction = (...args: readonly unknown[]) => Column;

/** `'text` stands for a value; all other text names a column. */
function callByTable(name: string, signature: string): AnyFunction {
  const words = signature.slice(0, signature.indexOf(":")).trim().split(" ");
  const registered = registeredNames[name] ?? name;
  return (...args) =>
    new Column(
      unresolvedFunction(
        registered,
        args.map((argument, index) =>
          (words[Math.min(index, words.length - 1)] ?? "").startsWith("'") ? expressionOf(argument) : columnOf(argument),
        ),
      ),
    );
}

function aggregateCall(name: string, columns: readonly unknown[], distinct: boolean): Column {
  return new Column(unresolvedFunction(name, columns.map(columnOf), { distinct }));
}

function higherOrder(name: string): AnyFunction {
  return (...args) =>
    new Column(
      unresolvedFunction(
        name,
        args.flatMap((argument) =>
          argument === undefined ? [] : [typeof argument === "function" ? lambdaOf(argument) : columnOf(argument)],
        ),
      ),
    );
}

const higherOrderNames = [
  "transform",
  "filter",
  "exists",
  "forall",
  "aggregate",
  "reduce",
  "zip_with",
  "array_sort",
  "map_filter",
  "transform_keys",
  "transform_values",
  "map_zip_with",
] as const;

const countDistinct: AnyFunction = (...columns) => aggregateCall("count", columns, true);
const column: AnyFunction = (name) => new ColumnName(String(name), namedColumn(String(name)));

const others = {
  col: column,
  column,
  udf,
  lit: (value: unknown) => (value instanceof Column ? value : new Column(literalOf(value))),
  expr: (text: string) => new Column(Object.freeze({ kind: "unparsed", text })),
  when: (condition: unknown, value: unknown) => new CaseColumn([expressionOf(condition), expressionOf(value)]),
  count: (of: unknown) => aggregateCall("count", [of === "*" ? new Column(literal(1, integerType)) : of], false),
  count_distinct: countDistinct,
  countDistinct,
  sum_distinct: (of: unknown) => aggregateCall("sum", [of], true),
  struct: (...columns: readonly unknown[]) => new Column(unresolvedFunction("struct", columns.map(columnOf))),
  create_map: (...columns: readonly unknown[]) => new Column(unresolvedFunction("map", columns.map(columnOf))),
  call_function: (name: string, ...columns: readonly unknown[]) => new Column(unresolvedFunction(name, columns.map(columnOf))),
  asc: (of: unknown) => new Column(sortOrder(columnOf(of))),
  desc: (of: unknown) => new Column(sortOrder(columnOf(of), false)),
  not: (of: unknown) => new Column(unresolvedFunction("not", [columnOf(of)])),
  ...Object.fromEntries(higherOrderNames.map((name) => [name, higherOrder(name)])),
};

const byTable = Object.entries({ ...scalarSignatures, ...aggregateSignatures, ...windowSignatures, ...generatorSignatures });

/** All functions of columns, by Spark's names: `const { col, sum, upper } = functions`. */
export const functions: Functions = Object.freeze({
  ...Object.fromEntries(byTable.map(([name, signature]) => [name, callByTable(name, signature)])),
  ...others,
}) as unknown as Functions;
