import { longType, doubleType } from "@vonk/columnar/internal";
import { boundReference, literal } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import { planOf, planText } from "./plan-text.ts";
import type { StagePlan } from "./stage-plan.ts";
import { session } from "./testing/random-stage.ts";

const plan: StagePlan = {
  source: { columns: [longType, doubleType] },
  steps: [],
  sink: {
    kind: "rows",
    outputs: [
      boundReference(0, longType),
      literal(-(2n ** 63n), longType),
      ...[Number.NaN, -0, Infinity].map((each) => literal(each, doubleType)),
    ],
  },
  session,
  tag: 7,
};

test("plans of plain data travel as text and are what they were", () => {
  const text = planText(plan);
  expect(typeof text).toBe("string");
  expect(planOf(text)).toEqual(plan);
});

test("what is no plain data is left to the codec for any value", () => {
  const withClass: StagePlan = { ...plan, sink: { kind: "rows", outputs: [{ ...literal(null, longType), value: new Date(0) as never }] } };
  expect(planText(withClass)).toBe(withClass);
  expect(planOf(withClass)).toBe(withClass);
});
