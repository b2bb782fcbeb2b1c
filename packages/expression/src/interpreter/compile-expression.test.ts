import {
  booleanType,
  byteType,
  dateType,
  decimalType,
  doubleType,
  integerType,
  longType,
  stringType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { caseWhen, call, cast, literal, type EvalMode, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import type { SessionValues } from "../function/function-entry.ts";
import { findFunction } from "../function/registry.ts";
import { compileExpression } from "./compile-expression.ts";

const session: SessionValues = {
  timeZone: "UTC",
  nowMicros: 0n,
  user: "vonk",
  catalog: "spark_catalog",
  database: "default",
  version: "4.3.0",
};

const value = (expression: Expression): SQLValue => compileExpression(expression, session)([]);

/** Resolves a call as the analyzer does: chooses types, casts, calls. */
function evaluate(name: string, args: readonly [SQLValue, DataType][], mode: EvalMode = "ansi"): { value: SQLValue; dataType: DataType } {
  const definition = findFunction(name);
  if (definition?.kind !== "scalar") return expect.fail(`no function ${name}`);
  const site = { name: definition.name, mode, ansi: mode === "ansi" };
  const resolution = definition.resolve(
    args.map(([constant, dataType]) => ({ dataType, nullable: constant === null, constant: { value: constant }, sql: "x" })),
    site,
  );
  const cast_ = args.map(([constant, from], index) => cast(literal(constant, from), resolution.args[index] ?? from, mode));
  return { value: value(call(definition.name, cast_, resolution.dataType, { mode })), dataType: resolution.dataType };
}

const money = decimalType(15, 2);

describe("arithmetic", () => {
  test("decimals keep every digit and get Spark's result types", () => {
    expect(
      evaluate("*", [
        [12_345n, money],
        [99n, money],
      ]),
    ).toEqual({ value: 1_222_155n, dataType: decimalType(31, 4) });
    expect(
      evaluate("/", [
        [1n, decimalType(1, 0)],
        [3n, decimalType(1, 0)],
      ]),
    ).toEqual({ value: 333_333n, dataType: decimalType(7, 6) });
    expect(
      evaluate("-", [
        [1, integerType],
        [6n, decimalType(2, 2)],
      ]),
    ).toEqual({ value: 94n, dataType: decimalType(4, 2) });
  });

  test("integers overflow with an error, try gives null, the older rules wrap", () => {
    const most: [SQLValue, DataType] = [2 ** 31 - 1, integerType];
    const one: [SQLValue, DataType] = [1, integerType];
    expect(() => evaluate("+", [most, one])).toThrow("ARITHMETIC_OVERFLOW");
    expect(evaluate("+", [most, one], "try").value).toBeNull();
    expect(evaluate("+", [most, one], "legacy").value).toBe(-(2 ** 31));
    expect(() =>
      evaluate("+", [
        [2n ** 63n - 1n, longType],
        [1n, longType],
      ]),
    ).toThrow("long overflow");
    expect(() =>
      evaluate("*", [
        [10n ** 37n, decimalType(38, 0)],
        [100n, decimalType(3, 0)],
      ]),
    ).toThrow("NUMERIC_VALUE_OUT_OF_RANGE");
  });

  test("a division by zero is an error under ANSI and null without", () => {
    expect(() =>
      evaluate("/", [
        [1, integerType],
        [0, integerType],
      ]),
    ).toThrow("DIVIDE_BY_ZERO");
    expect(
      evaluate(
        "/",
        [
          [1, integerType],
          [0, integerType],
        ],
        "legacy",
      ).value,
    ).toBeNull();
    expect(
      evaluate("pmod", [
        [-7, integerType],
        [3, integerType],
      ]).value,
    ).toBe(2);
    expect(
      evaluate("%", [
        [-7, integerType],
        [3, integerType],
      ]).value,
    ).toBe(-1);
  });
});

describe("logic with null", () => {
  const unknown: [SQLValue, DataType] = [null, booleanType];
  test.each([
    ["and", false, false],
    ["and", true, null],
    ["or", true, true],
    ["or", false, null],
  ] as const)("null %s %s is %s", (name, other, result) => {
    expect(evaluate(name, [unknown, [other, booleanType]]).value).toBe(result);
    expect(evaluate(name, [[other, booleanType], unknown]).value).toBe(result);
  });

  test("IN is null when it finds nothing but a null", () => {
    expect(
      evaluate("in", [
        [1, integerType],
        [2, integerType],
        [null, integerType],
      ]).value,
    ).toBeNull();
    expect(
      evaluate("in", [
        [2, integerType],
        [2, integerType],
        [null, integerType],
      ]).value,
    ).toBe(true);
  });
});

describe("casts", () => {
  test("text that is no number is an error under ANSI and null otherwise", () => {
    expect(() => value(cast(literal("12x", stringType), integerType))).toThrow("CAST_INVALID_INPUT");
    expect(value(cast(literal("12x", stringType), integerType, "try"))).toBeNull();
    expect(value(cast(literal(" 12 ", stringType), longType))).toBe(12n);
  });

  test("numbers that do not fit", () => {
    expect(() => value(cast(literal(300, integerType), byteType))).toThrow("CAST_OVERFLOW");
    expect(value(cast(literal(300, integerType), byteType, "legacy"))).toBe(44);
    expect(value(cast(literal(2.5, doubleType), decimalType(2, 0)))).toBe(3n);
  });

  test("what numbers and dates look like", () => {
    const shown = (constant: SQLValue, type: DataType): SQLValue => value(cast(literal(constant, type), stringType));
    expect([1e10, 0.001, 100, 1e-5, Number.NaN].map((number) => shown(number, doubleType))).toEqual([
      "1.0E10",
      "0.001",
      "100.0",
      "1.0E-5",
      "NaN",
    ]);
    expect(shown(-5n, decimalType(4, 2))).toBe("-0.05");
    expect(shown(-719_162, dateType)).toBe("0001-01-01");
    expect(value(cast(literal("1998-12-01", stringType), dateType))).toBe(10_561);
  });
});

test("CASE takes the first true branch", () => {
  const two = literal(2, integerType);
  const branch = caseWhen([
    call("=", [two, literal(1, integerType)], booleanType),
    literal("a", stringType),
    call("=", [two, two], booleanType),
    literal("b", stringType),
  ]);
  expect(value(branch)).toBe("b");
});

test("LIKE with escapes and with characters beyond 16 bits", () => {
  const like = (text: string, pattern: string): SQLValue =>
    evaluate("like", [
      [text, stringType],
      [pattern, stringType],
    ]).value;
  expect(like("green apple", "%apple")).toBe(true);
  expect(like("special requests", "%special%requests%")).toBe(true);
  expect(like("a%b", "a\\%b")).toBe(true);
  expect(like("a😀b", "a_b")).toBe(true);
  expect(() => like("a", "a\\x")).toThrow("INVALID_FORMAT.ESC_IN_THE_MIDDLE");
  expect(() => like("a", "a\\")).toThrow("INVALID_FORMAT.ESC_AT_THE_END");
});

test("arguments of a wrong type are named", () => {
  expect(() => evaluate("year", [[true, booleanType]])).toThrow("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
  expect(() =>
    evaluate("+", [
      [true, booleanType],
      [1, integerType],
    ]),
  ).toThrow("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES");
  expect(() =>
    evaluate("+", [
      [true, booleanType],
      [true, booleanType],
    ]),
  ).toThrow("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE");
  expect(() => value(cast(literal(true, booleanType), dateType))).toThrow("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION");
  expect(() => value(call("no such function", [], longType))).toThrow("UNKNOWN_FUNCTION");
});
