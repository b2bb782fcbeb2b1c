import { sc, total } from "./context-of-module.ts";

try {
  await sc
    .parallelize([1, 2])
    .map(async (count) => total(count))
    .count();
  console.log("it ran");
} catch (error) {
  console.log(JSON.stringify(error));
}
await sc.stop();
