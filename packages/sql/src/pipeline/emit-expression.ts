import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { scaleFactors } from "./operand-scale.ts";
import { i32, i64, type Expression as Code } from "@vonk/wasm";

/** Where a generated function finds the values of the current row. */
export interface RowCode {
  /** The value of a column, sign-extended. */
  readonly column: (ordinal: number) => Code<"i64">;
  /** A constant; it is read from memory, so that queries that differ in constants alone share their code. */
  readonly constant: (expression: Expression) => Code<"i64">;
}

/** Code for an integer expression of a row; its range is known to fit. */
export function emitNumber(expression: Expression, row: RowCode): Code<"i64"> {
  if (expression.kind === "boundReference") return row.column(expression.ordinal);
  if (expression.kind === "literal") return row.constant(expression);
  assert(expression.kind === "call", "pipelines have columns, constants and calls");
  const factors = scaleFactors(expression.name, expression.args);
  const [left, right] = expression.args.map((argument, index) => {
    const value = emitNumber(argument, row);
    const factor = factors[index] ?? 1n;
    return factor === 1n ? value : i64.mul(value, factor);
  });
  assert(left !== undefined && right !== undefined, "operators have two operands");
  switch (expression.name) {
    case "+":
      return i64.add(left, right);
    case "-":
      return i64.sub(left, right);
    default:
      assert(expression.name === "*", "pipelines have sums, differences and products");
      return i64.mul(left, right);
  }
}

/** Code for a condition: 1 where it is true. Both sides of AND are computed: comparisons cost less than branches that cannot be foreseen. */
export function emitCondition(expression: Expression, row: RowCode): Code<"i32"> {
  assert(expression.kind === "call", "conditions are calls");
  const { name, args } = expression;
  if (name === "and" || name === "or") {
    const parts = args.map((argument) => emitCondition(argument, row));
    return parts.reduce((left, right) => (name === "and" ? i32.and(left, right) : i32.or(left, right)));
  }
  const [first, second, third] = args;
  assert(first !== undefined, "conditions have operands");
  if (name === "not") return i32.eqz(emitCondition(first, row));
  assert(second !== undefined, "comparisons have two operands");
  const value = emitNumber(first, row);
  const other = emitNumber(second, row);
  switch (name) {
    case "=":
      return i64.eq(value, other);
    case "<":
      return i64.lt_s(value, other);
    case "<=":
      return i64.le_s(value, other);
    case ">":
      return i64.gt_s(value, other);
    case ">=":
      return i64.ge_s(value, other);
    default: {
      assert(name === "between" && third !== undefined, "other conditions are not compiled");
      return i32.and(i64.ge_s(value, other), i64.le_s(value, emitNumber(third, row)));
    }
  }
}
