import {
  arrayType,
  binaryType,
  type DataType,
  mapType,
  structField,
  type StructType,
  structType,
  variantType,
} from "@vonk/columnar/internal";
import { parquetErrors } from "../errors.ts";
import type { SchemaElement } from "./schema-element.ts";
import { valueForm, type ValueForm } from "./value-form.ts";

/**
 * A value in the schema of a file, as SQL sees it: the groups that only make up lists and maps are left out.
 *
 * `definition` is the level from which on the value is not null, `slot` the level from which on it exists at all (an element of a list
 * that is null or empty does not), `repetition` the level of the list that it is an element of.
 */
export type ParquetNode = LeafNode | StructNode | ListNode;

interface Place {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly definition: number;
  readonly slot: number;
  readonly repetition: number;
}

/** A column of the file. */
export interface LeafNode extends Place {
  readonly kind: "leaf";
  /** Number of the column among those of the file. */
  readonly leaf: number;
  /** Names of the groups from the root, and its own, as the file has them. */
  readonly path: readonly string[];
  readonly form: ValueForm;
}

/** A struct, or a variant with its value and metadata. */
export interface StructNode extends Place {
  readonly kind: "struct";
  readonly children: readonly ParquetNode[];
}

/** An array with its element, or a map with its key and value. An entry exists from level `entry` on and begins below level `entryRepetition + 1`. */
export interface ListNode extends Place {
  readonly kind: "list";
  readonly children: readonly ParquetNode[];
  readonly entry: number;
  readonly entryRepetition: number;
}

/** What is read from the schema of a footer. */
export interface ParquetSchema {
  readonly schema: StructType;
  readonly columns: readonly ParquetNode[];
  readonly leaves: readonly LeafNode[];
}

/** Deeper schemas are refused: levels are counted in bytes, and values are read by recursion. */
const depthMax = 100;

interface Levels {
  readonly definition: number;
  readonly repetition: number;
  readonly slot: number;
}

interface Group {
  readonly element: SchemaElement;
  readonly children: readonly Group[];
}

/**
 * The schema in SQL's types out of the footer's list of elements, as Spark reads it: lists in the three-level form and in the older ones
 * (a repeated field that is itself the element), repeated fields outside lists as arrays.
 * @throws PARQUET_FILE_CORRUPT, PARQUET_NOT_SUPPORTED
 */
export function parquetSchema(elements: readonly SchemaElement[], path: string): ParquetSchema {
  const builder = new SchemaBuilder(path);
  const { children } = builder.tree(elements);
  const columns = children.map((child) => builder.node(child, { definition: 0, repetition: 0, slot: 0 }, [child.element.name]));
  return { schema: structType(columns.map(fieldOf)), columns, leaves: builder.leaves };
}

function fieldOf(node: ParquetNode): ReturnType<typeof structField> {
  return structField(node.name, node.dataType, node.nullable);
}

class SchemaBuilder {
  readonly leaves: LeafNode[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  tree(elements: readonly SchemaElement[]): Group {
    let next = 0;
    const read = (depth: number): Group => {
      const element = elements[next++];
      if (element === undefined || depth > depthMax)
        return this.#corrupt(depth > depthMax ? "is too deep" : "names more columns than it has");
      if (element.childCount < 0 || element.childCount > elements.length - next) return this.#corrupt("names more columns than it has");
      return { element, children: Array.from({ length: element.childCount }, () => read(depth + 1)) };
    };
    const root = read(0);
    if (next !== elements.length) this.#corrupt("has columns that no group names");
    return root;
  }

  /** The node of a field; a repeated one is an array of itself. */
  node(group: Group, outer: Levels, path: readonly string[]): ParquetNode {
    const { element } = group;
    if (element.repetition !== "repeated") return this.#value(group, outer, path);
    const entry = { definition: outer.definition + 1, repetition: outer.repetition + 1, slot: outer.definition + 1 };
    const child = this.#value({ ...group, element: { ...element, repetition: "required" } }, entry, path);
    return list(element.name, arrayType(child.dataType, false), false, outer, outer.definition, entry, [child]);
  }

  #value(group: Group, outer: Levels, path: readonly string[]): ParquetNode {
    const { element } = group;
    const nullable = element.repetition === "optional";
    const definition = outer.definition + (nullable ? 1 : 0);
    if (element.type !== undefined) return this.#leaf(element, outer, definition, path);
    const inner = { ...outer, definition };
    if (element.logical?.kind === "LIST") return this.#list(group, outer, inner, path);
    if (element.logical?.kind === "MAP") return this.#map(group, outer, inner, path);
    const children = group.children.map((child) => this.node(child, inner, [...path, child.element.name]));
    const place = { name: element.name, nullable, definition, slot: outer.slot, repetition: outer.repetition };
    if (element.logical?.kind === "VARIANT") return { kind: "struct", dataType: variantType, children: this.#variant(children), ...place };
    return { kind: "struct", dataType: structType(children.map(fieldOf)), children, ...place };
  }

  #leaf(element: SchemaElement, outer: Levels, definition: number, path: readonly string[]): LeafNode {
    const form = valueForm(element, this.#path);
    const leaf: LeafNode = {
      kind: "leaf",
      leaf: this.leaves.length,
      name: element.name,
      dataType: form.dataType,
      nullable: element.repetition === "optional",
      definition,
      slot: outer.slot,
      repetition: outer.repetition,
      path,
      form,
    };
    this.leaves.push(leaf);
    return leaf;
  }

  #list(group: Group, outer: Levels, inner: Levels, path: readonly string[]): ParquetNode {
    const { element, children } = group;
    const repeated = children[0];
    if (repeated === undefined || children.length !== 1 || repeated.element.repetition !== "repeated")
      return this.#unsupported(`list ${path.join(".")} is no group of one repeated field`);
    const entry = { definition: inner.definition + 1, repetition: inner.repetition + 1, slot: inner.definition + 1 };
    const deeper = [...path, repeated.element.name];
    const only = repeated.children[0];
    const child =
      only === undefined || isElement(repeated, element.name)
        ? this.#value({ ...repeated, element: { ...repeated.element, repetition: "required" } }, entry, deeper)
        : this.node(only, entry, [...deeper, only.element.name]);
    const type = arrayType(child.dataType, child.nullable);
    return list(element.name, type, element.repetition === "optional", outer, inner.definition, entry, [child]);
  }

  #map(group: Group, outer: Levels, inner: Levels, path: readonly string[]): ParquetNode {
    const { element, children } = group;
    const repeated = children[0];
    const [key, value] = repeated?.children ?? [];
    if (repeated?.element.repetition !== "repeated" || children.length !== 1 || key === undefined || value === undefined)
      return this.#unsupported(`map ${path.join(".")} is no group of repeated keys and values`);
    const entry = { definition: inner.definition + 1, repetition: inner.repetition + 1, slot: inner.definition + 1 };
    const parts = [key, value].map((part) => this.node(part, entry, [...path, repeated.element.name, part.element.name]));
    const [keys, values] = parts;
    if (keys === undefined || values === undefined) return this.#corrupt("has a map without keys or values");
    const type = mapType(keys.dataType, values.dataType, values.nullable);
    return list(element.name, type, element.repetition === "optional", outer, inner.definition, entry, parts);
  }

  /** The two parts of a variant in the order in which values have them. */
  #variant(children: readonly ParquetNode[]): readonly ParquetNode[] {
    const parts = ["value", "metadata"].map((name) =>
      children.find((child) => child.name === name && child.dataType.kind === binaryType.kind),
    );
    const [value, metadata] = parts;
    if (value === undefined || metadata === undefined || children.length !== 2)
      return this.#unsupported("a variant is stored in parts (shredded)");
    return [value, metadata];
  }

  #corrupt(problem: string): never {
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path: this.#path, problem: `its schema ${problem}` });
  }

  #unsupported(problem: string): never {
    throw parquetErrors.create("PARQUET_NOT_SUPPORTED", { path: this.#path, problem });
  }
}

/** Whether the repeated field of a list is the element itself, as older writers have it; parquet-format's "backward-compatibility rules". */
function isElement(repeated: Group, listName: string): boolean {
  const { name, type } = repeated.element;
  return (
    type !== undefined ||
    repeated.children.length !== 1 ||
    repeated.children[0]?.element.repetition === "repeated" ||
    name === "array" ||
    name === `${listName}_tuple`
  );
}

function list(
  name: string,
  dataType: DataType,
  nullable: boolean,
  outer: Levels,
  definition: number,
  entry: Levels,
  children: readonly ParquetNode[],
): ListNode {
  const { slot, repetition } = outer;
  return {
    kind: "list",
    name,
    dataType,
    nullable,
    definition,
    slot,
    repetition,
    children,
    entry: entry.definition,
    entryRepetition: entry.repetition,
  };
}
