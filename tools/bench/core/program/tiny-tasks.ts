// A stage of 10,000 tasks of one record each: tasks a second.
import { SparkContext } from "@vonk/core";
import { report, timed } from "./report.ts";

const tasks = 10_000;
const sc = new SparkContext({ master: "local[2]", appName: "tiny-tasks" });
await sc.range(0, 1000, 1, 1000).count();
const { seconds, result } = await timed(5, () => sc.range(0, tasks, 1, tasks).count());
report(tasks / seconds, result);
await sc.stop();
