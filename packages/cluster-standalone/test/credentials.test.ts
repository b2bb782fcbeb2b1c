import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, serversUnderTest } from "@vonk/bus-nats/testing";
import { TestCluster, type TestClusterOptions } from "@vonk/cluster-standalone/testing";
import { SparkContext } from "@vonk/core";
import { describe, expect, it } from "vitest";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();
const openssl = spawnSync("openssl", ["version"]).status === 0;
const secret = "correct-horse-battery";

/** A shuffle through JetStream, so that every connection of every process is made. */
async function job(cluster: TestCluster, natsSettings: Readonly<Record<string, string>>): Promise<number> {
  const conf = { "spark.executor.memory": "256m", "vonk.shuffle.store": "jetstream", ...natsSettings };
  await using sc = new SparkContext({ master: cluster.masterURL, conf });
  return await sc
    .range(0, 100, 1, 4)
    .map((number) => [number % 10, 1] as [number, number])
    .reduceByKey((a, b) => a + b, 2)
    .count({ timeoutMs: 30_000 });
}

describe.skipIf(program === undefined)(`credentials reach every process, on ${title}`, () => {
  const start = async (options: Omit<TestClusterOptions, "program">): Promise<TestCluster> => {
    assert(program !== undefined, "these tests are skipped without a server");
    return TestCluster.start({ program, ...options });
  };

  it("a user's password, which is printed nowhere", async () => {
    const natsSettings = { "vonk.nats.user": "spark", "vonk.nats.password": secret };
    await using cluster = await start({ server: { authorization: { user: "spark", password: secret } }, natsSettings });
    expect(await job(cluster, natsSettings)).toBe(10);
    const files = readdirSync(cluster.folder, { recursive: true, encoding: "utf8" }).filter((path) => /stdout|stderr/.test(path));
    expect(files.length).toBeGreaterThan(1);
    for (const path of files) expect(readFileSync(join(cluster.folder, path), "utf8")).not.toContain(secret);
    const wrong = await job(cluster, { ...natsSettings, "vonk.nats.password": "wrong-guess" }).catch((error: unknown) => error as Error);
    expect(wrong).toMatchObject({ code: "NATS_AUTHENTICATION", message: expect.stringContaining("user 'spark'") });
    expect(String((wrong as Error).stack)).not.toContain("wrong-guess");
    await expect(job(cluster, {})).rejects.toMatchObject({ code: "NATS_AUTHENTICATION" });
  });

  it("a token", async () => {
    const natsSettings = { "vonk.nats.token": secret };
    await using cluster = await start({ server: { authorization: { token: secret } }, natsSettings });
    expect(await job(cluster, natsSettings)).toBe(10);
  });

  it.skipIf(!openssl)(`TLS with a client's certificate${openssl ? "" : " [needs openssl]"}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "vonk-tls-"));
    makeCertificates(folder);
    const file = (name: string): string => join(folder, name);
    const natsSettings = {
      "vonk.nats.tls.caFile": file("ca.crt"),
      "vonk.nats.tls.certFile": file("client.crt"),
      "vonk.nats.tls.keyFile": file("client.key"),
    };
    const tls = { certFile: file("server.crt"), keyFile: file("server.key"), caFile: file("ca.crt"), verify: true };
    await using cluster = await start({ server: { tls }, natsSettings });
    expect(await job(cluster, natsSettings)).toBe(10);
    await expect(job(cluster, {})).rejects.toMatchObject({ code: "NATS_TLS" });
    rmSync(folder, { recursive: true });
  });
});
