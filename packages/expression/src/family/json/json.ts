import {
  arrayType,
  asText,
  isNested,
  MapValue,
  integerType,
  sqlType,
  stringType,
  structField,
  structType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type {
  Argument,
  CallSite,
  Evaluator,
  GeneratorFunction,
  Resolution,
  ResolutionSite,
  ScalarFunction,
} from "../../function/function-entry.ts";
import { coerceTo, text } from "../../function/signature.ts";
import { inferSchema } from "../../json/infer-schema.ts";
import { jsonAtPath, jsonText, memberOf, parseJSON } from "../../json/json-text.ts";
import { jsonReader, jsonWriter, type JSONOptions } from "../../json/json-value.ts";
import { parseSchema } from "../../schema/parse-schema.ts";
import { refuse } from "../collection/element-type.ts";

const json = family("json");

function optionsOf(site: CallSite, index: number): JSONOptions {
  const value = site.args[index]?.constant?.value;
  if (!(value instanceof MapValue)) return new Map();
  return new Map(value.keys.map((key, at) => [asText(key).toLowerCase(), asText(value.values[at] ?? "")] as const));
}

/** @throws INVALID_OPTIONS.NON_MAP_FUNCTION, INVALID_OPTIONS.NON_STRING_TYPE */
function checkOptions(args: readonly Argument[], index: number): void {
  const type = args[index]?.dataType;
  if (type === undefined) return;
  if (type.kind !== "map") throw expressionErrors.create("INVALID_OPTIONS.NON_MAP_FUNCTION", {});
  const isText = (part: DataType): boolean => part.kind === "string" || part.kind === "void";
  if (!isText(type.key) || !isText(type.value))
    throw expressionErrors.create("INVALID_OPTIONS.NON_STRING_TYPE", { mapType: `"${sqlType(type)}"` });
}

/** @throws INVALID_SCHEMA.NON_STRING_LITERAL, INVALID_SCHEMA.PARSE_ERROR */
function resolveFromJSON(args: readonly Argument[], site: ResolutionSite): Resolution {
  const schema = args[1]?.constant?.value;
  if (typeof schema !== "string")
    throw expressionErrors.create("INVALID_SCHEMA.NON_STRING_LITERAL", { inputSchema: `"${args[1]?.sql ?? ""}"` });
  const type = parseSchema(schema);
  checkOptions(args, 2);
  return {
    args: [coerceTo([text], args.slice(0, 1), site)[0] ?? stringType, stringType, ...args.slice(2).map((argument) => argument.dataType)],
    dataType: nullableParts(type),
    nullable: true,
  };
}

/** What is read may lack any part. */
function nullableParts(type: DataType): DataType {
  if (type.kind === "struct") return structType(type.fields.map((field) => structField(field.name, nullableParts(field.dataType))));
  return type.kind === "array" ? arrayType(nullableParts(type.element)) : type;
}

/** PERMISSIVE gives nulls for what is malformed, FAILFAST an error. @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION */
function fromJSON(site: CallSite): Evaluator {
  const type = site.dataType;
  const options = optionsOf(site, 2);
  const read = jsonReader(type, site.session, options);
  const strict = options.get("mode")?.toUpperCase() === "FAILFAST";
  const corrupt = options.get("columnnameofcorruptrecord") ?? "_corrupt_record";
  const nothing = (record: string): SQLValue =>
    type.kind === "struct" ? type.fields.map((field) => (field.name === corrupt ? record : null)) : null;
  return (value) => {
    const source = asText(value);
    if (source.trim() === "") return null;
    const node = parseJSON(source);
    if (node === undefined) {
      if (strict)
        throw expressionErrors.create("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", { badRecord: source, failFastMode: "FAILFAST" });
      return nothing(source);
    }
    if (type.kind === "struct" && node.kind === "array")
      return node.items.length === 1 && node.items[0] !== undefined ? read(node.items[0]) : nothing(source);
    if (type.kind === "array" && node.kind === "object" && type.element.kind === "struct") return read({ kind: "array", items: [node] });
    return type.kind === "struct" && node.kind !== "object" ? nothing(source) : read(node);
  };
}

const tuple: GeneratorFunction = {
  kind: "generator",
  name: "json_tuple",
  group: "json",
  doc: "A row of the values of keys of a JSON object.",
  arity: [2, Infinity],
  resolve: (args, site) => ({
    args: coerceTo([text], args, site),
    dataType: structType(args.slice(1).map((_, index) => structField(`c${index}`, stringType))),
  }),
  rows:
    () =>
    (value = null, ...keys) => {
      const node = value === null ? undefined : parseJSON(asText(value));
      const read = (key: SQLValue): SQLValue => {
        const member = node === undefined || key === null ? undefined : memberOf(node, asText(key));
        if (member === undefined || member.kind === "null") return null;
        return member.kind === "string" ? member.value : jsonText(member);
      };
      return [keys.map(read)];
    },
};

const nullable =
  (dataType: DataType): ScalarFunction["resolve"] =>
  (args, site) => ({ args: coerceTo([text], args, site), dataType, nullable: true });

/** Functions of JSON. */
export const jsonFunctions: readonly (ScalarFunction | GeneratorFunction)[] = [
  json(
    "get_json_object",
    "What a path leads to in JSON text, as text.",
    [text, text],
    stringType,
    () => (value, path) => jsonAtPath(asText(value), asText(path)),
    { resolve: nullable(stringType) },
  ),
  json(
    "json_array_length",
    "How many elements the outermost array has; null when there is none.",
    [text],
    integerType,
    () => (value) => {
      const node = parseJSON(asText(value));
      return node?.kind === "array" ? node.items.length : null;
    },
    { resolve: nullable(integerType) },
  ),
  json(
    "json_object_keys",
    "The keys of the outermost object; null when there is none.",
    [text],
    arrayType(stringType),
    () => (value) => {
      const node = parseJSON(asText(value));
      return node?.kind === "object" ? node.keys : null;
    },
    { resolve: nullable(arrayType(stringType)) },
  ),
  json("from_json", "The value that JSON text gives for a type.", [], voidType, fromJSON, {
    arity: [2, 3],
    resolve: resolveFromJSON,
    sql: ([value = ""]) => `from_json(${value})`,
  }),
  json(
    "to_json",
    "A struct, map or array as JSON text.",
    [],
    stringType,
    (site) => {
      const write = jsonWriter(site.args[0]?.dataType ?? voidType, site.session, optionsOf(site, 1));
      return (value = null) => write(value);
    },
    {
      arity: [1, 2],
      resolve: (args, site) => {
        checkOptions(args, 1);
        if (!isNested(args[0]?.dataType ?? voidType)) return refuse(args, 0, '("STRUCT" or "ARRAY" or "MAP")', site);
        return { args: args.map((argument) => argument.dataType), dataType: stringType };
      },
      sql: ([value = ""]) => `to_json(${value})`,
    },
  ),
  json(
    "schema_of_json",
    "The type of JSON text, as SQL.",
    [text],
    stringType,
    (site) => {
      const zeros = optionsOf(site, 1).get("allownumericleadingzeros") === "true";
      return (value) => {
        const source = zeros ? asText(value).replaceAll(/([[:,\s])0+(?=\d)/g, "$1") : asText(value);
        const node = parseJSON(source);
        return sqlType(node === undefined ? stringType : inferSchema(node));
      };
    },
    {
      arity: [1, 2],
      resolve: (args) => ({
        args: [stringType, ...args.slice(1).map((argument) => argument.dataType)],
        dataType: stringType,
        nullable: args[0]?.nullable ?? true,
      }),
      sql: ([value = ""]) => `schema_of_json(${value})`,
    },
  ),
  tuple,
];
