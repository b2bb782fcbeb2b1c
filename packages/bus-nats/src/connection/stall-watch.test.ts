import { ManualClock } from "@vonk/common/testing";
import { expect, test } from "vitest";
import { StallWatch } from "./stall-watch.ts";

test("a thread that computes for seconds is noticed, a lively one is not", () => {
  const clock = new ManualClock();
  const watch = new StallWatch(clock);
  for (let second = 0; second < 4; second++) clock.advance(500);
  expect(watch.recentStallMs()).toBe(0);
  watch.close();
  clock.advance(4000);
  expect(watch.recentStallMs()).toBe(4000);
  clock.advance(100);
  expect(watch.recentStallMs()).toBe(4000);
});
