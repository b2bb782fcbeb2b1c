import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SparkContext } from "@vonk/core";

const sc = new SparkContext();
const [release = ""] = process.argv.slice(2);
console.log(sc.applicationId);
await sc
  .parallelize([0, 1], 2)
  .map(async (n) => {
    console.log(`task ${n} begins`);
    console.error(`task ${n} complains`);
    while (!existsSync(release)) await sleep(50);
    console.log(`task ${n} ends`);
    return n;
  })
  .collect();
await sc.stop();
