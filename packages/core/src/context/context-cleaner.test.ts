import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ContextCleaner } from "./context-cleaner.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("what nothing refers to is cleaned, and a failure is told instead of ending the program", async () => {
  const told: string[] = [];
  const cleaner = new ContextCleaner(
    async (kind, id) => {
      if (id === 2) throw new RangeError("the driver does not answer");
      told.push(`${kind} ${id}`);
      await Promise.resolve();
    },
    (error, kind, id) => told.push(`${kind} ${id}: ${String(error)}`),
  );
  const kept = {};
  cleaner.watch(kept, "rdd", 0);
  cleaner.watch({}, "shuffle", 1);
  cleaner.watch({}, "broadcast", 2);
  for (let turn = 0; turn < 50 && told.length < 2; turn++) {
    await after(10);
    collectGarbage();
  }
  expect(told.toSorted()).toEqual(["broadcast 2: RangeError: the driver does not answer", "shuffle 1"]);
  expect(kept).toEqual({});
});
