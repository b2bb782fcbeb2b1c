import { expect, test } from "vitest";
import { describeApplication } from "../application/describe-application.ts";
import { waitingMessage } from "./waiting-message.ts";

const worker = { workerId: "w1", host: "h", cores: 4, memoryBytes: 2 ** 30, version: "1" };
const workers = [{ worker, room: { workerId: "w1", coresFree: 1, memoryFreeBytes: 2 ** 29, isTaken: false } }];

function message(properties: Record<string, string>, cluster: typeof workers = workers): string {
  const application = { appId: "a", name: "a", master: "vonk://h:1", appRoot: "/", version: "1", properties: Object.entries(properties) };
  return waitingMessage(describeApplication({ ...application }, "here"), cluster);
}

test("says what has to change for the application to get executors", () => {
  const small = { "spark.executor.memory": "512m", "spark.executor.cores": "4" };
  expect(message(small)).toMatch(/free: w1 1 core of 4, 512 MiB of 1 GiB. It gets them when others give theirs back.$/);
  expect(message({ ...small, "spark.executor.cores": "8" })).toMatch(/No worker is that large/);
  expect(message(small, [])).toMatch(/the cluster has no workers/);
});

test("does not tell to wait for others, or for workers, who may have fewer cores than one executor takes", () => {
  const properties = { "spark.executor.memory": "512m", "spark.executor.cores": "4", "spark.cores.max": "3" };
  for (const cluster of [workers, []]) {
    expect(message(properties, cluster)).toMatch(/and may have 3 cores in all: raise spark.cores.max to spark.executor.cores at least/);
  }
});
