import {
  arrayType,
  booleanType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  mapType,
  shortType,
  stringType,
  timestampType,
  type DataType,
} from "@vonk/columnar/internal";
import { cast, literal, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { callByName, evaluateCall, showCall, type TestArgument } from "../../testing/call-by-name.ts";

const decimal = (unscaled: bigint, precision: number, scale: number): Expression => literal(unscaled, decimalType(precision, scale));
const of = (value: number | null, type: DataType): Expression => literal(value, type);

test.each<[string, TestArgument[], string]>([
  ["sqrt", [2], "1.4142135623730951 DOUBLE"],
  ["ln", [0], "NULL DOUBLE"],
  ["log", [2, 8], "3.0 DOUBLE"],
  ["rint", [2.5], "2.0 DOUBLE"],
  ["signum", [-0.5], "-1.0 DOUBLE"],
  ["pow", [2, 10], "1024.0 DOUBLE"],
  ["round", [2.5, 0], "3.0 DOUBLE"],
  ["round", [25, -1], "30 INT"],
  ["round", [decimal(12_345n, 5, 2), 1], "123.5 DECIMAL(5,1)"],
  ["bround", [decimal(25n, 2, 1), 0], "2 DECIMAL(2,0)"],
  ["round", [of(Math.fround(1.25), floatType), 1], "1.3 FLOAT"],
  ["ceil", [decimal(31_411n, 5, 4)], "4 DECIMAL(2,0)"],
  ["ceil", [-0.1], "0 BIGINT"],
  ["floor", [decimal(31_411n, 5, 4), 3], "3.141 DECIMAL(5,3)"],
  ["hex", [-1], "FFFFFFFFFFFFFFFF STRING"],
  ["hex", ["Spark"], "537061726B STRING"],
  ["conv", ["-10", 16, -10], "-16 STRING"],
  ["conv", ["11abc", 10, 16], "B STRING"],
  ["factorial", [20], "2432902008176640000 BIGINT"],
  ["factorial", [21], "NULL BIGINT"],
  ["&", [12, 10], "8 INT"],
  ["^", [12n, 10], "6 BIGINT"],
  ["~", [of(5, shortType)], "-6 SMALLINT"],
  ["shiftrightunsigned", [-1, 28], "15 INT"],
  ["shiftleft", [1n, 64], "1 BIGINT"],
  ["bit_count", [-1], "64 INT"],
  ["greatest", [1, null, 2.5], "2.5 DOUBLE"],
  ["least", [null, null], "NULL VOID"],
  ["width_bucket", [5.3, 0.2, 10.6, 5], "3 BIGINT"],
  ["isnan", [of(null, doubleType)], "false BOOLEAN"],
  ["nanvl", [Number.NaN, 1.5], "1.5 DOUBLE"],
  ["nullifzero", [0], "NULL INT"],
  ["zeroifnull", [of(null, integerType)], "0 INT"],
  ["rand", [0], "0.7604953758285915 DOUBLE"],
  ["randstr", [3, 0], "ceV STRING"],
])("%s %o", (name, args, shown) => expect(showCall(name, args)).toBe(shown));

test("normal numbers of a seed", () => {
  const value = evaluateCall("randn", [0]);
  expect(value).toBeCloseTo(1.6034991609278433, 12);
});

test.each<[string, TestArgument[], string]>([
  ["md5", ["Spark"], "8cde774d6f7333752ed72cacddb05126 STRING"],
  ["sha2", ["Spark", 256], "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b STRING"],
  ["crc32", ["Spark"], "1557323817 BIGINT"],
  ["hash", ["Spark", literal([123], arrayType(integerType)), 2], "-1321691492 INT"],
  ["xxhash64", ["Spark", literal([123], arrayType(integerType)), 2], "5602566077635097486 BIGINT"],
  ["hash", [literal(null, stringType)], "42 INT"],
])("digest %s %o", (name, args, shown) => expect(showCall(name, args)).toBe(shown));

describe("failures", () => {
  test.each<[string, TestArgument[], string]>([
    ["conv", ["FFFFFFFFFFFFFFFFF", 16, 10], "ARITHMETIC_OVERFLOW"],
    ["round", [2_147_483_647, -1], "ARITHMETIC_OVERFLOW"],
    ["%", [1, 0], "REMAINDER_BY_ZERO"],
    ["-", [cast(literal("2020-01-01", stringType), timestampType), 1], "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
    ["bit_get", [1, 32], "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE"],
    ["&", [1.5, 1], "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE"],
    ["&", [literal(true, booleanType), 1], "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"],
    ["greatest", [1, true], "DATATYPE_MISMATCH.DATA_DIFF_TYPES"],
    ["least", [literal(null, mapType(stringType, stringType))], "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["hash", [literal(null, mapType(stringType, stringType))], "DATATYPE_MISMATCH.HASH_MAP_TYPE"],
  ])("%s %o: %s", (name, args, code) => expect(() => evaluateCall(name, args)).toThrow(code));

  test("the digits to round to are a constant", () => {
    const column: Expression = { kind: "boundReference", ordinal: 0, dataType: integerType, nullable: true };
    expect(() => callByName("round", [1.5, column])).toThrow("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT");
  });
});
