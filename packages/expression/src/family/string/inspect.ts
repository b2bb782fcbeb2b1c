import { arrayType, asNumber, asText, booleanType, doubleType, integerType, stringType, binaryType } from "@vonk/columnar/internal";
import { family } from "../../function/family.ts";
import type { ScalarFunction } from "../../function/function-entry.ts";
import { exactly, textTypeOf } from "../../function/signature.ts";
import { longType, asBigint, type DataType } from "@vonk/columnar/internal";
import { expressionErrors } from "../../errors.ts";
import { anything } from "../../function/signature.ts";
import { int, string, textOrBytes } from "./parameter.ts";

const text = family("string");
const encoder = new TextEncoder();

/** Edits from one text to the other; -1 when there are more than `most`. */
function levenshtein(a: string, b: string, most: number): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  let previous = right.map((_, index) => index + 1);
  for (let row = 0; row < left.length; row++) {
    let diagonal = row;
    let last = row + 1;
    previous = previous.map((above, column) => {
      last = Math.min(last + 1, above + 1, diagonal + Number(left[row] !== right[column]));
      diagonal = above;
      return last;
    });
  }
  const distance = previous.at(-1) ?? left.length;
  return distance > most ? -1 : distance;
}

const soundexCodes = "01230127022455012623017202";

/** Four characters for how an English word sounds; others stay as they are. */
function soundex(value: string): string {
  const first = value[0] ?? "";
  if (!/[a-z]/i.test(first)) return value;
  let out = first.toUpperCase();
  const code = (letter: string): string => soundexCodes[letter.toUpperCase().charCodeAt(0) - 65] ?? "";
  let last = code(first);
  for (const letter of value.slice(1)) {
    if (!/[a-z]/i.test(letter)) {
      last = "0";
      continue;
    }
    const next = code(letter);
    if (next === "7") continue;
    if (next !== "0" && next !== last) out += next;
    last = next;
    if (out.length === 4) break;
  }
  return out.padEnd(4, "0");
}

/** Every word's first letter is a capital, its others are small; words are divided by blanks. */
function initcap(value: string): string {
  return value.toLowerCase().replaceAll(/(^| )([^ ])/g, (_whole, blank: string, letter: string) => blank + letter.toUpperCase());
}

function luhn(value: string): boolean {
  if (!/^\d+$/.test(value)) return false;
  const sum = Array.from(value)
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}

function maskWith(value: string, replacements: readonly (string | null)[]): string {
  const [upper = "X", lower = "x", digit = "n", other = null] = replacements;
  return Array.from(value, (character) => {
    const kind = /\p{Lu}/u.test(character) ? upper : /\p{Ll}/u.test(character) ? lower : /\p{Nd}/u.test(character) ? digit : other;
    return kind ?? character;
  }).join("");
}

function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length === 0 || b.length === 0) return 0;
  const reach = Math.max(Math.floor(Math.max(a.length, b.length) / 2) - 1, 0);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (taken.has(j) || a[i] !== b[j]) continue;
      taken.add(j);
      matched.push(a[i] ?? "");
      break;
    }
  }
  if (matched.length === 0) return 0;
  const others = Array.from(b).filter((_, index) => taken.has(index));
  const swaps = matched.filter((character, index) => character !== others[index]).length / 2;
  const m = matched.length;
  const jaro = (m / a.length + m / b.length + (m - swaps) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && a[prefix] !== undefined && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** Sentences as lists of words. */
function sentences(value: string): string[][] {
  const segments = new Intl.Segmenter("en", { granularity: "sentence" });
  const words = new Intl.Segmenter("en", { granularity: "word" });
  return Array.from(segments.segment(value), (sentence) =>
    Array.from(words.segment(sentence.segment)).flatMap((word) => (word.isWordLike === true ? [word.segment] : [])),
  ).filter((list) => list.length > 0);
}

/** @throws INVALID_PARAMETER_VALUE.LENGTH */
function maskCharacter(value: string | null, parameter: string): string | null {
  if (value === null || value.length === 1) return value;
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.LENGTH", {
    parameter: `\`${parameter}\``,
    functionName: "`mask`",
    length: value.length,
  });
}

const maskNames = ["upperChar", "lowerChar", "digitChar", "otherChar"];
const mask = text(
  "mask",
  "The text with letters and digits replaced.",
  [string, string, string, string, string],
  stringType,
  (site) => {
    for (const [index, name] of maskNames.entries()) {
      const given = site.args[index + 1]?.constant?.value;
      if (typeof given === "string") maskCharacter(given, name);
    }
    return (value = null, ...replacements) =>
      value === null
        ? null
        : maskWith(
            asText(value),
            replacements.map((one) => (one === null ? null : asText(one))),
          );
  },
  {
    arity: [1, 5],
    nulls: "handled",
    parameterNames: ["str", ...maskNames.map((name) => name.toLowerCase())],
    sql: (args) => `mask(${[...args, ...["X", "x", "n", "NULL"].slice(args.length - 1)].join(", ")})`,
  },
);

/** A limit on lengths of what is written to CHAR and VARCHAR columns. @throws EXCEED_LIMIT_LENGTH */
function limited(name: string, doc: string, pads: boolean): ScalarFunction {
  return text(name, doc, [string, int], stringType, () => (value, length) => {
    const limit = asNumber(length);
    const characters = Array.from(asText(value));
    if (characters.length <= limit) return pads ? asText(value) + " ".repeat(limit - characters.length) : asText(value);
    if (characters.slice(limit).every((character) => character === " ")) return characters.slice(0, limit).join("");
    throw expressionErrors.create("EXCEED_LIMIT_LENGTH", { limit });
  });
}

/** Functions that measure and compare texts, or rewrite them by their letters. */
export const textInspections: readonly ScalarFunction[] = [
  text(
    "ascii",
    "The code point of the first character; 0 of an empty text.",
    [string],
    integerType,
    () => (value) => asText(value).codePointAt(0) ?? 0,
  ),
  text(
    "chr",
    "The character of that code, modulo 256.",
    [exactly(longType)],
    stringType,
    () => (code) => (asBigint(code) < 0n ? "" : String.fromCharCode(Number(asBigint(code) & 255n))),
    { aliases: ["char"] },
  ),
  text(
    "bit_length",
    "The length in bits.",
    [textOrBytes],
    integerType,
    () => (value) => 8 * (value instanceof Uint8Array ? value.length : encoder.encode(asText(value)).length),
  ),
  text(
    "octet_length",
    "The length in bytes.",
    [textOrBytes],
    integerType,
    () => (value) => (value instanceof Uint8Array ? value.length : encoder.encode(asText(value)).length),
  ),
  text("initcap", "The text with every word's first letter a capital.", [string], textTypeOf, () => (value) => initcap(asText(value))),
  text(
    "levenshtein",
    "How many edits make one text of the other; -1 when more than a limit.",
    [string, string, int],
    integerType,
    () =>
      (a, b, most = Infinity) =>
        levenshtein(asText(a), asText(b), Number(most)),
    { arity: [2, 3] },
  ),
  text("soundex", "How an English word sounds, in four characters.", [string], stringType, () => (value) => soundex(asText(value))),
  text("luhn_check", "True when the digits have a valid check digit by Luhn.", [string], booleanType, () => (value) => luhn(asText(value))),
  text(
    "jaro_winkler_similarity",
    "How alike two texts are, 0 to 1.",
    [string, string],
    doubleType,
    () => (a, b) => jaroWinkler(asText(a), asText(b)),
  ),
  text(
    "sentences",
    "Sentences as arrays of words.",
    [string, string, string],
    arrayType(arrayType(stringType, false), false),
    () => (value) => sentences(asText(value)),
    { arity: [1, 3], sql: (args) => `sentences(${[...args, ...["", ""].slice(args.length - 1)].join(", ")})` },
  ),
  text("quote", "The text as an SQL literal.", [string], stringType, () => (value) => `'${asText(value).replaceAll(/['\\]/g, "\\$&")}'`),
  text(
    "collation",
    "The collation's name.",
    [anything],
    stringType,
    (site) => () => {
      const type: DataType | undefined = site.args[0]?.dataType;
      return `SYSTEM.BUILTIN.${type?.kind === "string" ? type.collation : "UTF8_BINARY"}`;
    },
    {
      nulls: "handled",
      resolve: (args, site) => ({
        args: args.map((argument) => (argument.dataType.kind === "string" ? argument.dataType : stringType)),
        dataType: stringType,
        nullable: site.name === "",
      }),
    },
  ),
  text(
    "is_valid_utf8",
    "True when the bytes are UTF-8.",
    [textOrBytes],
    booleanType,
    () => (value) => !(value instanceof Uint8Array) || Buffer.from(value).toString("utf8").includes("\ufffd") === false,
  ),
  text(
    "make_valid_utf8",
    "The text, invalid bytes replaced.",
    [textOrBytes],
    stringType,
    () => (value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : asText(value)),
  ),
  text(
    "validate_utf8",
    "The text, an error when its bytes are invalid.",
    [textOrBytes],
    stringType,
    () => (value) => validText(value instanceof Uint8Array ? value : asText(value), false),
  ),
  text(
    "try_validate_utf8",
    "The text, null when its bytes are invalid.",
    [textOrBytes],
    stringType,
    () => (value) => validText(value instanceof Uint8Array ? value : asText(value), true),
    {
      resolve: (args) => ({ args: [args[0]?.dataType.kind === "binary" ? binaryType : stringType], dataType: stringType, nullable: true }),
    },
  ),
  limited("char_type_write_side_check", "What a CHAR column gets: filled with blanks.", true),
  limited("varchar_type_write_side_check", "What a VARCHAR column gets.", false),
  mask,
];

/** @throws INVALID_UTF8_STRING */
function validText(value: Uint8Array | string, tolerant: boolean): string | null {
  if (typeof value === "string") return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value);
  } catch {
    if (tolerant) return null;
    throw expressionErrors.create("INVALID_UTF8_STRING", { str: Buffer.from(value).toString("hex") });
  }
}
