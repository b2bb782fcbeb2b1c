import type { SQLRow, StructType } from "@vonk/columnar/internal";
import type { Dynamic, IsDynamic, NamesOf, Unchecked } from "../column/column-value.ts";
import { dataFrameErrors } from "../errors.ts";
import { externalValue, type ExternalValue } from "../value/external-value.ts";

/**
 * A row of a result. Values stand by position, `row[0]`, and by name, `row.city`, unless a method has that name; names may repeat, and then only
 * positions tell them apart.
 * @see docs/adr/0001-sync-and-async-surface.md
 */
export class Row<S = Dynamic> {
  readonly schema: StructType;
  /** The engine's values, as the schema's types have them. */
  readonly internal: SQLRow;
  readonly [position: number]: Unchecked;

  constructor(schema: StructType, values: SQLRow) {
    this.schema = schema;
    this.internal = values;
  }

  get length(): number {
    return this.schema.fields.length;
  }

  /** The value at a position from 0; undefined beyond the end. */
  get(position: number): ExternalValue | undefined {
    const field = this.schema.fields[position];
    return field === undefined ? undefined : externalValue(this.internal[position] ?? null, field.dataType);
  }

  /** The value of the column of that name; undefined when there is none. @throws AMBIGUOUS_COLUMN_NAME */
  getAs<const Name extends NamesOf<S>>(name: Name): IsDynamic<S> extends true ? Unchecked : S[Name] {
    const positions = this.schema.fields.flatMap((field, position) => (field.name === name ? [position] : []));
    const [first = -1] = positions;
    if (positions.length > 1)
      throw dataFrameErrors.create("AMBIGUOUS_COLUMN_NAME", { column: name, positions: positions.map(String), first });
    return this.get(first) as Unchecked;
  }

  /** The values in order. */
  toSeq(): ExternalValue[] {
    return this.schema.fields.map((field, position) => externalValue(this.internal[position] ?? null, field.dataType));
  }

  /** A plain object by name, with the last of equal names. */
  toObject(): S {
    return Object.fromEntries(this.schema.fields.map((field, position) => [field.name, this.get(position)])) as S;
  }

  /** As Spark prints it: `[Oslo,3]`. */
  toString(): string {
    return `[${this.toSeq().map(String).join(",")}]`;
  }

  /** {@link toObject}. */
  toJSON(): S {
    return this.toObject();
  }
}

/** A row with its columns as properties. */
export type RowOf<S> = Row<S> & { readonly [Name in Exclude<keyof S, keyof Row>]: S[Name] };

/** Makes the rows of a schema: one class a schema, whose properties are the columns. */
export function rowMaker<S>(schema: StructType): (values: SQLRow) => RowOf<S> {
  class SchemaRow extends Row<S> {}
  // How the console of Node shows it.
  Object.defineProperty(SchemaRow.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: Row) {
      return this.toObject();
    },
  });
  for (const [position, { name }] of schema.fields.entries()) {
    Object.defineProperty(SchemaRow.prototype, position, {
      get(this: Row) {
        return this.get(position);
      },
    });
    // Numbers are positions, whatever the columns are called.
    if (name in Row.prototype || name === "schema" || name === "internal" || /^\d+$/.test(name)) continue;
    Object.defineProperty(SchemaRow.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: Row) {
        return this.getAs(name);
      },
    });
  }
  return (values) => new SchemaRow(schema, values) as RowOf<S>;
}
