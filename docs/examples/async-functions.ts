// Async functions keep a bounded number of calls in flight; an action can be given up.
import { setTimeout as later } from "node:timers/promises";
import { SparkContext } from "@vonk/core";

/** Stands for a request to some service. */
async function lookUp(id: number): Promise<string> {
  await later(5);
  return `user ${id}`;
}

await using sc = new SparkContext({ master: "local[2]", conf: { "vonk.task.asyncConcurrency": 16 } });
const users = await sc
  .range(0, 100, 1, 2)
  .map(async (id) => lookUp(id))
  .collect();
console.log(users.length, users[42]);

try {
  await sc
    .range(0, 4)
    .map((x): number => {
      for (;;) x++;
    })
    .count({ timeoutMs: 300 });
} catch (error) {
  console.log((error as { code: string }).code);
}
console.log(await sc.range(0, 1000).count());
