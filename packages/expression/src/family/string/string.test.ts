import { arrayType, binaryType, integerType, stringType } from "@vonk/columnar/internal";
import { literal, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { evaluateCall, showCall, type TestArgument } from "../../testing/call-by-name.ts";
import { javaPattern } from "./java-pattern.ts";

const bytes = (hex: string): Expression => literal(new Uint8Array(Buffer.from(hex, "hex")), binaryType);
const nothing = literal(null, stringType);

test.each<[string, TestArgument[], string | number | boolean | null]>([
  ["trim", ["  a b  "], "a b"],
  ["ltrim", ["SparkS", "Sp"], "arkS"],
  ["rtrim", ["SSparkS", "kS"], "SSpar"],
  ["lpad", ["hi", 5, "??a"], "??ahi"],
  ["rpad", ["hi", 1], "h"],
  ["instr", ["a😀b", "b"], 3],
  ["instr", ["abcabc", "b", -1, 1], 5],
  ["locate", ["bar", "foobarbar", 5], 7],
  ["replace", ["ABCabc", "abc", "D$&"], "ABCD$&"],
  ["translate", ["AaBbCc", "abc", "12"], "A1B2C"],
  ["left", ["Spark", 3], "Spa"],
  ["right", ["Spark", 3], "ark"],
  ["overlay", ["Spark SQL", "ANSI ", 7, 0], "Spark ANSI SQL"],
  ["substring_index", ["www.apache.org", ".", -2], "apache.org"],
  ["split_part", ["11.12.13", ".", -1], "13"],
  ["find_in_set", ["ab", "abc,b,ab,c"], 3],
  ["reverse", ["a😀b"], "b😀a"],
  ["ilike", ["Spark", "_PARK"], true],
  ["elt", [2, "scala", "java"], "java"],
  ["concat_ws", [",", "a", nothing, literal(["b", null, "c"], arrayType(stringType))], "a,b,c"],
  ["ascii", ["😀"], 128_512],
  ["chr", [65n], "A"],
  ["bit_length", ["é"], 16],
  ["initcap", ["sPark sql"], "Spark Sql"],
  ["levenshtein", ["kitten", "sitting"], 3],
  ["levenshtein", ["kitten", "sitting", 2], -1],
  ["soundex", ["Miller"], "M460"],
  ["luhn_check", ["8112189876"], true],
  ["mask", ["AbCD123-@$#"], "XxXXnnn-@$#"],
  ["base64", ["Spark SQL"], "U3BhcmsgU1FM"],
  ["decode", [bytes("feff00610062"), "utf-16"], "ab"],
  ["decode", [2, 1, "a", 2, "b", "c"], "b"],
  ["url_encode", ["a b~é"], "a+b%7E%C3%A9"],
  ["url_decode", ["a+b%20"], "a b "],
  ["parse_url", ["http://me@spark.apache.org:80/path?q=1&r=2#x", "QUERY", "r"], "2"],
  ["parse_url", ["http://me@spark.apache.org:80/path?q=1#x", "HOST"], "spark.apache.org"],
  ["try_parse_url", ["a b", "HOST"], null],
  ["regexp_replace", ["100-200", "(\\d+)-(\\d+)", "$2-$1"], "200-100"],
  ["regexp_extract", ["100-200", "(\\d+)-(\\d+)", 2], "200"],
  ["regexp_substr", ["Steven", "z"], null],
  ["regexp_count", ["Steven Jones and Stephen", "Ste(v|ph)en"], 2],
  ["regexp_instr", ["abcd", "c"], 3],
  ["rlike", ["Spark", "(?i)PARK$"], true],
  ["char_type_write_side_check", ["ab", 4], "ab  "],
  ["varchar_type_write_side_check", ["ab   ", 3], "ab "],
])("%s %o", (name, args, value) => expect(evaluateCall(name, args)).toBe(value));

test("texts with parts", () => {
  expect(evaluateCall("split", ["oneAtwoBthreeC", "[ABC]"])).toEqual(["one", "two", "three", ""]);
  expect(evaluateCall("split", ["oneAtwoBthreeC", "[ABC]", 2])).toEqual(["one", "twoBthreeC"]);
  expect(evaluateCall("split", ["abc", ""])).toEqual(["a", "b", "c"]);
  expect(evaluateCall("regexp_extract_all", ["100-200, 300-400", "(\\d+)-(\\d+)", 1])).toEqual(["100", "300"]);
  expect(showCall("hex", [literal(new Uint8Array([0, 255]), binaryType)])).toBe("00FF STRING");
});

describe("Java's regular expressions", () => {
  test.each([
    ["\\p{Alpha}+\\p{Punct}", "ab!", true],
    ["[\\p{Lower}_]+", "a_", true],
    ["\\Qa.b\\E", "axb", false],
    ["\\Aab\\z", "ab", true],
    ["a{2}", "aa", true],
    ["a{", "a{", true],
    ["[]a]", "]", true],
  ])("%s", (pattern, text, found) => expect(javaPattern(pattern, "rlike").test(text)).toBe(found));

  test.each(["a*+", "(?>a)", "[a&&b]", "\\G", "(", "a\\"])("%s is refused", (pattern) => {
    expect(() => javaPattern(pattern, "rlike")).toThrow("INVALID_PARAMETER_VALUE.PATTERN");
  });
});

test.each<[string, TestArgument[], string]>([
  ["split_part", ["a", ".", 0], "INVALID_INDEX_OF_ZERO"],
  ["elt", [3, "a", "b"], "INVALID_ARRAY_INDEX"],
  ["encode", ["a", "latin"], "INVALID_PARAMETER_VALUE.CHARSET"],
  ["encode", ["é", "us-ascii"], "MALFORMED_CHARACTER_CODING"],
  ["decode", [bytes("ff"), "utf-8"], "MALFORMED_CHARACTER_CODING"],
  ["to_binary", ["xyz", "hex"], "CONVERSION_INVALID_INPUT"],
  ["url_decode", ["%"], "CANNOT_DECODE_URL"],
  ["parse_url", ["a b", "HOST"], "INVALID_URL"],
  ["regexp_extract", ["ab", "(a)", 2], "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX"],
  ["mask", ["a", "XY"], "INVALID_PARAMETER_VALUE.LENGTH"],
  ["validate_utf8", [bytes("ff")], "INVALID_UTF8_STRING"],
  ["char_type_write_side_check", ["abc", 2], "EXCEED_LIMIT_LENGTH"],
])("%s %o: %s", (name, args, code) => expect(() => evaluateCall(name, args)).toThrow(code));

test("an index that is null", () => expect(evaluateCall("elt", [literal(null, integerType), "a"])).toBeNull());
