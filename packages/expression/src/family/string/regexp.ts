import { arrayType, asNumber, asText, booleanType, integerType, stringType, type SQLValue } from "@vonk/columnar/internal";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { ScalarFunction } from "../../function/function-entry.ts";
import { textTypeOf } from "../../function/signature.ts";
import { javaPattern, javaReplacement } from "./java-pattern.ts";
import { int, string } from "./parameter.ts";

const predicate = family("predicate");
const text = family("string");

function groupOf(match: RegExpMatchArray, group: number, functionName: string): string {
  if (group >= 0 && group < match.length) return match[group] ?? "";
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", {
    parameter: "`idx`",
    functionName: `\`${functionName}\``,
    groupCount: match.length - 1,
    groupIndex: group,
  });
}

function find(value: SQLValue | undefined, pattern: SQLValue | undefined, name: string): RegExpMatchArray | null {
  return javaPattern(asText(pattern), name).exec(asText(value));
}

/** Up to `limit` parts; without one all, the empty ones at the end too. */
function splitText(value: string, pattern: string, limit: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of value.matchAll(javaPattern(pattern, "split"))) {
    if (limit > 0 && parts.length === limit - 1) break;
    const end = match.index + match[0].length;
    if (end === 0) continue;
    if (match[0] === "" && match.index === value.length) {
      if (limit <= 0 || parts.length < limit - 1) break;
      continue;
    }
    parts.push(value.slice(start, match.index));
    start = end;
  }
  parts.push(value.slice(start));
  return parts;
}

function replaceFrom(value: string, pattern: string, replacement: string, position: number): string {
  const start = Math.min(position - 1, value.length);
  return value.slice(0, start) + value.slice(start).replace(javaPattern(pattern, "regexp_replace"), javaReplacement(replacement));
}

/** Functions of regular expressions in Java's form. */
export const regexpFunctions: readonly ScalarFunction[] = [
  predicate(
    "rlike",
    "True when the pattern is somewhere in the text.",
    [string, string],
    booleanType,
    () => (value, pattern) => find(value, pattern, "rlike") !== null,
    {
      aliases: ["regexp", "regexp_like"],
      sql: (args, name) => `${name.toUpperCase()}(${args.join(", ")})`,
    },
  ),
  text(
    "regexp_replace",
    "The text with all matches replaced.",
    [string, string, string, int],
    textTypeOf,
    () =>
      (value, pattern, replacement, position = 1) =>
        replaceFrom(asText(value), asText(pattern), asText(replacement), asNumber(position)),
    {
      arity: [3, 4],
      resolve: (args, site) => ({
        ...text("", "", [string, string, string, int], stringType, () => () => null).resolve(args, site),
        dataType: args[0]?.dataType.kind === "string" ? args[0].dataType : stringType,
      }),
      sql: (args) => `regexp_replace(${[...args, ...["1"].slice(0, 4 - args.length)].join(", ")})`,
    },
  ),
  text(
    "regexp_extract",
    "A group of the first match, or an empty text.",
    [string, string, int],
    stringType,
    () =>
      (value, pattern, group = 1) => {
        const match = find(value, pattern, "regexp_extract");
        return match === null ? "" : groupOf(match, asNumber(group), "regexp_extract");
      },
    { arity: [2, 3], sql: (args) => `regexp_extract(${[...args, ...["1"].slice(0, 3 - args.length)].join(", ")})` },
  ),
  text(
    "regexp_extract_all",
    "A group of all matches.",
    [string, string, int],
    arrayType(stringType),
    () =>
      (value, pattern, group = 1) =>
        Array.from(asText(value).matchAll(javaPattern(asText(pattern), "regexp_extract_all")), (match) =>
          groupOf(match, asNumber(group), "regexp_extract_all"),
        ),
    {
      arity: [2, 3],
      sql: (args) => `regexp_extract_all(${[...args, ...["1"].slice(0, 3 - args.length)].join(", ")})`,
    },
  ),
  text(
    "regexp_substr",
    "The first match, or null.",
    [string, string],
    stringType,
    () => (value, pattern) => find(value, pattern, "regexp_substr")?.[0] ?? null,
    {
      resolve: () => ({ args: [stringType, stringType], dataType: stringType, nullable: true }),
    },
  ),
  text(
    "regexp_count",
    "How many matches there are.",
    [string, string],
    integerType,
    () => (value, pattern) => Array.from(asText(value).matchAll(javaPattern(asText(pattern), "regexp_count"))).length,
  ),
  text(
    "regexp_instr",
    "The 1-based position of the first match, or 0.",
    [string, string, int],
    integerType,
    () => (value, pattern) => (find(value, pattern, "regexp_instr")?.index ?? -1) + 1,
    {
      arity: [2, 3],
      sql: (args) => `regexp_instr(${[...args, ...["0"].slice(0, 3 - args.length)].join(", ")})`,
    },
  ),
  text(
    "split",
    "The parts between the matches of a pattern.",
    [string, string, int],
    arrayType(stringType, false),
    () =>
      (value, pattern, limit = -1) =>
        splitText(asText(value), asText(pattern), asNumber(limit)),
    {
      arity: [2, 3],
      sql: (args) => `split(${[...args, ...["-1"].slice(0, 3 - args.length)].join(", ")})`,
    },
  ),
];
