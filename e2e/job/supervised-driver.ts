// An application for `vonk submit`: runs the known job, notes that it has begun, and leaves the answer in a file.
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { SparkContext } from "@vonk/core";
import { runKnownJob } from "./known-job.ts";

const [, , file = "answer"] = process.argv;
const sc = new SparkContext({ appName: "supervised" });
await sc.parallelize([1], 1).count();
appendFileSync(`${file}.begun`, `${process.pid}\n`);
const answer = await runKnownJob(sc, { taskMs: 150, ballastBytes: 100 });
writeFileSync(`${file}.part`, JSON.stringify(answer));
renameSync(`${file}.part`, file);
process.stdout.write("the answer is written\n");
await sc.stop();
