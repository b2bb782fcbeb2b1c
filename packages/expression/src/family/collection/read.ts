import {
  arrayType,
  asList,
  asNumber,
  asText,
  booleanType,
  integerType,
  isIntegral,
  mapType,
  MapValue,
  sqlType,
  stringType,
  structField,
  structType,
  voidType,
  longType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import { family, tolerant } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { comparison, keyText } from "../../order/compare-values.ts";
import { arrayOf, mapOf, refuse } from "./element-type.ts";

const collections = family("collection");
const maps = family("map");

function lookup(map: MapValue, key: SQLValue): SQLValue {
  const wanted = keyText(key);
  const at = map.keys.findIndex((one) => keyText(one) === wanted);
  return at < 0 ? null : (map.values[at] ?? null);
}

/** @throws INVALID_INDEX_OF_ZERO, INVALID_ARRAY_INDEX_IN_ELEMENT_AT */
function elementAt(site: CallSite): Evaluator {
  return (collection, key = null) => {
    if (collection instanceof MapValue) return lookup(collection, key);
    const list = asList(collection);
    const index = Number(key);
    if (index === 0) throw expressionErrors.create("INVALID_INDEX_OF_ZERO", {});
    if (Math.abs(index) <= list.length) return list.at(index > 0 ? index - 1 : index) ?? null;
    if (site.mode !== "ansi") return null;
    throw expressionErrors.create("INVALID_ARRAY_INDEX_IN_ELEMENT_AT", {
      indexValue: index,
      arraySize: list.length,
      functionName: "`try_element_at`",
    });
  };
}

function resolveElementAt(args: readonly Argument[], site: ResolutionSite): Resolution {
  const type = args[0]?.dataType ?? voidType;
  if (type.kind === "map") {
    const key = widestType([type.key, args[1]?.dataType ?? voidType], site);
    if (key === undefined) return refuse(args, 1, `"${sqlType(type.key)}"`, site);
    return { args: [mapType(key, type.value, type.valueContainsNull), key], dataType: type.value, nullable: true };
  }
  if (type.kind !== "array") return refuse(args, 0, '("ARRAY" or "MAP")', site);
  if (!isIntegral(args[1]?.dataType ?? integerType) || args[1]?.dataType.kind === "long") return refuse(args, 1, '"INT"', site);
  return {
    args: [type, integerType],
    dataType: type.element,
    nullable: type.containsNull || site.mode !== "ansi" || args.some((argument) => argument.nullable),
  };
}

/** `a[i]`, `m[k]`, `s['f']`: elements from 0. @throws INVALID_EXTRACT_BASE_FIELD_TYPE, FIELD_NOT_FOUND */
function resolveSubscript(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [base, key] = args;
  const type = base?.dataType ?? voidType;
  if (type.kind === "array" && isIntegral(key?.dataType ?? integerType)) {
    return {
      args: [type, key?.dataType ?? integerType],
      dataType: type.element,
      nullable: type.containsNull || site.mode !== "ansi" || args.some((argument) => argument.nullable),
    };
  }
  if (type.kind === "map") return resolveElementAt(args, site);
  if (type.kind === "struct") return resolveField(args);
  if (type.kind === "array" && type.element.kind === "struct" && typeof key?.constant?.value === "string") return resolveField(args);
  if (type.kind === "array") return refuse(args, 1, '"INTEGRAL"', site);
  throw expressionErrors.create("INVALID_EXTRACT_BASE_FIELD_TYPE", { base: `"${base?.sql ?? ""}"`, other: `"${sqlType(type)}"` });
}

/** A field by name; of an array of structs, an array of it. @throws FIELD_NOT_FOUND, INVALID_EXTRACT_BASE_FIELD_TYPE */
function resolveField(args: readonly Argument[]): Resolution {
  const [base, key] = args;
  const type = base?.dataType ?? voidType;
  const struct = type.kind === "array" ? type.element : type;
  const name = asText(key?.constant?.value ?? "");
  if (type.kind === "map") return { args: [type, type.key], dataType: type.value, nullable: true };
  if (struct.kind !== "struct")
    throw expressionErrors.create("INVALID_EXTRACT_BASE_FIELD_TYPE", { base: `"${base?.sql ?? ""}"`, other: `"${sqlType(type)}"` });
  const field = struct.fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (field === undefined)
    throw expressionErrors.create("FIELD_NOT_FOUND", {
      fieldName: `\`${name}\``,
      fields: struct.fields.map((one) => `\`${one.name}\``).join(", "),
    });
  const listed = type.kind === "array" ? arrayType(field.dataType, field.nullable || type.containsNull) : field.dataType;
  return { args: [type, stringType], dataType: listed, nullable: (base?.nullable ?? true) || (type.kind !== "array" && field.nullable) };
}

function subscript(site: CallSite): Evaluator {
  const type = site.args[0]?.dataType ?? voidType;
  if (type.kind === "map") return (map, key = null) => (map instanceof MapValue ? lookup(map, key) : null);
  const struct = type.kind === "array" ? type.element : type;
  const name = site.args[1]?.constant?.value;
  if (struct.kind === "struct" && typeof name === "string") {
    const at = struct.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
    const read = (value: SQLValue): SQLValue => (value === null ? null : (asList(value)[at] ?? null));
    return type.kind === "array" ? (list) => asList(list).map(read) : (value = null) => read(value);
  }
  return (list, key) => {
    const values = asList(list);
    const index = Number(key);
    if (index >= 0 && index < values.length) return values[index] ?? null;
    if (site.mode !== "ansi") return null;
    throw expressionErrors.create("INVALID_ARRAY_INDEX", { indexValue: index, arraySize: values.length, functionName: "`get`" });
  };
}

function countOf(value: SQLValue): number {
  return value instanceof MapValue ? value.size : asList(value).length;
}

const size = collections(
  "size",
  "How many elements or pairs there are.",
  [],
  integerType,
  (site) =>
    (value = null) =>
      value === null ? (site.mode === "legacy" ? -1 : null) : countOf(value),
  {
    aliases: ["cardinality"],
    arity: [1, 1],
    nulls: "handled",
    resolve: (args, site) => {
      const type = args[0]?.dataType ?? voidType;
      if (type.kind !== "array" && type.kind !== "map" && type.kind !== "void") return refuse(args, 0, '("ARRAY" or "MAP")', site);
      return { args: [type], dataType: integerType };
    },
  },
);

/** Two values alike, nulls never. */
export function equality(type: DataType): (a: SQLValue, b: SQLValue) => boolean {
  const compare = comparison(type);
  return (a, b) => a !== null && b !== null && compare(a, b) === 0;
}

const elementAtFunction = collections("element_at", "The element at a 1-based place, or the value of a key.", [], voidType, elementAt, {
  arity: [2, 2],
  resolve: resolveElementAt,
});

/** Functions that read arrays, maps and structs. */
export const collectionReaders: readonly ScalarFunction[] = [
  size,
  collections("array_size", "How many elements there are.", [], integerType, () => (value) => asList(value).length, {
    arity: [1, 1],
    group: "array",
    resolve: (args, site) => ({ args: [arrayOf(args, 0, site)], dataType: integerType }),
  }),
  elementAtFunction,
  tolerant(elementAtFunction, "try_element_at", "As element_at, null for an index out of bounds."),
  collections("[]", "An element, a value or a field.", [], voidType, subscript, {
    arity: [2, 2],
    resolve: resolveSubscript,
    sql: ([base = "", key = ""]) => `${base}[${key}]`,
  }),
  collections("getfield", "A field of a struct, or of every struct in an array.", [], voidType, subscript, {
    arity: [2, 2],
    resolve: resolveField,
    sql: ([base = "", key = ""]) => `${base}.${key}`,
  }),
  collections(
    "get",
    "The element at a 0-based place, or null.",
    [],
    voidType,
    () => (list, index) => (asNumber(index) < 0 ? null : (asList(list)[asNumber(index)] ?? null)),
    {
      arity: [2, 2],
      group: "array",
      resolve: (args, site) => {
        const list = arrayOf(args, 0, site);
        if (args[1]?.dataType.kind === longType.kind) return refuse(args, 1, '"INT"', site);
        return { args: [list, integerType], dataType: list.element, nullable: true };
      },
    },
  ),
];

/** Keys, values and tests of members. */
export const memberReaders: readonly ScalarFunction[] = [
  maps("map_keys", "The keys.", [], arrayType(voidType), () => (map) => (map instanceof MapValue ? map.keys : null), {
    arity: [1, 1],
    resolve: (args, site) => ({ args: [mapOf(args, 0, site)], dataType: arrayType(mapOf(args, 0, site).key, false) }),
  }),
  maps("map_values", "The values.", [], arrayType(voidType), () => (map) => (map instanceof MapValue ? map.values : null), {
    arity: [1, 1],
    resolve: (args, site) => ({
      args: [mapOf(args, 0, site)],
      dataType: arrayType(mapOf(args, 0, site).value, mapOf(args, 0, site).valueContainsNull),
    }),
  }),
  maps(
    "map_entries",
    "The pairs as structs.",
    [],
    arrayType(voidType),
    () => (map) => (map instanceof MapValue ? map.keys.map((key, index) => [key, map.values[index] ?? null]) : null),
    {
      arity: [1, 1],
      resolve: (args, site) => {
        const map = mapOf(args, 0, site);
        return {
          args: [map],
          dataType: arrayType(
            structType([structField("key", map.key, false), structField("value", map.value, map.valueContainsNull)]),
            false,
          ),
        };
      },
    },
  ),
  collections(
    "array_contains",
    "True when an element is equal; null when none is and one is null.",
    [],
    booleanType,
    (site) => {
      const equal = equality(site.args[1]?.dataType ?? voidType);
      return (list, value = null) => asList(list).some((item) => equal(item, value)) || (asList(list).includes(null) ? null : false);
    },
    {
      arity: [2, 2],
      group: "array",
      resolve: (args, site) => {
        const { element } = arrayOf(args, 0, site);
        const common = widestType([element, args[1]?.dataType ?? voidType], site) ?? refuse(args, 1, `"${sqlType(element)}"`, site);
        return { args: [arrayType(common), common], dataType: booleanType, nullable: true };
      },
    },
  ),
];
