// Run by a test runner of its own, once for each of its pools.
import { expect, test } from "vitest";
import { failures } from "../case-process.ts";
import { cases, refused } from "./cases.ts";
import { outcomes } from "./runner.ts";

test("every case travels or is refused with its code", async () => {
  const found = await outcomes(cases, refused);
  expect(failures(found)).toEqual([]);
  expect(found.length).toBe(cases.length + refused.length);
});
