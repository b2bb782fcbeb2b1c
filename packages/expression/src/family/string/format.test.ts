import { arrayType, decimalType, integerType, stringType } from "@vonk/columnar/internal";
import { literal } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import { evaluateCall, showCall, type TestArgument } from "../../testing/call-by-name.ts";

const money = (unscaled: bigint): TestArgument => literal(unscaled, decimalType(9, 2));

test.each<[string, TestArgument[], string]>([
  ["format_number", [12_332.123456, 4], "12,332.1235 STRING"],
  ["format_number", [money(1_233_212n), "##################.###"], "12332.12 STRING"],
  ["format_number", [-1234.5, 0], "-1,234 STRING"],
  ["format_string", ["%s-%05d|%-4s|%+.2f|%x|%2$d%%", "a", 42, "b", 1.005, 255], "a-00042|b   |+1.01|ff|42% STRING"],
  ["format_string", ["%s %S", literal(null, stringType), "x"], "null X STRING"],
  ["to_number", ["$1,234.5", "$9,999.99"], "1234.50 DECIMAL(6,2)"],
  ["to_number", ["12.5-", "99.9MI"], "-12.5 DECIMAL(3,1)"],
  ["try_to_number", ["x", "99"], "NULL DECIMAL(2,0)"],
  ["to_char", [454, "999"], "454 STRING"],
  ["to_char", [money(1245n), "000D00"], "012.45 STRING"],
  ["to_char", [money(-1_245_400n), "S99,999.00"], "-12,454.00 STRING"],
  ["int", ["7"], "7 INT"],
  ["typeof", [literal(null, arrayType(integerType))], "array<int> STRING"],
  ["current_user", [], "vonk STRING"],
  ["bitmap_bit_position", [32_769n], "0 BIGINT"],
  ["assert_true", [true], "NULL VOID"],
])("%s %#", (name, args, shown) => expect(showCall(name, args)).toBe(shown));

test.each<[string, TestArgument[], string]>([
  ["format_string", ["%d", "x"], "INVALID_PARAMETER_VALUE.FORMAT_SPECIFIER"],
  ["to_number", ["x", "99"], "CONVERSION_INVALID_INPUT"],
  ["raise_error", ["no"], "USER_RAISED_EXCEPTION"],
  ["assert_true", [false, "no"], "USER_RAISED_EXCEPTION"],
  ["date", [true], "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION"],
])("%s %#: %s", (name, args, code) => expect(() => evaluateCall(name, args)).toThrow(code));
