import { asText, binaryType, booleanType, type DataType, integerType, stringType } from "@vonk/columnar/internal";
import { textSearch } from "../collation/folded-text.ts";
import type { ScalarFunction } from "../function/function-entry.ts";
import { coerceTo, exactly, oneOf, searchedText, signature, text, textTypeOf } from "../function/signature.ts";
import { commonType } from "./collection/element-type.ts";
import { likePattern } from "./like-pattern.ts";

/** Positions and lengths count code points; texts without surrogates are cut by units, which is the same. */
const surrogates = /[\ud800-\udfff]/;

/** Characters of a text: code points. */
export function characterCount(value: string): number {
  return surrogates.test(value) ? Array.from(value).length : value.length;
}

/** Characters from `start` (0-based) up to `end`, exclusive. */
export function characterSlice(value: string, start: number, end: number): string {
  return surrogates.test(value) ? Array.from(value).slice(start, end).join("") : value.slice(start, end);
}

/** Spark's substring: 1-based, 0 is as 1, negative counts from the end. */
function substring(value: string, position: number, length: number): string {
  const count = characterCount(value);
  const start = position > 0 ? position - 1 : position < 0 ? count + position : 0;
  const end = Math.min(start + length, count);
  return end <= start ? "" : characterSlice(value, Math.max(start, 0), Math.max(end, 0));
}

function textFunction(name: string, doc: string, change: (value: string) => string, aliases: readonly string[] = []): ScalarFunction {
  return {
    kind: "scalar",
    name,
    aliases,
    group: "string",
    doc,
    arity: [1, 1],
    nulls: "propagate",
    resolve: signature([text], textTypeOf),
    evaluator: () => (value) => change(asText(value)),
  };
}

function textTest(name: string, doc: string, test: (value: string, other: string) => boolean): ScalarFunction {
  // Under a collation texts are tested as they compare.
  return {
    kind: "scalar",
    name,
    group: "string",
    doc,
    arity: [2, 2],
    nulls: "propagate",
    resolve: signature([searchedText], booleanType),
    evaluator: ({ args }) => {
      const { fold } = textSearch(args[0]?.dataType);
      return (value, other) => test(fold(asText(value)), fold(asText(other)));
    },
  };
}

const substringFunction: ScalarFunction = {
  kind: "scalar",
  name: "substring",
  aliases: ["substr"],
  group: "string",
  doc: "A part of a text, from a 1-based position, to its end or of a length.",
  sql: (args, name) => `${name}(${[...args, ...(args.length === 2 ? ["2147483647"] : [])].join(", ")})`,
  arity: [2, 3],
  nulls: "propagate",
  resolve: signature([oneOf(stringType, binaryType), exactly(integerType)], ([type = stringType]) => type),
  evaluator:
    () =>
    (value, position, length = 2 ** 31 - 1) => {
      if (!(value instanceof Uint8Array)) return substring(asText(value), Number(position), Number(length));
      const at = Number(position);
      const start = at > 0 ? at - 1 : at < 0 ? value.length + at : 0;
      return value.slice(Math.max(start, 0), Math.max(Math.min(start + Number(length), value.length), 0));
    },
};

const like: ScalarFunction = {
  kind: "scalar",
  name: "like",
  group: "predicate",
  doc: "True when the text matches a pattern in which `%` is any text and `_` any character.",
  arity: [2, 3],
  nulls: "propagate",
  resolve: (args, site) => ({ args: coerceTo([text], args, site), dataType: booleanType }),
  evaluator: (site) => {
    const escape = site.args[2]?.constant?.value ?? "\\";
    const constant = site.args[1]?.constant?.value;
    if (typeof constant === "string") {
      const matcher = likePattern(constant, asText(escape));
      return (value) => matcher.test(asText(value));
    }
    return (value, pattern) => likePattern(asText(pattern), asText(escape)).test(asText(value));
  },
  sql: ([value = "", pattern = "", escape]) =>
    `${value} LIKE ${pattern}${escape === undefined || escape === "\\" ? "" : ` ESCAPE '${escape}'`}`,
};

const concat: ScalarFunction = {
  kind: "scalar",
  name: "concat",
  aliases: ["||"],
  sql: (args) => `concat(${args.join(", ")})`,
  group: "string",
  doc: "All arguments one after the other: texts, bytes or arrays.",
  arity: [0, Infinity],
  nulls: "propagate",
  resolve: (args, site) => {
    const types = args.map((argument) => argument.dataType);
    const [first] = types;
    if (types.some(({ kind }) => kind === "array")) {
      const common = commonType(args, args, site);
      return { args: types.map(() => common), dataType: common };
    }
    if (types.length > 0 && types.every((type) => type.kind === "binary")) return { args: types, dataType: first ?? stringType };
    const cast: DataType[] = types.map((type) => (type.kind === "string" ? type : stringType));
    return {
      args: coerceTo([text], args, site).map((type, index) => (type.kind === "void" ? (cast[index] ?? type) : type)),
      dataType: textTypeOf(types),
    };
  },
  evaluator: (site) =>
    site.dataType.kind === "array"
      ? (...lists) => lists.flatMap((list) => (Array.isArray(list) ? list : []))
      : site.dataType.kind === "binary"
        ? (...parts) => new Uint8Array(Buffer.concat(parts.flatMap((part) => (part instanceof Uint8Array ? [part] : []))))
        : (...parts) => parts.map(asText).join(""),
};

/** Functions on text that TPC-H's and most other queries use; the rest of Spark's stand in families of their own. */
export const textFunctions: readonly ScalarFunction[] = [
  textFunction("upper", "The text in capital letters.", (value) => value.toUpperCase(), ["ucase"]),
  textFunction("lower", "The text in small letters.", (value) => value.toLowerCase(), ["lcase"]),
  {
    kind: "scalar",
    name: "length",
    aliases: ["char_length", "character_length", "len"],
    group: "string",
    doc: "The number of characters of a text, or of bytes.",
    arity: [1, 1],
    nulls: "propagate",
    resolve: signature([oneOf(stringType, binaryType)], integerType),
    evaluator: () => (value) => (value instanceof Uint8Array ? value.length : characterCount(asText(value))),
  },
  substringFunction,
  like,
  concat,
  textTest("startswith", "True when the text begins with the other.", (value, other) => value.startsWith(other)),
  textTest("endswith", "True when the text ends with the other.", (value, other) => value.endsWith(other)),
  textTest("contains", "True when the other is somewhere in the text.", (value, other) => value.includes(other)),
];
