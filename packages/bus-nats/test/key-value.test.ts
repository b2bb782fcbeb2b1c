import { setTimeout as sleep } from "node:timers/promises";
import { NatsKeyValueStore, NatsLink, type NatsServer } from "@vonk/bus-nats/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { keyValueContract } from "@vonk/bus/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const { title, program } of await serversUnderTest()) {
  describe.skipIf(program === undefined)(title, () => {
    let server: NatsServer;
    let link: NatsLink;
    let bucket = 0;
    beforeAll(async () => {
      if (program === undefined) return;
      server = await startTestServer(program);
      link = await NatsLink.connect({ servers: [server.address], name: "test", needsJetStream: true });
    });
    afterAll(async () => {
      await link.close();
      await server[Symbol.asyncDispose]();
    });
    const settle = async (ms = 30): Promise<void> => {
      await link.flush();
      await sleep(ms);
    };

    for (const { name, run } of keyValueContract) {
      test(name, async () => {
        const ttlMs = 1000;
        const store = await NatsKeyValueStore.open(link, { bucket: `contract-${bucket++}`, ttlMs, storage: "memory" });
        await run({ store, ttlMs, settle });
        await store.destroy();
      });
    }

    test("calls and watches outlive a crash of the server, file buckets keep their values", async () => {
      const store = await NatsKeyValueStore.open(link, { bucket: "lasting" });
      const revision = await store.put("kept", bytes("value"));
      const seen: string[] = [];
      const watch = await store.watch("", ({ key, value }) => seen.push(`${key} ${value?.byteLength ?? "gone"}`));
      await settle();
      await server.kill();
      const update = store.update("kept", bytes("other value"), revision);
      await server.restart();
      expect(await update).toBeGreaterThan(revision);
      expect(await NatsKeyValueStore.open(link, { bucket: "lasting" }).then((again) => again.keys())).toEqual(["kept"]);
      while (!seen.includes("kept 11")) await sleep(10);
      await store.put("new", bytes("1"));
      while (!seen.includes("new 1")) await sleep(10);
      expect(seen[0]).toBe("kept 5");
      watch.close();
      await store.destroy();
      await expect(store.get("kept")).rejects.toMatchObject({ code: "NATS_STREAM_MISSING" });
    });
  });
}
