import type { SQLRow, StructType } from "@vonk/columnar/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { cellText } from "./show-table.ts";
import { externalValue, type ExternalValue } from "./external-value.ts";

/**
 * A row of a result. Values stand by position and by name; names may repeat, and then only positions tell them apart.
 * @see docs/adr/0001-sync-and-async-surface.md
 */
export class Row {
  readonly schema: StructType;
  readonly #values: SQLRow;

  readonly #session: SessionValues;

  constructor(schema: StructType, values: SQLRow, session: SessionValues) {
    this.schema = schema;
    this.#values = values;
    this.#session = session;
  }

  get length(): number {
    return this.schema.fields.length;
  }

  /** The value at a position from 0; undefined beyond the end. */
  get(position: number): ExternalValue | undefined {
    const field = this.schema.fields[position];
    return field === undefined ? undefined : externalValue(this.#values[position] ?? null, field.dataType);
  }

  /** The value of the column of that name; the first of several. Undefined when there is none. */
  getAs(name: string): ExternalValue | undefined {
    return this.get(this.schema.fields.findIndex((field) => field.name === name));
  }

  /** The values in order. */
  toSeq(): ExternalValue[] {
    return this.schema.fields.map((field, position) => externalValue(this.#values[position] ?? null, field.dataType));
  }

  /** The values as a cast to STRING gives them; null stays null. */
  toText(): (string | null)[] {
    return this.schema.fields.map((field, position) => {
      const value = this.#values[position] ?? null;
      return value === null ? null : cellText(value, field.dataType, this.#session);
    });
  }

  /** An object by name, with the last of equal names. */
  toJSON(): Record<string, ExternalValue> {
    return Object.fromEntries(
      this.schema.fields.map((field, position) => [field.name, externalValue(this.#values[position] ?? null, field.dataType)]),
    );
  }

  /** The engine's values, as the schema's types have them. */
  get internal(): SQLRow {
    return this.#values;
  }
}
