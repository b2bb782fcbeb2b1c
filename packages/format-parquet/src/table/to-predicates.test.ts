import {
  booleanType,
  collatedStringType,
  decimalType,
  integerType,
  longType,
  shortType,
  stringType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { attribute, call, cast, literal, type Expression } from "@vonk/dataframe/internal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPredicates } from "./to-predicates.ts";

const a = attribute("a", integerType, true);
const one = literal(1, integerType);
const test_ = (name: string, ...args: Expression[]): Expression => call(name, args, booleanType);

test("comparisons of a column with a constant, either way round", () => {
  const conditions = [test_("and", test_("<", one, a), test_("between", a, one, literal(5, integerType))), test_("isnotnull", a)];
  expect(toPredicates(conditions)).toEqual([
    { kind: "compare", column: "a", operator: ">", value: 1 },
    { kind: "compare", column: "a", operator: ">=", value: 1 },
    { kind: "compare", column: "a", operator: "<=", value: 5 },
    { kind: "is-not-null", column: "a" },
  ]);
});

test("lists of constants, without the nulls that no row equals", () => {
  const list = (...values: (number | null)[]): Expression => test_("in", a, ...values.map((value) => literal(value, integerType)));
  expect(toPredicates([list(1, null, 3)])).toEqual([{ kind: "in", column: "a", values: [1, 3] }]);
  expect(toPredicates([test_("in", a, one, a), test_("in", one, a), test_("in", a, literal(1n, longType))])).toEqual([]);
});

test("what statistics cannot decide is left out", () => {
  const other = [
    test_("or", test_("=", a, one), test_("=", a, a)),
    test_("=", a, a),
    test_("=", a, literal(1n, longType)),
    test_("=", a, literal(null, integerType)),
  ];
  expect(toPredicates([...other, test_("=", attribute("x.y", integerType, true), one), literal(true, booleanType)])).toEqual([]);
});

test("tests for null, and equality that knows it", () => {
  expect(toPredicates([test_("isnull", a), test_("<=>", a, one)])).toEqual([
    { kind: "is-null", column: "a" },
    { kind: "compare", column: "a", operator: "=", value: 1 },
  ]);
  expect(toPredicates([test_("<=>", a, literal(null, integerType)), test_("isnull", test_("=", a, one))])).toEqual([]);
});

test("alternatives, when each says something", () => {
  const both = test_("and", test_("<", a, one), test_("isnotnull", a));
  expect(toPredicates([test_("or", both, test_("=", a, literal(7, integerType)))])).toEqual([
    {
      kind: "any",
      alternatives: [
        [
          { kind: "compare", column: "a", operator: "<", value: 1 },
          { kind: "is-not-null", column: "a" },
        ],
        [{ kind: "compare", column: "a", operator: "=", value: 7 }],
      ],
    },
  ]);
});

test("beginnings of text", () => {
  const text = attribute("t", stringType, true);
  const like = (...patterns: string[]): Expression => test_("like", text, ...patterns.map((pattern) => literal(pattern, stringType)));
  const prefix = (begin: string): object => ({ kind: "starts-with", column: "t", prefix: new Uint8Array(Buffer.from(begin)) });
  expect(toPredicates([test_("startswith", text, literal("é", stringType)), like("ab%c"), like("ab_"), like("ab")])).toEqual(
    ["é", "ab", "ab", "ab"].map(prefix),
  );
  expect(toPredicates([like("ab\\%c%"), like("ab#_%", "#"), like("a\\b%", "#")])).toEqual(["ab", "ab", "a\\b"].map(prefix));
  expect(toPredicates([like("%a"), test_("like", text, text), test_("startswith", literal("a", stringType), text)])).toEqual([]);
});

test("text that does not order by its bytes says nothing but whether it is there", () => {
  const type = collatedStringType("UTF8_LCASE");
  const text = attribute("t", type, true);
  const value = literal("abc", type);
  const conditions = [test_("=", text, value), test_("in", text, value), test_("startswith", text, value), test_("<", value, text)];
  expect(toPredicates([...conditions, test_("isnotnull", text)])).toEqual([{ kind: "is-not-null", column: "t" }]);
});

describe("columns that are cast without loss", () => {
  const compared = (name: string, column: DataType, to: DataType, value: SQLValue): ReturnType<typeof toPredicates> =>
    toPredicates([test_(name, cast(attribute("n", column, true), to), literal(value, to))]);
  const is = (operator: string, value: SQLValue): object[] => [{ kind: "compare", column: "n", operator, value }];

  test("are compared as they lie in the file", () => {
    expect(compared(">", decimalType(10, 2), decimalType(12, 2), 700n)).toEqual(is(">", 700n));
    expect(compared(">", decimalType(10, 2), decimalType(11, 3), 7125n)).toEqual(is(">", 712n));
    expect(compared("<=", integerType, decimalType(11, 1), -25n)).toEqual(is("<=", -3));
    expect(compared("=", shortType, longType, 9n)).toEqual(is("=", 9));
    expect(compared("=", integerType, decimalType(11, 1), 25n)).toEqual([{ kind: "in", column: "n", values: [] }]);
    const wide = cast(attribute("n", integerType, true), decimalType(11, 1));
    const list = [25n, 30n].map((value) => literal(value, decimalType(11, 1)));
    expect(toPredicates([test_("in", wide, ...list)])).toEqual([{ kind: "in", column: "n", values: [3] }]);
  });

  test("but not when a value might be lost", () => {
    expect(compared("=", decimalType(10, 2), decimalType(10, 1), 700n)).toEqual([]);
    expect(compared("=", longType, integerType, 1)).toEqual([]);
    expect(compared("=", integerType, decimalType(9, 0), 1n)).toEqual([]);
    expect(compared("=", integerType, stringType, "1")).toEqual([]);
  });

  test("say of every value what the cast would", () => {
    const holds = { "=": [0], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [0, 1] };
    fc.assert(
      fc.property(
        fc.constantFrom("=", "<", "<=", ">", ">=" as const),
        fc.integer({ min: -3000, max: 3000 }),
        fc.nat(3),
        (operator, constant, more) => {
          const [found] = compared(operator, decimalType(6, 1), decimalType(9, 1 + more), BigInt(constant));
          const isMet = (unit: number): boolean =>
            found?.kind === "compare" &&
            typeof found.value === "bigint" &&
            found.operator !== "!=" &&
            holds[found.operator].includes(Math.sign(unit - Number(found.value)));
          const units = Array.from({ length: 621 }, (_, index) => index - 310);
          const expected = units.filter((unit) => holds[operator].includes(Math.sign(unit * 10 ** more - constant)));
          expect(units.filter(isMet)).toEqual(expected);
        },
      ),
    );
  });
});
