import { SparkContext } from "@vonk/core";

const sc = new SparkContext();
sc.addSparkListener((event) => {
  if (event.Event === "SparkListenerTaskStart") console.log("running");
});
await sc
  .range(1, undefined, 1, 1)
  .map((): number => {
    for (;;);
  })
  .count();
