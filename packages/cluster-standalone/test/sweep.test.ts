import { spawn } from "node:child_process";
import { listStreams, NatsLink } from "@vonk/bus-nats/internal";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { TestCluster } from "@vonk/cluster-standalone/testing";
import { describe, expect, it } from "vitest";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();

describe.skipIf(program === undefined)(`a driver that is killed, on ${title}`, () => {
  it("leaves no stream of its shuffles: the master deletes what it has left", async () => {
    if (program === undefined) return;
    await using cluster = await TestCluster.start({ program });
    await using link = await NatsLink.connect({ servers: [cluster.server.address], name: "test" });
    const application = `
      import { SparkContext } from "@vonk/core";
      const sc = new SparkContext({ master: "${cluster.masterURL}", conf: { "spark.executor.memory": "256m", "vonk.shuffle.store": "jetstream" } });
      const pairs = sc.range(0, 100, 1, 2).map((n) => [n % 7, n]).reduceByKey((a, b) => a + b, 2);
      await pairs.count();
      console.log("counted");
      await pairs.map(() => { for (const end = Date.now() + 60_000; Date.now() < end;); }).count();`;
    const flags = ["--disable-warning=ExperimentalWarning", "--conditions=@vonk/source", "--input-type=module", "-e", application];
    const driver = spawn(process.execPath, flags, { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => driver.stdout.once("data", () => resolve()));
    const streams = async (): Promise<number> => (await listStreams(link, "vonk-app")).length;
    expect(await streams()).toBeGreaterThan(0);
    driver.kill("SIGKILL");
    await expect.poll(streams, { timeout: 15_000 }).toBe(0);
    await expect.poll(() => cluster.executorPids().size).toBe(0);
  });
});
