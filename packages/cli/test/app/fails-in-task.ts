import { SparkContext } from "@vonk/core";

const sc = new SparkContext();
await sc
  .range(2)
  .map((x): number => {
    throw new TypeError(`bad record ${x}`);
  })
  .count();
