// A user's error in a helper: its stack must name this file's lines.
import { SparkContext } from "@vonk/core";

function parse(text: string): number {
  if (text === "three") throw new SyntaxError(`cannot parse '${text}'`);
  return text.length;
}

const sc = new SparkContext({ master: "local[2]" });
const words = sc.parallelize(["one", "two", "three", "four"], 4);
for (const action of ["count", "collect", "shuffle"] as const) {
  const mapped = words.map((word): [string, number] => [word, parse(word)]);
  try {
    if (action === "count") await mapped.count();
    else if (action === "collect") await mapped.collect();
    else await mapped.reduceByKey((a, b) => a + b).count();
  } catch (error) {
    console.log(JSON.stringify({ action, error }));
  }
}
await sc.stop();
