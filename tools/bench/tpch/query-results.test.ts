import { expect, test } from "vitest";
import { differences, geometricMean, worstQuery } from "./query-results.ts";

const result = (ms: number, ...rows: (string | number | null)[][]) => ({ ms, rows });

test("rows are the same in order, within what engines round differently", () => {
  const theirs = { q1: result(1, ["a", 1], ["b", null]), q2: result(1, [100.00001]) };
  expect(differences({ q1: result(9, ["a ", "1.00"], ["b", null]), q2: result(9, [100]) }, theirs)).toEqual([]);
  expect(differences({ q1: result(9, ["a", 1]), q2: result(9, [100.1]) }, theirs)).toEqual([
    "q1 has 1 rows and not 2",
    "q2 has [100.1] and not [100.00001]",
  ]);
  expect(differences({ q1: result(9, ["b", null], ["a", 1]) }, theirs)).toEqual(['q1 has ["b",null] and not ["a",1]', "q2 has no result"]);
});

test("times are summed up as a geometric mean and as the worst query", () => {
  const ours = { q1: result(2), q2: result(8) };
  expect(geometricMean(ours)).toBeCloseTo(4);
  expect(geometricMean(ours, ["q2"])).toBeCloseTo(8);
  expect(geometricMean(ours, ["q3"])).toBeNaN();
  const quick = { ours, theirs: { q1: result(1), q2: result(2) } };
  expect(worstQuery([quick])).toEqual({ name: "q2", ours: 8, theirs: 2 });
  expect(worstQuery([quick, { ours, theirs: { q1: result(0.5), q2: result(4) } }, quick])).toEqual({ name: "q2", ours: 8, theirs: 2 });
  expect(worstQuery([{ ours, theirs: undefined }])).toEqual({ name: "q2", ours: 8, theirs: 1 });
});
