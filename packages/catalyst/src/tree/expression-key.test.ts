import { booleanType, longType } from "@vonk/columnar/internal";
import { attribute, call, literal, type Expression } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import { expressionKey } from "./expression-key.ts";

const a = attribute("a", longType, false);
const plus = (left: Expression, right: Expression): Expression => call("+", [left, right], longType);

/** 1 + a + 2 + a …, as deep as there are terms. */
function chain(terms: number, last = 0n): Expression {
  let sum: Expression = a;
  for (let term = 1; term < terms; term++) sum = plus(sum, literal(BigInt(term), longType));
  return plus(sum, literal(last, longType));
}

test("names do not count, the order of what may change places neither", () => {
  const renamed = { ...a, name: "b" };
  const one = literal(1n, longType);
  expect(expressionKey(plus(a, one))).toBe(expressionKey(plus(one, renamed)));
  expect(expressionKey(call("-", [a, one], longType))).not.toBe(expressionKey(call("-", [one, a], longType)));
});

test("keys of deep expressions stay short and tell them apart", () => {
  expect(expressionKey(chain(500)).length).toBeLessThanOrEqual(256);
  expect(expressionKey(chain(500))).toBe(expressionKey(chain(500)));
  expect(expressionKey(chain(500))).not.toBe(expressionKey(chain(500, 1n)));
  expect(expressionKey(call("<", [chain(500), a], booleanType))).not.toBe(expressionKey(call("<", [a, chain(500)], booleanType)));
});
