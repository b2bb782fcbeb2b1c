import { binaryCollation, type DataType } from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";

/** How the texts of a type compare. Texts are equal when their keys are, so that groups, joins and `=` agree. */
export interface Collation {
  /** In Spark's spelling: `UTF8_LCASE`, `UNICODE_CI_AI`, `de_CI`. */
  readonly name: string;
  readonly key: (text: string) => string;
  /** Orders two texts that are not equal; of equal ones nothing is asked. */
  readonly compare: (a: string, b: string) => number;
}

const known = new Map<string, Collation>();

/** A collation by its name, in any case. @throws COLLATION_INVALID_NAME */
export function collationOf(name: string): Collation {
  const found = known.get(name) ?? makeCollation(name);
  known.set(name, found);
  return found;
}

/** True when values of the type are not equal by their bytes alone: text under a collation, or something that holds such text. */
export function isCollated(type: DataType): boolean {
  switch (type.kind) {
    case "string":
      return type.collation !== binaryCollation;
    case "array":
      return isCollated(type.element);
    case "map":
      return isCollated(type.key) || isCollated(type.value);
    case "struct":
      return type.fields.some((field) => isCollated(field.dataType));
    default:
      return false;
  }
}

/** Names are a base, `UTF8_BINARY`, `UTF8_LCASE`, `UNICODE` or a language, and what it leaves aside: case, accents, blanks at the end. */
function makeCollation(written: string): Collation {
  const upper = written.toUpperCase();
  const utf8 = /^(UTF8_BINARY|UTF8_LCASE)(_RTRIM)?$/.exec(upper);
  if (utf8 !== null) {
    const lowers = utf8[1] === "UTF8_LCASE";
    return withTrim(upper, utf8[2] !== undefined, lowers ? lowered : (text) => text, byCodePoint);
  }
  const parts = /^(.+?)((?:_(?:CI|CS|AI|AS|RTRIM))*)$/.exec(upper);
  const base = parts?.[1] ?? upper;
  const marks = new Set((parts?.[2] ?? "").split("_").filter((mark) => mark !== ""));
  const locale = base === "UNICODE" ? "und" : localeOf(base);
  const contradicts = (marks.has("CI") && marks.has("CS")) || (marks.has("AI") && marks.has("AS"));
  if (locale === undefined || contradicts)
    throw expressionErrors.create("COLLATION_INVALID_NAME", { collationName: written, proposals: proposalsFor(upper) });
  const [ignoresCase, ignoresAccents, trims] = [marks.has("CI"), marks.has("AI"), marks.has("RTRIM")];
  const name = [base === "UNICODE" ? base : locale, ignoresCase ? "CI" : "", ignoresAccents ? "AI" : "", trims ? "RTRIM" : ""];
  const sensitivity = ignoresCase ? (ignoresAccents ? "base" : "accent") : ignoresAccents ? "case" : "variant";
  const collator = new Intl.Collator(locale, { sensitivity });
  const key = (text: string): string => {
    const plain = ignoresCase ? lowered(text.normalize("NFKD")).replaceAll("ß", "ss").normalize("NFKD") : text.normalize("NFD");
    return ignoresAccents ? plain.replaceAll(/\p{Mn}/gu, "") : plain;
  };
  return withTrim(
    name.filter((part) => part !== "").join("_"),
    trims,
    key,
    (a, b) => collator.compare(a, b) || byCodePoint(key(a), key(b)),
  );
}

function withTrim(name: string, trims: boolean, key: (text: string) => string, compare: (a: string, b: string) => number): Collation {
  const trim = (text: string): string => (trims ? text.replace(/ +$/, "") : text);
  const isPlain = name.startsWith("UTF8");
  return {
    name,
    key: (text) => key(trim(text)),
    compare: isPlain ? (a, b) => compare(key(trim(a)), key(trim(b))) : (a, b) => compare(trim(a), trim(b)),
  };
}

/** Small letters one by one: the sigma at a word's end is as every other. */
function lowered(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

function localeOf(base: string): string | undefined {
  if (!/^[A-Z]{2,3}$/.test(base)) return undefined;
  const language = base.toLowerCase();
  return Intl.Collator.supportedLocalesOf([language]).length > 0 ? language : undefined;
}

function proposalsFor(name: string): string {
  return name.startsWith("UTF8") ? "UTF8_LCASE" : "UNICODE";
}

/** By code points: UTF-16 units order the same way but for surrogates, which stand for what is greater than every other unit. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightSurrogate = right >= 0xd800 && right <= 0xdfff;
    return leftSurrogate === rightSurrogate ? left - right : leftSurrogate ? 1 : -1;
  }
  return a.length - b.length;
}
