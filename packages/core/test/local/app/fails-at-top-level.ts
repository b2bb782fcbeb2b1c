import { SparkContext } from "@vonk/core";

const sc = new SparkContext({ master: "local[2]" });
await sc.range(10).count();
throw new Error("the program's own error");
