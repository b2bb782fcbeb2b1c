import { expect, test } from "vitest";
import type { BuiltTable } from "../pipeline/stage-plan.ts";
import { isSelective, keyShare } from "./key-share.ts";

/** A direct table of a few rows whose keys lie next to each other. */
function table(rows: number, more: Partial<BuiltTable> = {}): BuiltTable {
  return {
    rows,
    types: [{ kind: "integer" }],
    block: { rows, columns: [] },
    keys: [0],
    direct: [{ min: 6n, size: rows, stride: 1 }],
    heads: 1024,
    slots: rows,
    next: 0,
    bitmap: 0,
    ranks: 0,
    marks: 0,
    hasNullKey: false,
    ...more,
  };
}

test("two nations next to each other are two of 25", () => {
  expect(keyShare(table(2, { base: 25 }))).toBe(2 / 25);
  expect(isSelective(table(2, { base: 25 }))).toBe(true);
});

test("all nations, or as many as nobody knows, leave no row out", () => {
  expect(isSelective(table(25, { base: 25 }))).toBe(false);
  expect(isSelective(table(2))).toBe(false);
});

test("keys that occur twice say nothing by their number: the slots that they take do", () => {
  expect(isSelective(table(20, { base: 100, next: 2048 }))).toBe(false);
  expect(isSelective(table(20, { base: 100, heads: 0 }))).toBe(false);
  expect(isSelective(table(20, { base: 20, slots: 100 }))).toBe(true);
});

test("hashed tables are no tests", () => {
  const { direct: _, ...hashed } = table(2, { base: 25 });
  expect(isSelective(hashed)).toBe(false);
});
