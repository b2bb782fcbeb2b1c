import type { DataType, StructField, StructType } from "@vonk/columnar/internal";
import { parquetErrors } from "../errors.ts";
import type { SchemaElement } from "../schema/schema-element.ts";
import { type ValueWriter, valueWriter } from "./value-writer.ts";

/** A value to be written, with the level from which on it is there. */
export type WriteNode =
  | { readonly kind: "leaf"; readonly definition: number; readonly leaf: LeafPlan }
  | { readonly kind: "struct"; readonly definition: number; readonly isVariant: boolean; readonly children: readonly WriteNode[] }
  /** `repetition` is that of all entries but the first. */
  | {
      readonly kind: "list";
      readonly definition: number;
      readonly repetition: number;
      readonly isMap: boolean;
      readonly children: readonly WriteNode[];
    };

/** A column of the file to be written. */
export interface LeafPlan {
  readonly index: number;
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
  readonly writer: ValueWriter;
}

/** The schema of a file to be written, as its footer lists it and as values are taken apart. */
export interface WritePlan {
  readonly elements: readonly SchemaElement[];
  readonly columns: readonly WriteNode[];
  readonly leaves: readonly LeafPlan[];
}

/**
 * The schema of a file for SQL's types, as Spark writes it: lists of three levels with `list.element`, maps with `key_value`.
 * @throws PARQUET_TYPE_NOT_WRITABLE
 */
export function writePlan(schema: StructType): WritePlan {
  const planner = new Planner();
  planner.elements.push({ name: "spark_schema", typeLength: 0, repetition: "required", childCount: schema.fields.length });
  const columns = schema.fields.map((field) => planner.field(field, 0, 0, []));
  return { elements: planner.elements, columns, leaves: planner.leaves };
}

class Planner {
  readonly elements: SchemaElement[] = [];
  readonly leaves: LeafPlan[] = [];

  field(
    field: Pick<StructField, "name" | "dataType" | "nullable">,
    outer: number,
    repetition: number,
    above: readonly string[],
  ): WriteNode {
    const { name, dataType, nullable } = field;
    const path = [...above, name];
    const definition = outer + (nullable ? 1 : 0);
    const place = { name, typeLength: 0, repetition: nullable ? ("optional" as const) : ("required" as const) };
    switch (dataType.kind) {
      case "struct":
        this.elements.push({ ...place, childCount: dataType.fields.length });
        return { kind: "struct", definition, isVariant: false, children: this.#fields(dataType.fields, definition, repetition, path) };
      case "variant": {
        this.elements.push({ ...place, childCount: 2, logical: { kind: "VARIANT" } });
        const parts = ["value", "metadata"].map((part) => ({ name: part, dataType: { kind: "binary" } as const, nullable: false }));
        return { kind: "struct", definition, isVariant: true, children: this.#fields(parts, definition, repetition, path) };
      }
      case "array": {
        this.elements.push({ ...place, childCount: 1, logical: { kind: "LIST" } });
        const element = { name: "element", dataType: dataType.element, nullable: dataType.containsNull };
        return this.#entries("list", [element], false, definition, repetition, path);
      }
      case "map": {
        this.elements.push({ ...place, childCount: 1, logical: { kind: "MAP" } });
        const key = { name: "key", dataType: dataType.key, nullable: false };
        const value = { name: "value", dataType: dataType.value, nullable: dataType.valueContainsNull };
        return this.#entries("key_value", [key, value], true, definition, repetition, path);
      }
      default:
        return this.#leaf(place, dataType, definition, repetition, path);
    }
  }

  #fields(
    fields: readonly Pick<StructField, "name" | "dataType" | "nullable">[],
    definition: number,
    repetition: number,
    path: readonly string[],
  ): WriteNode[] {
    return fields.map((field) => this.field(field, definition, repetition, path));
  }

  #entries(
    name: string,
    parts: readonly Pick<StructField, "name" | "dataType" | "nullable">[],
    isMap: boolean,
    definition: number,
    repetition: number,
    path: readonly string[],
  ): WriteNode {
    this.elements.push({ name, typeLength: 0, repetition: "repeated", childCount: parts.length });
    const children = this.#fields(parts, definition + 1, repetition + 1, [...path, name]);
    return { kind: "list", definition, repetition: repetition + 1, isMap, children };
  }

  #leaf(
    place: Pick<SchemaElement, "name" | "typeLength" | "repetition">,
    dataType: DataType,
    definition: number,
    repetition: number,
    path: readonly string[],
  ): WriteNode {
    const writer = valueWriter(dataType);
    if (writer === undefined) throw parquetErrors.create("PARQUET_TYPE_NOT_WRITABLE", { column: path.join("."), type: dataType.kind });
    const { type, typeLength, logical } = writer;
    this.elements.push({ ...place, type, typeLength, childCount: 0, ...(logical === undefined ? {} : { logical }) });
    const leaf = { index: this.leaves.length, path, definition, repetition, writer };
    this.leaves.push(leaf);
    return { kind: "leaf", definition, leaf };
  }
}
