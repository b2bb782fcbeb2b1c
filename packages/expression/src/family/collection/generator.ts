import {
  asList,
  asNumber,
  integerType,
  MapValue,
  structField,
  structType,
  voidType,
  type DataType,
  type SQLValue,
  type StructField,
} from "@vonk/columnar/internal";
import { widestType } from "../../coercion/wider-type.ts";
import type { Argument, GeneratorFunction, Resolution, ResolutionSite } from "../../function/function-entry.ts";
import { isList } from "../../order/compare-values.ts";
import { arrayOf, refuse } from "./element-type.ts";

type Rows = (...args: SQLValue[]) => Iterable<readonly SQLValue[]>;

function generator(
  name: string,
  doc: string,
  arity: readonly [number, number],
  resolve: GeneratorFunction["resolve"],
  rows: (site: { readonly dataType: DataType }) => Rows,
  more: Partial<GeneratorFunction> = {},
): GeneratorFunction {
  return { kind: "generator", name, group: "generator", doc, arity, resolve, rows, ...more };
}

/** The form that gives a row of nulls when there would be none. */
function outer(definition: GeneratorFunction, name: string): GeneratorFunction {
  return {
    ...definition,
    name,
    doc: `${definition.doc.slice(0, -1)}; a row of nulls when there is none.`,
    outer: true,
    resolve: (args, site) => {
      const resolution = definition.resolve(args, site);
      const { dataType } = resolution;
      return dataType.kind === "struct"
        ? { ...resolution, dataType: structType(dataType.fields.map((field) => structField(field.name, field.dataType))) }
        : resolution;
    },
    rows: (site) => {
      const rows = definition.rows(site);
      const nothing = site.dataType.kind === "struct" ? site.dataType.fields.map(() => null) : [null];
      return (...args) => {
        const all = Array.from(rows(...args));
        return all.length === 0 ? [nothing] : all;
      };
    },
  };
}

function collectionFields(args: readonly Argument[], site: ResolutionSite): readonly StructField[] {
  const type = args[0]?.dataType ?? voidType;
  if (type.kind === "map") return [structField("key", type.key, false), structField("value", type.value, type.valueContainsNull)];
  if (type.kind !== "array") return refuse(args, 0, '("ARRAY" or "MAP")', site);
  const list = arrayOf(args, 0, site);
  return [structField("col", list.element, list.containsNull)];
}

function resolveExplode(positioned: boolean): GeneratorFunction["resolve"] {
  return (args, site): Resolution => {
    const fields = collectionFields(args, site);
    const place = positioned ? [structField("pos", integerType, false)] : [];
    return { args: args.map((argument) => argument.dataType), dataType: structType([...place, ...fields]) };
  };
}

function items(collection: SQLValue): readonly (readonly SQLValue[])[] {
  if (collection instanceof MapValue) return collection.keys.map((key, index) => [key, collection.values[index] ?? null]);
  return collection === null ? [] : asList(collection).map((value) => [value]);
}

const explode = generator(
  "explode",
  "A row for each element or pair.",
  [1, 1],
  resolveExplode(false),
  () =>
    (collection = null) =>
      items(collection),
  { parameterNames: ["collection"] },
);

const posexplode = generator(
  "posexplode",
  "A row for each element or pair, with its place from 0.",
  [1, 1],
  resolveExplode(true),
  () =>
    (collection = null) =>
      items(collection).map((item, index) => [index, ...item]),
  {
    parameterNames: ["collection"],
  },
);

const inline = generator(
  "inline",
  "A row for each struct of an array, a column for each field.",
  [1, 1],
  (args, site) => {
    const { element, containsNull } = arrayOf(args, 0, site);
    if (element.kind !== "struct") return refuse(args, 0, '"ARRAY<STRUCT>"', site);
    return {
      args: [args[0]?.dataType ?? voidType],
      dataType: containsNull ? structType(element.fields.map((field) => structField(field.name, field.dataType))) : element,
    };
  },
  (site) => {
    const nothing = site.dataType.kind === "struct" ? site.dataType.fields.map(() => null) : [];
    return (list = null) => (list === null ? [] : asList(list).map((row) => (isList(row) ? row : nothing)));
  },
  { parameterNames: ["input"] },
);

/** `stack(n, v1, v2, …)`: the values in n rows. */
const stack = generator(
  "stack",
  "The values in so many rows.",
  [2, Infinity],
  (args, site) => {
    const count = Number(args[0]?.constant?.value ?? 0);
    if (!(count > 0) || args[0]?.constant === undefined) return refuse(args, 0, '"INT" that is constant and positive', site);
    const values = args.slice(1);
    const width = Math.ceil(values.length / count);
    const columns = Array.from({ length: width }, (_, column) => {
      const types = values.filter((_value, index) => index % width === column).map((value) => value.dataType);
      return widestType(types, site) ?? refuse(args, column + 1, "one type a column", site);
    });
    return {
      args: [integerType, ...values.map((_, index) => columns[index % width] ?? voidType)],
      dataType: structType(columns.map((type, index) => structField(`col${index}`, type))),
    };
  },
  (site) => {
    const width = site.dataType.kind === "struct" ? site.dataType.fields.length : 1;
    return (count = null, ...values) =>
      Array.from({ length: asNumber(count) }, (_, row) =>
        Array.from({ length: width }, (_column, column) => values[row * width + column] ?? null),
      );
  },
);

/** Functions that make rows. */
export const generatorFunctions: readonly GeneratorFunction[] = [
  explode,
  outer(explode, "explode_outer"),
  posexplode,
  outer(posexplode, "posexplode_outer"),
  inline,
  outer(inline, "inline_outer"),
  stack,
];
