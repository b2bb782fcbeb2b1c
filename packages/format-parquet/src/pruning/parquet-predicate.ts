import type { SQLValue } from "@vonk/columnar/internal";

/**
 * A condition on one column. The value has the column's type; a comparison does not hold for null.
 * `column` is a name, or the names of a struct's fields with points between them.
 */
export type ColumnPredicate =
  | { readonly kind: "compare"; readonly column: string; readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">="; readonly value: SQLValue }
  | { readonly kind: "in"; readonly column: string; readonly values: readonly SQLValue[] }
  /** The value, text by its bytes, begins with these. */
  | { readonly kind: "starts-with"; readonly column: string; readonly prefix: Uint8Array }
  | { readonly kind: "is-null" | "is-not-null"; readonly column: string };

/** A condition that statistics can say something about. Of `alternatives`, lists of conditions, at least one holds as a whole. */
export type ParquetPredicate = ColumnPredicate | { readonly kind: "any"; readonly alternatives: readonly (readonly ParquetPredicate[])[] };

/** The columns that predicates are about. */
export function predicateColumns(predicates: readonly ParquetPredicate[]): string[] {
  return predicates.flatMap((predicate) =>
    predicate.kind === "any" ? predicate.alternatives.flatMap(predicateColumns) : [predicate.column],
  );
}
