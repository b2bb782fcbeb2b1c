import { booleanType, integerType, longType } from "@vonk/columnar/internal";
import { attribute, call, literal, type Expression } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
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
    test_("or", test_("=", a, one), test_("=", a, one)),
    test_("=", a, a),
    test_("=", a, literal(1n, longType)),
    test_("=", a, literal(null, integerType)),
  ];
  expect(toPredicates([...other, test_("=", attribute("x.y", integerType, true), one), literal(true, booleanType)])).toEqual([]);
});
