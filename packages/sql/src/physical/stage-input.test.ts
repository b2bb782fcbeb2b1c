import { expect, test } from "vitest";
import { readMs, workMs } from "./stage-input.ts";

test("a source that does not say how many rows it has is not thought to be read in no time", () => {
  // Tasks that take no time would all be queued at one executor, and computed again by each that needs what they give.
  expect(readMs(0, "memory")).toBeUndefined();
  expect(readMs(6_000_000, "memory")).toBeCloseTo(60);
  expect(readMs(6_000_000, "file")).toBeCloseTo(240);
  expect(workMs(0, "memory")).toBe(0);
});
