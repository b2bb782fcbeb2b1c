import type { DataType } from "@vonk/columnar/internal";
import { dataFrameErrors } from "../errors.ts";
import type { Expression } from "../expression/expression.ts";
import { alias, cast, sortOrder, stringLiteral, unresolvedFunction } from "../expression/factories.ts";
import type { WindowSpecification } from "../plan/logical-plan.ts";
import { parseDataType } from "../schema/parse-data-type.ts";
import type { ColumnType } from "../schema/column-type.ts";
import type {
  ArithmeticOf,
  ElementOf,
  IsUnchecked,
  LiteralType,
  NullIn,
  Numeric,
  PeerOf,
  QuotientOf,
  TypeText,
  Unchecked,
  ValueOfType,
} from "./column-value.ts";
import { literalOf } from "./literal-of.ts";

/** A column whatever it holds. */
export type AnyColumn = Column<unknown, string, string, string>;

/** A column of `V` or null, or a value of the program. */
export type Operand<V> = V | Column<V | null, string, string, string>;

/** The value of an operand. */
export type ValueOf<O> = O extends Column<infer T, string, string, string> ? T : LiteralType<O>;

/** Names that an operand uses outside of aggregate functions. */
export type FreeIn<O> = O extends Column<unknown, string, infer Free, string> ? Free : never;

/** Names that an operand uses inside of aggregate functions. */
export type InnerIn<O> = O extends Column<unknown, string, string, infer Inner> ? Inner : never;

/** What `over` needs of a window. `W` are the names of the columns that it uses. */
export interface WindowClause<W extends string> {
  readonly specification: WindowSpecification;
  /** For the compiler alone; never set. */
  readonly uses?: W;
}

/** A field of a struct column. */
type FieldsOf<T> = NonNullable<T> extends object ? NonNullable<T> : never;

/**
 * An expression over the columns of a DataFrame, with Spark's methods. For the compiler it also has the type `T` of its values, its `Name`, the names of the
 * columns that it uses outside of aggregate functions (`Free`) and inside of them (`Inner`): that is how `select("citty")` and a column that is
 * not grouped by are errors where they are written.
 */
export class Column<
  out T = Unchecked,
  out Name extends string = string,
  out Free extends string = never,
  out Inner extends string = never,
> {
  readonly expression: Expression;
  /** For the compiler alone; never set. */
  declare readonly typed: { readonly value: T; readonly name: Name; readonly free: Free; readonly inner: Inner };

  constructor(expression: Expression) {
    this.expression = expression;
  }

  /** Sum. */
  plus<T extends Numeric | null, Free extends string, Inner extends string, const O extends Operand<Numeric>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("+", this, other);
  }

  /** Difference. */
  minus<T extends Numeric | null, Free extends string, Inner extends string, const O extends Operand<Numeric>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("-", this, other);
  }

  /** Product. */
  multiply<T extends Numeric | null, Free extends string, Inner extends string, const O extends Operand<Numeric>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("*", this, other);
  }

  /** Quotient: a DOUBLE, or a DECIMAL of exact numbers one of which is a DECIMAL. */
  divide<T extends Numeric | null, Free extends string, Inner extends string, const O extends Operand<Numeric>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<QuotientOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("/", this, other);
  }

  /** Remainder, with the sign of the dividend. */
  mod<T extends Numeric | null, Free extends string, Inner extends string, const O extends Operand<Numeric>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("%", this, other);
  }

  /** The number with the other sign. */
  negate<T extends Numeric | null, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
  ): Column<T, string, Free, Inner> {
    return invoke("negative", [this.expression]);
  }

  /** True where both are equal; null where one is null. */
  equalTo<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("=", this, other);
  }

  /** The opposite of {@link equalTo}. */
  notEqual<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return invoke("not", [call("=", this, other)]);
  }

  /** True where both are equal or both null; never null. */
  eqNullSafe<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T> | null>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("<=>", this, other);
  }

  /** Less than. */
  lt<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("<", this, other);
  }

  /** Less than or equal. */
  leq<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("<=", this, other);
  }

  /** Greater than. */
  gt<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary(">", this, other);
  }

  /** Greater than or equal. */
  geq<T, Free extends string, Inner extends string, const O extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary(">=", this, other);
  }

  /** From one bound to another, both included. */
  between<T, Free extends string, Inner extends string, const A extends Operand<PeerOf<T>>, const B extends Operand<PeerOf<T>>>(
    this: Column<T, string, Free, Inner>,
    lower: A,
    upper: B,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<A> | ValueOf<B>>, string, Free | FreeIn<A | B>, Inner | InnerIn<A | B>> {
    return invoke("between", [this.expression, expressionOf(lower), expressionOf(upper)]);
  }

  /** True where the value is one of those given. */
  isin<T, Free extends string, Inner extends string, const V extends PeerOf<T>>(
    this: Column<T, string, Free, Inner>,
    ...values: readonly V[] | readonly [readonly V[]]
  ): Column<boolean | NullIn<T>, string, Free, Inner> {
    const [first] = values;
    const list: readonly unknown[] = values.length === 1 && Array.isArray(first) ? first : values;
    return invoke("in", [this.expression, ...list.map(expressionOf)]);
  }

  /** Both true. */
  and<T extends boolean | null, Free extends string, Inner extends string, const O extends Operand<boolean>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("and", this, other);
  }

  /** One of them true. */
  or<T extends boolean | null, Free extends string, Inner extends string, const O extends Operand<boolean>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("or", this, other);
  }

  /** True where this is null. */
  isNull<Free extends string, Inner extends string>(this: Column<unknown, string, Free, Inner>): Column<boolean, string, Free, Inner> {
    return invoke("isnull", [this.expression]);
  }

  /** True where this is not null. */
  isNotNull<Free extends string, Inner extends string>(this: Column<unknown, string, Free, Inner>): Column<boolean, string, Free, Inner> {
    return invoke("isnotnull", [this.expression]);
  }

  /** True where this is not a number. */
  isNaN<T extends Numeric | null, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
  ): Column<boolean, string, Free, Inner> {
    return invoke("isnan", [this.expression]);
  }

  /** SQL's LIKE: `%` any text, `_` any character. */
  like<T extends string | null, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
    pattern: string,
  ): Column<boolean | NullIn<T>, string, Free, Inner> {
    return binary("like", this, pattern);
  }

  /** LIKE without regard to case. */
  ilike<T extends string | null, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
    pattern: string,
  ): Column<boolean | NullIn<T>, string, Free, Inner> {
    return binary("ilike", this, pattern);
  }

  /** True where a part of the text matches a regular expression. */
  rlike<T extends string | null, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
    pattern: string,
  ): Column<boolean | NullIn<T>, string, Free, Inner> {
    return binary("rlike", this, pattern);
  }

  /** True where the text begins with another. */
  startsWith<T extends string | null, Free extends string, Inner extends string, const O extends Operand<string>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("startswith", this, other);
  }

  /** True where the text ends with another. */
  endsWith<T extends string | null, Free extends string, Inner extends string, const O extends Operand<string>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("endswith", this, other);
  }

  /** True where the text has another in it. */
  contains<T extends string | null, Free extends string, Inner extends string, const O extends Operand<string>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<boolean | NullIn<T> | NullIn<ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("contains", this, other);
  }

  /** A part of the text; positions begin at 1. */
  substr<
    T extends string | null,
    Free extends string,
    Inner extends string,
    const A extends Operand<number | bigint>,
    const B extends Operand<number | bigint>,
  >(
    this: Column<T, string, Free, Inner>,
    start: A,
    length: B,
  ): Column<string | NullIn<T>, string, Free | FreeIn<A | B>, Inner | InnerIn<A | B>> {
    return invoke("substring", [this.expression, expressionOf(start), expressionOf(length)]);
  }

  /** Bits of both. */
  bitwiseAND<T extends number | bigint | null, Free extends string, Inner extends string, const O extends Operand<number | bigint>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("&", this, other);
  }

  /** Bits of one or both. */
  bitwiseOR<T extends number | bigint | null, Free extends string, Inner extends string, const O extends Operand<number | bigint>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("|", this, other);
  }

  /** Bits of one of them. */
  bitwiseXOR<T extends number | bigint | null, Free extends string, Inner extends string, const O extends Operand<number | bigint>>(
    this: Column<T, string, Free, Inner>,
    other: O,
  ): Column<ArithmeticOf<T, ValueOf<O>>, string, Free | FreeIn<O>, Inner | InnerIn<O>> {
    return binary("^", this, other);
  }

  /** The value in another type; a failure is an error. Types are names as in SQL (`"bigint"`), or of `types`. */
  cast<T, Name extends string, Free extends string, Inner extends string, const Type extends TypeText | ColumnType<unknown> | DataType>(
    this: Column<T, Name, Free, Inner>,
    type: Type,
  ): Column<ValueOfType<Type> | NullIn<T>, Name, Free, Inner> {
    return new Column(cast(this.expression, dataTypeOf(type), "ansi", true));
  }

  /** {@link cast}, with null for what does not convert. */
  try_cast<Name extends string, Free extends string, Inner extends string, const Type extends TypeText | ColumnType<unknown> | DataType>(
    this: Column<unknown, Name, Free, Inner>,
    type: Type,
  ): Column<ValueOfType<Type> | null, Name, Free, Inner> {
    return new Column(cast(this.expression, dataTypeOf(type), "try", true));
  }

  /** The same under a name. Generators of several columns take a name for each. */
  as<T, Free extends string, Inner extends string, const N extends string>(
    this: Column<T, string, Free, Inner>,
    name: N,
  ): Column<T, N, Free, Inner>;
  as<Free extends string, Inner extends string, const N extends string>(
    this: Column<unknown, string, Free, Inner>,
    ...names: readonly [N, N, ...N[]]
  ): Column<Unchecked, N, Free, Inner>;
  as(...names: readonly string[]): Column<Unchecked, string, Free, Inner> {
    const [name = ""] = names;
    return new Column(
      names.length === 1 ? alias(this.expression, name) : Object.freeze({ kind: "multiAlias", child: this.expression, names }),
    );
  }

  /** {@link as}. */
  alias<T, Free extends string, Inner extends string, const N extends string>(
    this: Column<T, string, Free, Inner>,
    name: N,
  ): Column<T, N, Free, Inner> {
    return this.as(name);
  }

  /** {@link as}. */
  name<T, Free extends string, Inner extends string, const N extends string>(
    this: Column<T, string, Free, Inner>,
    name: N,
  ): Column<T, N, Free, Inner> {
    return this.as(name);
  }

  /** An element of an array by position from 0, or a value of a map by its key. */
  getItem<T, Free extends string, Inner extends string>(
    this: Column<T, string, Free, Inner>,
    key: string | number | bigint,
  ): Column<IsUnchecked<T> extends true ? Unchecked : ElementOf<T> | null, string, Free, Inner> {
    return new Column(Object.freeze({ kind: "unresolvedExtract", child: this.expression, key: literalOf(key) }));
  }

  /** A field of a struct. */
  getField<T, Free extends string, Inner extends string, const Field extends keyof FieldsOf<T> & string>(
    this: Column<T, string, Free, Inner>,
    field: Field,
  ): Column<FieldsOf<T>[Field] | NullIn<T>, Field, Free, Inner> {
    return new Column(Object.freeze({ kind: "unresolvedExtract", child: this.expression, key: stringLiteral(field) }));
  }

  /** An aggregate or window function over the rows of a window. */
  over<T, Free extends string, Inner extends string, W extends string>(
    this: Column<T, string, Free, Inner>,
    window: WindowClause<W>,
  ): Column<T, string, Free | Inner | W> {
    const { partitionBy, orderBy, frame } = window.specification;
    return new Column(
      Object.freeze({ kind: "window", function: this.expression, partitionBy, orderBy, ...(frame === undefined ? {} : { frame }) }),
    );
  }

  /** For `orderBy`: from the least, nulls first. */
  asc<T, Name extends string, Free extends string, Inner extends string>(this: Column<T, Name, Free, Inner>): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression));
  }

  /** From the least, nulls first. */
  asc_nulls_first<T, Name extends string, Free extends string, Inner extends string>(
    this: Column<T, Name, Free, Inner>,
  ): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression, true, true));
  }

  /** From the least, nulls last. */
  asc_nulls_last<T, Name extends string, Free extends string, Inner extends string>(
    this: Column<T, Name, Free, Inner>,
  ): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression, true, false));
  }

  /** From the greatest, nulls last. */
  desc<T, Name extends string, Free extends string, Inner extends string>(
    this: Column<T, Name, Free, Inner>,
  ): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression, false));
  }

  /** From the greatest, nulls first. */
  desc_nulls_first<T, Name extends string, Free extends string, Inner extends string>(
    this: Column<T, Name, Free, Inner>,
  ): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression, false, true));
  }

  /** From the greatest, nulls last. */
  desc_nulls_last<T, Name extends string, Free extends string, Inner extends string>(
    this: Column<T, Name, Free, Inner>,
  ): Column<T, Name, Free, Inner> {
    return new Column(sortOrder(this.expression, false, false));
  }

  /** @throws CANNOT_CONVERT_COLUMN: operators of the language do not make expressions */
  [Symbol.toPrimitive](): never {
    throw dataFrameErrors.create("CANNOT_CONVERT_COLUMN", { column: `'${describe(this.expression)}'` });
  }
}

/** Column of a condition: what `when` makes. */
export class CaseColumn<
  out T = Unchecked,
  out Name extends string = string,
  out Free extends string = never,
  out Inner extends string = never,
> extends Column<T, Name, Free, Inner> {
  readonly #whens: readonly Expression[];

  constructor(whens: readonly Expression[]) {
    super(Object.freeze({ kind: "caseWhen", whens }));
    this.#whens = whens;
  }

  /** Another condition, asked where those before it are not true. */
  when<const C extends Operand<boolean>, const V extends Operand<PeerOf<T>> | null>(
    condition: C,
    value: V,
  ): CaseColumn<T | ValueOf<V>, string, Free | FreeIn<C | V>, Inner | InnerIn<C | V>> {
    return new CaseColumn([...this.#whens, expressionOf(condition), expressionOf(value)]);
  }

  /** The value where no condition is true; without it that is null. */
  otherwise<const V extends Operand<PeerOf<T>> | null>(
    value: V,
  ): Column<Exclude<T, null> | ValueOf<V>, string, Free | FreeIn<V>, Inner | InnerIn<V>> {
    return new Column(Object.freeze({ kind: "caseWhen", whens: this.#whens, otherwise: expressionOf(value) }));
  }
}

/** The expression of a column, or the constant of a value. */
export function expressionOf(value: unknown): Expression {
  return value instanceof Column ? value.expression : literalOf(value);
}

/** A column of a call by name. */
export function invoke<T, Free extends string, Inner extends string>(
  name: string,
  args: readonly Expression[],
): Column<T, string, Free, Inner> {
  return new Column(unresolvedFunction(name, args));
}

function call(name: string, left: AnyColumn, right: unknown): Expression {
  return unresolvedFunction(name, [left.expression, expressionOf(right)]);
}

function binary<T, Free extends string, Inner extends string>(
  name: string,
  left: AnyColumn,
  right: unknown,
): Column<T, string, Free, Inner> {
  return new Column(call(name, left, right));
}

/** The engine's type of a type given by name, as one of `types`, or as it is. */
export function dataTypeOf(type: string | ColumnType<unknown> | DataType): DataType {
  if (typeof type === "string") return parseDataType(type);
  return "dataType" in type ? type.dataType : type;
}

function describe(expression: Expression): string {
  switch (expression.kind) {
    case "unresolvedAttribute":
      return expression.nameParts.join(".");
    case "alias":
      return expression.name;
    case "unresolvedFunction":
      return `${expression.nameParts.join(".")}(${expression.args.map(describe).join(", ")})`;
    case "literal":
      return "a constant";
    default:
      return expression.kind;
  }
}
