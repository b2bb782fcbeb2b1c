import type { SQLRow } from "@vonk/columnar/internal";
import { typeOf, type SortOrder } from "@vonk/dataframe/internal";
import { comparison, compileExpression, type SessionValues } from "@vonk/expression/internal";

/** How two rows stand in an order; sorting by it keeps equal rows as they came. */
export function rowComparison(order: readonly SortOrder[], session: SessionValues): (a: SQLRow, b: SQLRow) => number {
  const keys = order.map(({ child, ascending, nullsFirst }) => ({
    value: compileExpression(child, session),
    compare: comparison(typeOf(child)),
    sign: ascending ? 1 : -1,
    nulls: nullsFirst ? -1 : 1,
  }));
  return (a, b) => {
    for (const { value, compare, sign, nulls } of keys) {
      const left = value(a);
      const right = value(b);
      if (left === null || right === null) {
        if (left !== right) return left === null ? nulls : -nulls;
        continue;
      }
      const result = compare(left, right);
      if (result !== 0) return result * sign;
    }
    return 0;
  };
}
