import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const lines = Array.from({ length: 60_000 }, (_, index) => `the quick ${index % 1000} fox ${index % 77}`);
const expected = new Map<string, number>();
for (const word of lines.flatMap((line) => line.split(" "))) expected.set(word, (expected.get(word) ?? 0) + 1);

const stores = ["files", "jetstream", "auto"] as const;
const servers = await serversUnderTest();

for (const [{ title, program }, store] of servers.flatMap((server) => stores.map((each) => [server, each] as const))) {
  describe.skipIf(program === undefined)(`a standalone cluster on ${title}, shuffles in ${store}`, () => {
    const settings = { "spark.executor.memory": "256m", "vonk.shuffle.store": store };
    let cluster: TestCluster;
    let sc: SparkContext;

    beforeAll(async () => {
      if (program !== undefined) cluster = await TestCluster.start({ program });
      sc = new SparkContext({ master: cluster.masterURL, appName: "cluster test", conf: settings });
    });
    afterAll(async () => {
      await sc.stop();
      await cluster[Symbol.asyncDispose]();
    });

    it("counts words on two executors", async () => {
      const counts = await sc
        .parallelize(lines, 6)
        .flatMap((line) => line.split(" "))
        .map((word) => [word, 1] as [string, number])
        .reduceByKey((a, b) => a + b, 4)
        .collectAsMap();
      expect(counts).toEqual(expected);
      await expect.poll(() => cluster.executorPids().size).toBe(2);
    });

    it("gives the right answer when an executor is killed in the middle, and replaces it", async () => {
      const before = cluster.executorPids();
      const job = sc
        .parallelize(lines, 12)
        .map((line) => {
          const until = Date.now() + 5;
          if (line.endsWith("fox 0")) while (Date.now() < until);
          return line;
        })
        .flatMap((line) => line.split(" "))
        .map((word) => [word, 1] as [string, number])
        .reduceByKey((a, b) => a + b, 4)
        .collectAsMap();
      await sleep(700);
      const [victim] = before.keys();
      process.kill(before.get(victim ?? "") ?? 0, "SIGKILL");
      expect(await job).toEqual(expected);
      await expect.poll(() => cluster.executorPids().size, { timeout: 10_000 }).toBe(2);
      expect(cluster.executorPids().has(victim ?? "")).toBe(false);
    });

    it("leaves no data behind when the application ends", async () => {
      const other = new SparkContext({ master: cluster.masterURL, conf: { ...settings, "spark.cores.max": "1" } });
      await sc.stop();
      expect(
        await other
          .parallelize(lines, 3)
          .map((line) => [line, 1] as [string, number])
          .reduceByKey((a, b) => a + b)
          .count(),
      ).toBe(new Set(lines).size);
      const { applicationId } = other;
      await other.stop();
      const left = (): string[] =>
        ["worker-0", "worker-1"]
          .flatMap((worker) => readdirSync(join(cluster.folder, worker), { recursive: true, encoding: "utf8" }))
          .filter((path) => path.includes(applicationId) && (path.includes("shuffle") || path.includes("local")));
      await expect.poll(left, { timeout: 5000 }).toEqual([]);
    });
  });
}
