// A module that makes a context when it is loaded, as programs do; a closure that calls its function loads it in a task.
import { SparkContext } from "@vonk/core";

export const sc = new SparkContext({ master: "local[1]" });

export async function total(count: number): Promise<number> {
  return sc.range(count).reduce((a, b) => a + b);
}
