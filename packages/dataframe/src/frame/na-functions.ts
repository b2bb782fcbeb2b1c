import { literalOf } from "../column/literal-of.ts";
import type { DataFrame } from "./data-frame.ts";
import type { FillType, FrameOperation } from "./frame-operation.ts";
import type { NotNull } from "./frame-type.ts";

/** Constants that may stand in the place of others. */
export type Fill = string | number | bigint | boolean;

/** What is done about nulls: `df.na`. */
export class DataFrameNaFunctions<out S extends object> {
  /** For the compiler alone; never set. */
  declare readonly typed: S;
  readonly #operation: <R extends object>(operation: FrameOperation) => DataFrame<R>;

  constructor(operation: <R extends object>(operation: FrameOperation) => DataFrame<R>) {
    this.#operation = operation;
  }

  /** A value in the place of nulls and NaN, in columns of its kind, all or those named. */
  fill<S extends object, const Names extends keyof S & string>(
    this: DataFrameNaFunctions<S>,
    value: Fill,
    ...names: readonly Names[]
  ): DataFrame<S> {
    return this.#operation({ kind: "fill", value: literalOf(value), type: fillType(value), ...(names.length === 0 ? {} : { names }) });
  }

  /** Without rows in which any column is null or NaN, or all are; of all columns or those named. */
  drop<S extends object, const Names extends keyof S & string = keyof S & string>(
    this: DataFrameNaFunctions<S>,
    how: "any" | "all" = "any",
    ...names: readonly Names[]
  ): DataFrame<NotNull<S, Names>> {
    return this.#operation({ kind: "dropNulls", ...(how === "all" ? { least: 1 } : {}), ...(names.length === 0 ? {} : { names }) });
  }

  /** Without rows that have fewer than `least` values. */
  dropBelow<S extends object>(this: DataFrameNaFunctions<S>, least: number, ...names: readonly (keyof S & string)[]): DataFrame<S> {
    return this.#operation({ kind: "dropNulls", least, ...(names.length === 0 ? {} : { names }) });
  }

  /** Values in the place of others, in columns of their kind. */
  replace<S extends object, const V extends Fill>(
    this: DataFrameNaFunctions<S>,
    values: ReadonlyMap<V, V>,
    ...names: readonly (keyof S & string)[]
  ): DataFrame<S> {
    const pairs = [...values].map(([from, to]) => [literalOf(from), literalOf(to)] as const);
    const [first = ""] = values.keys();
    return this.#operation({ kind: "replace", pairs, type: fillType(first), ...(names.length === 0 ? {} : { names }) });
  }
}

function fillType(value: Fill): FillType {
  return typeof value === "string" ? "string" : typeof value === "boolean" ? "boolean" : "number";
}
