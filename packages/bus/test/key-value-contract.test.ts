import { keyValueContract, MemoryKeyValueStore } from "@vonk/bus/testing";
import { ManualClock } from "@vonk/common/testing";
import { describe, test } from "vitest";

describe("in memory", () => {
  for (const { name, run } of keyValueContract) {
    test(name, async () => {
      const clock = new ManualClock();
      const store = new MemoryKeyValueStore({ clock, ttlMs: 1000 });
      await run({
        store,
        ttlMs: 1000,
        settle: async (ms = 1) => {
          clock.advance(ms);
          await Promise.resolve();
        },
      });
    });
  }
});
