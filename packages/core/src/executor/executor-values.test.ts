import { describe, expect, test } from "vitest";
import { ExecutorValues } from "./executor-values.ts";

describe("values that one thread makes for all of an executor", () => {
  test("are made by the first that asks, for those that wait and those that come later", async () => {
    const values = new ExecutorValues();
    expect(values.claim(1, "table", 2)).toEqual({ isMade: false });
    const waiting = values.claim(1, "table", 3);
    values.give(1, "table", "made");
    expect(await waiting).toEqual({ isMade: true, value: "made" });
    expect(values.claim(1, "table", 4)).toEqual({ isMade: true, value: "made" });
    expect(values.claim(2, "table", 4)).toEqual({ isMade: false });
  });

  test("are made by the next when the maker fails or is gone", async () => {
    const values = new ExecutorValues();
    void values.claim(1, "table", 2);
    const [second, third, fourth] = [values.claim(1, "table", 3), values.claim(1, "table", 4), values.claim(1, "table", 5)];
    values.abandon(1, "table");
    expect(await second).toEqual({ isMade: false });
    values.threadEnded(4);
    values.threadEnded(3);
    expect(await fourth).toEqual({ isMade: false });
    values.give(1, "table", 7);
    expect(values.claim(1, "table", 2)).toEqual({ isMade: true, value: 7 });
    let isThirdTold = false;
    void Promise.resolve(third).then(() => (isThirdTold = true));
    await Promise.resolve();
    expect(isThirdTold).toBe(false);
  });

  test("go with their owner", () => {
    const values = new ExecutorValues();
    void values.claim(1, "table", 2);
    values.give(1, "table", "made");
    values.remove(1);
    expect(values.claim(1, "table", 2)).toEqual({ isMade: false });
  });
});
