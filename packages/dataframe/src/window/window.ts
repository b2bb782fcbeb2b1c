import type { Column } from "../column/column.ts";
import { type WindowClause } from "../column/column.ts";
import { sortKey, columnOf } from "../column/column-argument.ts";
import type { Expression, FrameBoundary, WindowFrame } from "../expression/expression.ts";
import { literal } from "../expression/factories.ts";
import { integerType, longType } from "@vonk/columnar/internal";
import type { WindowSpecification } from "../plan/logical-plan.ts";

/** A column of a window: by name, or an expression. */
export type WindowColumn = string | Column<unknown, string, string>;

/** Names that a window's column uses. */
export type NamesIn<C> = C extends string ? (string extends C ? never : C) : C extends Column<unknown, string, infer Free> ? Free : never;

const unboundedPreceding = -Infinity;
const unboundedFollowing = Infinity;

/** Which rows a window function sees: those of equal `partitionBy`, in the order of `orderBy`, within a frame around the current row. */
export class WindowSpec<out W extends string = never> implements WindowClause<W> {
  readonly specification: WindowSpecification;
  /** For the compiler alone; never set. */
  declare readonly uses: W;

  constructor(specification: WindowSpecification) {
    this.specification = specification;
  }

  /** The window over other partitions. */
  partitionBy<const C extends readonly WindowColumn[]>(...columns: C): WindowSpec<W | NamesIn<C[number]>> {
    return new WindowSpec({ ...this.specification, partitionBy: columns.map(columnOf) });
  }

  /** The window in another order. */
  orderBy<const C extends readonly WindowColumn[]>(...columns: C): WindowSpec<W | NamesIn<C[number]>> {
    return new WindowSpec({ ...this.specification, orderBy: columns.map(sortKey) });
  }

  /** A frame by number of rows: 0 is the current row, -1 the one before; `Window.unboundedPreceding` the first of the partition. */
  rowsBetween(start: number, end: number): WindowSpec<W> {
    return new WindowSpec({ ...this.specification, frame: frameOf("rows", start, end) });
  }

  /** A frame by the values of the order's only column, relative to the current row's. */
  rangeBetween(start: number | bigint, end: number | bigint): WindowSpec<W> {
    return new WindowSpec({ ...this.specification, frame: frameOf("range", start, end) });
  }
}

const everything: WindowSpec = new WindowSpec({ partitionBy: [], orderBy: [] });

/** Where windows begin: `Window.partitionBy("city").orderBy("day")`. */
export const Window: {
  readonly unboundedPreceding: number;
  readonly unboundedFollowing: number;
  readonly currentRow: number;
  partitionBy<const C extends readonly WindowColumn[]>(...columns: C): WindowSpec<NamesIn<C[number]>>;
  orderBy<const C extends readonly WindowColumn[]>(...columns: C): WindowSpec<NamesIn<C[number]>>;
  rowsBetween(start: number, end: number): WindowSpec;
  rangeBetween(start: number | bigint, end: number | bigint): WindowSpec;
} = {
  unboundedPreceding,
  unboundedFollowing,
  currentRow: 0,
  partitionBy: (...columns) => everything.partitionBy(...columns),
  orderBy: (...columns) => everything.orderBy(...columns),
  rowsBetween: (start, end) => everything.rowsBetween(start, end),
  rangeBetween: (start, end) => everything.rangeBetween(start, end),
};

function frameOf(unit: WindowFrame["unit"], start: number | bigint, end: number | bigint): WindowFrame {
  return { unit, lower: boundary(start), upper: boundary(end) };
}

function boundary(offset: number | bigint): FrameBoundary {
  if (offset === Infinity || offset === -Infinity) return { kind: "unbounded" };
  if (Number(offset) === 0) return { kind: "current" };
  return { kind: "offset", value: magnitude(offset), preceding: offset < 0 };
}

function magnitude(offset: number | bigint): Expression {
  if (typeof offset === "bigint") return literal(offset < 0n ? -offset : offset, longType);
  return literal(Math.abs(offset), integerType);
}
