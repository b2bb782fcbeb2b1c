import {
  arrayType,
  asNumber,
  asText,
  binaryType,
  booleanType,
  integerType,
  stringType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { anything, coerceTo, textTypeOf } from "../../function/signature.ts";
import { splitText, textSearch, type TextSearch } from "../../collation/folded-text.ts";
import { isList } from "../../order/compare-values.ts";
import { likePattern } from "../like-pattern.ts";
import { characterCount, characterSlice } from "../text.ts";
import { bytes, int, searched, string, textOrBytes } from "./parameter.ts";

const text = family("string");

const ofFirst = ([type = stringType]: readonly DataType[]): DataType => type;

/** Takes characters of `set` off one end or both. */
function trimmed(value: string, set: string, sides: TrimSides, fold: (text: string) => string): string {
  const members = new Set(Array.from(set, fold));
  const characters = Array.from(value);
  let [start, end] = [0, characters.length];
  while (sides.left && start < end && members.has(fold(characters[start] ?? ""))) start++;
  while (sides.right && end > start && members.has(fold(characters[end - 1] ?? ""))) end--;
  return characters.slice(start, end).join("");
}

interface TrimSides {
  readonly left: boolean;
  readonly right: boolean;
}

function trimming(name: string, doc: string, left: boolean, right: boolean, more: Partial<ScalarFunction> = {}): ScalarFunction {
  return text(
    name,
    doc,
    [searched, searched],
    textTypeOf,
    (site) => {
      const fold = foldOfLetters(site);
      return (value, set = " ") => trimmed(asText(value), asText(set), { left, right }, fold);
    },
    { arity: [1, 2], ...more },
  );
}

/** Letters as they compare; blanks stay, also where they do not count at the end of a text. */
function foldOfLetters({ args }: CallSite): (letter: string) => string {
  const { fold } = textSearch(args[0]?.dataType);
  return (letter) => (letter === " " ? letter : fold(letter));
}

function trimSql(side: string): (args: readonly string[], name: string) => string {
  return ([value = "", set], name) => (set === undefined ? `${name}(${value})` : `TRIM(${side} ${set} FROM ${value})`);
}

/** Fills text or bytes up to a length, or cuts them to it. */
function padding(left: boolean): (site: CallSite) => Evaluator {
  return () => (value, length, pad) => {
    const size = asNumber(length);
    if (value instanceof Uint8Array) {
      const filler = pad instanceof Uint8Array ? pad : new Uint8Array([0]);
      const fill = Uint8Array.from(
        { length: filler.length === 0 ? 0 : Math.max(size - value.length, 0) },
        (_, index) => filler[index % filler.length] ?? 0,
      );
      return new Uint8Array(Buffer.concat((left ? [fill, value] : [value, fill]).map((part) => Buffer.from(part)))).slice(
        0,
        Math.max(size, 0),
      );
    }
    const source = asText(value);
    const filler = pad === undefined ? " " : asText(pad);
    const missing = size - characterCount(source);
    if (size <= 0) return "";
    if (missing <= 0) return characterSlice(source, 0, size);
    if (filler === "") return source;
    const fill = characterSlice(filler.repeat(Math.ceil(missing / characterCount(filler))), 0, missing);
    return left ? fill + source : source + fill;
  };
}

function pad(name: string, doc: string, left: boolean): ScalarFunction {
  return text(name, doc, [textOrBytes, int, textOrBytes], stringType, padding(left), {
    arity: [2, 3],
    resolve: (args, site) => {
      const binary = args[0]?.dataType.kind === "binary" && (args[2] === undefined || args[2].dataType.kind === "binary");
      const part = binary ? bytes : string;
      const types = coerceTo([part, int, part], args, site);
      return { args: types, dataType: binary ? binaryType : textTypeOf(types) };
    },
    sql: (args) => `${name}(${[...args, ...[" "].slice(0, 3 - args.length)].join(", ")})`,
  });
}

/** 1-based position of the part at or behind `start`, in characters; 0 when there is none. */
function position(value: string, part: string, start: number, search: TextSearch): number {
  if (start < 1) return 0;
  const from = characterSlice(value, 0, start - 1).length;
  if (start - 1 > characterCount(value)) return 0;
  const found = search.find(value, part, from);
  return found === undefined ? 0 : characterCount(value.slice(0, found.start)) + 1;
}

/** Below 0 the search goes backwards from that far before the end. */
function occurrencePosition(value: string, part: string, start: number, occurrence: number, search: TextSearch): number {
  if (start === 0 || occurrence < 1) return 0;
  if (start > 0) {
    let at = start - 1;
    for (let found = 0; found < occurrence; found++) {
      at = position(value, part, at + 1, search);
      if (at === 0) return 0;
    }
    return at;
  }
  let at = characterSlice(value, 0, characterCount(value) + start).length;
  for (let found = 0; found < occurrence; found++) {
    at = at < 0 ? -1 : lastAt(value, part, at, search);
    if (at < 0) return 0;
    if (found + 1 < occurrence) at--;
  }
  return characterCount(value.slice(0, at)) + 1;
}

/** The last place at or before one where a part stands; -1 when there is none. */
function lastAt(value: string, part: string, at: number, search: TextSearch): number {
  for (let place = at; place >= 0; place--) if (search.find(value, part, place)?.start === place) return place;
  return -1;
}

function translateText(value: string, from: string, to: string, fold: (letter: string) => string): string {
  const targets = Array.from(to);
  const map = new Map<string, string>();
  for (const [index, character] of Array.from(from, fold).entries()) if (!map.has(character)) map.set(character, targets[index] ?? "");
  return Array.from(value, (character) => map.get(fold(character)) ?? character).join("");
}

function substringIndex(value: string, delimiter: string, count: number, search: TextSearch): string {
  if (count === 0 || delimiter === "") return "";
  const { pieces, between } = splitText(value, delimiter, search);
  if (Math.abs(count) >= pieces.length) return value;
  const from = count > 0 ? 0 : pieces.length + count;
  const to = count > 0 ? count : pieces.length;
  return pieces
    .slice(from, to)
    .reduce((text, piece, index) => `${text}${index === 0 ? "" : (between[from + index - 1] ?? "")}${piece}`, "");
}

/** @throws INVALID_INDEX_OF_ZERO */
function splitPart(value: string, delimiter: string, index: number, search: TextSearch): string {
  if (index === 0) throw expressionErrors.create("INVALID_INDEX_OF_ZERO", {});
  const parts = delimiter === "" ? [value] : splitText(value, delimiter, search).pieces;
  return parts.at(index > 0 ? index - 1 : index) ?? "";
}

function overlay(value: SQLValue, part: SQLValue, at: number, length: number): SQLValue {
  if (value instanceof Uint8Array && part instanceof Uint8Array) {
    const cut = length < 0 ? part.length : length;
    return new Uint8Array(
      Buffer.concat([value.subarray(0, Math.max(at - 1, 0)), part, value.subarray(at - 1 + cut)].map((one) => Buffer.from(one))),
    );
  }
  const [source, replacement] = [asText(value), asText(part)];
  const cut = length < 0 ? characterCount(replacement) : length;
  return characterSlice(source, 0, at - 1) + replacement + characterSlice(source, at - 1 + cut, Number.MAX_SAFE_INTEGER);
}

/** @throws INVALID_ARRAY_INDEX */
function element(values: readonly SQLValue[], index: number, site: CallSite): SQLValue {
  if (index >= 1 && index <= values.length) return values[index - 1] ?? null;
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("INVALID_ARRAY_INDEX", { indexValue: index, arraySize: values.length, functionName: "`try_element_at`" });
}

const elt = text(
  "elt",
  "The argument of that number.",
  [int, textOrBytes],
  stringType,
  (site) =>
    (index = null, ...values) =>
      index === null ? null : element(values, asNumber(index), site),
  {
    arity: [2, Infinity],
    nulls: "handled",
    resolve: (args, site) => {
      const binary = args.slice(1).every((argument) => argument.dataType.kind === "binary");
      return { args: coerceTo([int, binary ? bytes : string], args, site), dataType: binary ? binaryType : stringType, nullable: true };
    },
  },
);

const concatWith = text(
  "concat_ws",
  "The texts, and those in arrays, that are not null, with a separator between them.",
  [string, anything],
  stringType,
  () =>
    (separator = null, ...parts) => {
      if (separator === null) return null;
      return parts
        .flatMap((part) => (isList(part) ? part : [part]))
        .flatMap((part) => (part === null ? [] : [asText(part)]))
        .join(asText(separator));
    },
  {
    arity: [1, Infinity],
    nulls: "handled",
    resolve: (args, site) => ({
      args: args.map((argument, index) =>
        index > 0 && argument.dataType.kind === "array" ? arrayType(stringType) : (coerceTo([string], [argument], site)[0] ?? stringType),
      ),
      dataType: textTypeOf(args.map((argument) => argument.dataType)),
      nullable: args[0]?.nullable ?? true,
    }),
  },
);

/** Functions that cut, fill, search and replace. */
export const textEdits: readonly ScalarFunction[] = [
  trimming("trim", "The text without blanks, or characters of a set, at both ends.", true, true, { sql: trimSql("BOTH") }),
  trimming("btrim", "The text without blanks, or characters of a set, at both ends.", true, true),
  trimming("ltrim", "The text without blanks, or characters of a set, before it.", true, false, { sql: trimSql("LEADING") }),
  trimming("rtrim", "The text without blanks, or characters of a set, behind it.", false, true, { sql: trimSql("TRAILING") }),
  pad("lpad", "The text filled from the left to a length, or cut to it.", true),
  pad("rpad", "The text filled from the right to a length, or cut to it.", false),
  text(
    "instr",
    "The 1-based position of a part, or 0; of its so-manyth occurrence from a start, which counts from the end below 0.",
    [searched, searched, int, int],
    integerType,
    ({ args }) => {
      const search = textSearch(args[0]?.dataType);
      return (value, part, start = 1, occurrence = 1) =>
        occurrencePosition(asText(value), asText(part), asNumber(start), asNumber(occurrence), search);
    },
    {
      arity: [2, 4],
      sql: (args) => `instr(${[...args, ...(args.length === 3 ? ["1"] : [])].join(", ")})`,
    },
  ),
  text(
    "locate",
    "The 1-based position of a part from a start on, or 0.",
    [searched, searched, int],
    integerType,
    ({ args }) => {
      const search = textSearch(args[1]?.dataType);
      return (part = null, value = null, start = 1) =>
        start === null ? 0 : part === null || value === null ? null : position(asText(value), asText(part), asNumber(start), search);
    },
    {
      arity: [2, 3],
      aliases: ["position"],
      nulls: "handled",
      sql: (args, name) => `${name}(${[...args, ...["1"].slice(0, 3 - args.length)].join(", ")})`,
    },
  ),
  text(
    "replace",
    "The text with all occurrences of a part replaced.",
    [searched, searched, searched],
    textTypeOf,
    ({ args }) => {
      const search = textSearch(args[0]?.dataType);
      return (value, part, by = "") =>
        part === "" ? asText(value) : splitText(asText(value), asText(part), search).pieces.join(asText(by));
    },
    {
      arity: [2, 3],
      sql: (args) => `replace(${[...args, ...[""].slice(0, 3 - args.length)].join(", ")})`,
    },
  ),
  text("translate", "The text with characters exchanged for others, or left out.", [searched, searched, searched], textTypeOf, (site) => {
    const fold = foldOfLetters(site);
    return (value, from, to) => translateText(asText(value), asText(from), asText(to), fold);
  }),
  text(
    "left",
    "The first characters.",
    [textOrBytes, int],
    ofFirst,
    () => (value, count) =>
      value instanceof Uint8Array
        ? value.slice(0, Math.max(asNumber(count), 0))
        : characterSlice(asText(value), 0, Math.max(asNumber(count), 0)),
  ),
  text("right", "The last characters.", [textOrBytes, int], ofFirst, () => (value, count) => {
    const size = Math.max(asNumber(count), 0);
    if (value instanceof Uint8Array) return value.slice(Math.max(value.length - size, 0));
    return characterSlice(asText(value), Math.max(characterCount(asText(value)) - size, 0), Number.MAX_SAFE_INTEGER);
  }),
  text(
    "repeat",
    "The text so many times.",
    [string, int],
    textTypeOf,
    () => (value, count) => asText(value).repeat(Math.max(asNumber(count), 0)),
  ),
  text("space", "So many blanks.", [int], stringType, () => (count) => " ".repeat(Math.max(asNumber(count), 0))),
  text(
    "overlay",
    "The text with a part of it replaced.",
    [textOrBytes, textOrBytes, int, int],
    ofFirst,
    () =>
      (value = null, part = null, at, length = -1) =>
        overlay(value, part, asNumber(at), asNumber(length)),
    {
      arity: [3, 4],
      sql: (args) => `overlay(${[...args, ...["-1"].slice(0, 4 - args.length)].join(", ")})`,
    },
  ),
  text(
    "substring_index",
    "The text up to the so-manyth delimiter, from the left or from the right.",
    [searched, searched, int],
    textTypeOf,
    ({ args }) => {
      const search = textSearch(args[0]?.dataType);
      return (value, delimiter, count) => substringIndex(asText(value), asText(delimiter), asNumber(count), search);
    },
  ),
  text("split_part", "A part between delimiters; empty when there is none.", [searched, searched, int], textTypeOf, ({ args }) => {
    const search = textSearch(args[0]?.dataType);
    return (value, delimiter, index) => splitPart(asText(value), asText(delimiter), asNumber(index), search);
  }),
  text("find_in_set", "The 1-based place in a list with commas, or 0.", [searched, searched], integerType, ({ args }) => {
    const { fold } = textSearch(args[0]?.dataType);
    return (value, set) =>
      asText(value).includes(",")
        ? 0
        : asText(set)
            .split(",")
            .map(fold)
            .indexOf(fold(asText(value))) + 1;
  }),
  text(
    "reverse",
    "The characters, or the elements, in the opposite order.",
    [anything],
    ofFirst,
    () =>
      (value = null) => {
        if (value instanceof Uint8Array) return value.toReversed();
        return isList(value) ? value.toReversed() : Array.from(asText(value)).toReversed().join("");
      },
    {
      group: "collection",
      resolve: (args, site) => {
        const [type] =
          args[0]?.dataType.kind === "array" || args[0]?.dataType.kind === "binary" ? [args[0].dataType] : coerceTo([string], args, site);
        return { args: [type ?? stringType], dataType: type ?? stringType };
      },
    },
  ),
  text(
    "ilike",
    "LIKE without regard to case.",
    [string, string, string],
    booleanType,
    () =>
      (value, pattern, escape = "\\") =>
        likePattern(asText(pattern).toLowerCase(), asText(escape)).test(asText(value).toLowerCase()),
    {
      arity: [2, 3],
      group: "predicate",
      sql: ([value = "", pattern = "", escape]) =>
        `ilike(${value}, ${pattern}${escape === undefined || escape === "\\" ? "" : `, ${escape}`})`,
    },
  ),
  elt,
  concatWith,
];
