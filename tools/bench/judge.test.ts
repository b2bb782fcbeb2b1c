import { expect, test } from "vitest";
import { judge, passes, type Observation } from "./judge.ts";
import { parseResults } from "./spark.ts";
import type { Bar, Row } from "./suite.ts";

const row = (bar: Bar): Row => ({ name: "r", unit: "s", bar, runs: 1, run: () => Promise.resolve({ value: 0 }) });
const seen = (value: number, foreignCores?: number, check?: string): Observation => ({
  sample: { value, ...(check === undefined ? {} : { check }) },
  foreignCores,
});

test("an absolute bar counts the quietest observation, not the fastest", () => {
  const result = judge(row({ kind: "at-most", value: 1 }), [seen(0.9, 0.5), seen(1.2, 0.01), seen(0.8, 0.2)], new Map());
  expect(result).toEqual({ name: "r", unit: "s", bar: "<= 1 s", value: 1.2, ok: false, peers: {} });
});

test("at-least bars look the other way", () => {
  expect(judge(row({ kind: "at-least", value: 30_000 }), [seen(31_000, 0)], new Map()).ok).toBe(true);
  expect(judge(row({ kind: "at-least", value: 30_000 }), [seen(29_000, 0)], new Map()).ok).toBe(false);
});

test("a ratio counts the median against the peer of the same run, and is undecided without it", () => {
  const bar = { kind: "at-most-times", peer: "spark", ratio: 0.5 } as const;
  const observations = [seen(3), seen(1), seen(2)];
  expect(judge(row(bar), observations, new Map([["spark", { value: 4 }]]))).toMatchObject({
    value: 2,
    ok: true,
    peers: { spark: 4 },
    bar: "<= 0.5 x spark",
  });
  expect(judge(row(bar), observations, new Map([["spark", { value: 3.9 }]])).ok).toBe(false);
  const undecided = judge(row(bar), observations, new Map());
  expect(undecided.ok).toBeNull();
  expect(passes([undecided], false)).toBe(true);
  expect(passes([undecided], true)).toBe(false);
});

test("a peer that ran in turn with each sample gives the median of the ratios", () => {
  const bar = { kind: "at-most-times", peer: "duckdb", ratio: 1.3 } as const;
  const turn = (value: number, duckdb: number): Observation => ({ sample: { value, beside: { duckdb } }, foreignCores: undefined });
  const turns = [turn(50, 100), turn(80, 40), turn(60, 50)];
  const once = new Map([["duckdb", { value: 10 }]]);
  expect(judge(row(bar), turns, once)).toMatchObject({ value: 60, ok: true, peers: { duckdb: 50 } });
  expect(judge(row(bar), [turn(50, 30), turn(80, 40), turn(60, 50)], once)).toMatchObject({ value: 50, ok: false, peers: { duckdb: 30 } });
});

test("a fast wrong result is no pass", () => {
  const bar = { kind: "at-most-times", peer: "spark", ratio: 1 } as const;
  expect(judge(row(bar), [seen(1, 0, "41")], new Map([["spark", { value: 4, check: "42" }]]))).toMatchObject({
    ok: false,
    note: "spark computed 42, Vonk 41",
  });
  expect(judge(row(bar), [seen(1, 0, "130.00000001")], new Map([["spark", { value: 4, check: "130" }]])).ok).toBe(true);
});

test("a program that failed is no pass, whatever its bar", () => {
  expect(judge(row({ kind: "at-most-times", peer: "spark", ratio: 1 }), [], new Map(), "exit code 1")).toMatchObject({
    value: null,
    ok: false,
    note: "exit code 1",
  });
});

test("Spark's RESULT lines are read among the shell's own output", () => {
  const shell = "scala> val x = 1\n\nRESULT\tword-count\t3.01\t86354\nx: Int = 1\nRESULT\tpage-rank\t1.5E-1\t130.5\n";
  expect([...parseResults(shell)]).toEqual([
    ["word-count", { value: 3.01, check: "86354" }],
    ["page-rank", { value: 0.15, check: "130.5" }],
  ]);
});
