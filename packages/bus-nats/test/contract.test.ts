import { setTimeout as sleep } from "node:timers/promises";
import { NatsBus, type NatsServer } from "@vonk/bus-nats/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { frameKind, kindOfFrame } from "../src/message/message-codec.ts";
import { transportContract } from "@vonk/bus/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

/** Bytes compared at once: the test runner's own comparison goes element by element. */
function equal(met: unknown, expected: Uint8Array): boolean {
  return met instanceof Uint8Array && Buffer.compare(met, expected) === 0;
}

for (const { title, program } of await serversUnderTest()) {
  describe.skipIf(program === undefined)(title, () => {
    let server: NatsServer;
    let near: NatsBus;
    let far: NatsBus;
    beforeAll(async () => {
      if (program !== undefined) server = await startTestServer(program);
    });
    afterAll(() => server[Symbol.asyncDispose]());
    beforeEach(async () => {
      near = await NatsBus.connect({ servers: [server.address], name: "near", needsJetStream: true });
      far = await NatsBus.connect({ servers: [server.address], name: "far", messageBytesMax: 24 * 2 ** 20 });
    });
    afterEach(async () => {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    });
    const settle = async (ms = 10): Promise<void> => {
      for (let round = 0; round < 2; round++) for (const bus of [near, far]) await bus.flush();
      await sleep(ms);
    };

    for (const { name, run } of transportContract) test(name, () => run({ near, far, ordered: true, settle }));

    test("messages beyond the server's limit travel in parts, in their place, to every kind of receiver", async () => {
      const bytes = 20 * 2 ** 20;
      const large = new Uint8Array(bytes).map((_, index) => index % 253);
      far.serve("echo", async (message) => message);
      const exact: unknown[] = [];
      const wide: unknown[] = [];
      far.subscribe("facts.large", (fact) => exact.push(fact));
      far.subscribe("facts.>", (fact) => wide.push(fact));
      await settle();
      for (const fact of ["before", large, "after"]) near.publish("facts.large", fact);
      expect(equal(await near.request("echo", large), large)).toBe(true);
      await settle(50);
      for (const seen of [exact, wide]) {
        expect([seen[0], seen[2], seen.length]).toEqual(["before", "after", 3]);
        expect(equal(seen[1], large)).toBe(true);
      }
    });

    test("what exceeds the limit of messages is refused where it is met", async () => {
      const large = new Uint8Array(33 * 2 ** 20);
      far.serve("echo", () => large);
      far.serve("count", (message) => (message as Uint8Array).byteLength);
      await settle();
      expect(() => near.publish("facts", large)).toThrow("has 34603018 bytes, expected at most 33554432");
      await expect(near.request("count", large)).rejects.toMatchObject({ code: "NATS_MESSAGE_TOO_LARGE" });
      await expect(near.request("count", large.subarray(0, 30 * 2 ** 20))).rejects.toThrow("expected at most 25165824");
      await expect(near.request("echo", null)).rejects.toMatchObject({ code: "NATS_MESSAGE_TOO_LARGE" });
      await expect(near.request("count", () => 1)).rejects.toMatchObject({ code: "NATS_MESSAGE_UNSENDABLE" });
    });

    test("a foreign message and a handler that throws are reported and stop nothing", async () => {
      const reported: unknown[] = [];
      const seen: unknown[] = [];
      far.onStatus((status) => status.type === "handlerError" && reported.push(status.error));
      far.subscribe("facts", (fact) => {
        seen.push(fact);
        if (fact === 1) throw new Error("handler");
      });
      await settle();
      near.link.publish("facts", new TextEncoder().encode("hello"));
      near.publish("facts", 1);
      near.publish("facts", 2);
      await settle();
      far.serve("strict", () => 1);
      await settle();
      const answers: unknown[] = [];
      near.link.subscribe("answer", ({ data }) => answers.push(kindOfFrame(data, "answer")));
      near.link.publish("req.strict", new Uint8Array([9, 9]), "answer");
      await settle();
      expect(answers).toEqual([frameKind.failure]);
      expect(seen).toEqual([1, 2]);
      expect(reported).toMatchObject([{ code: "NATS_MESSAGE_INVALID" }, { message: "handler" }]);
    });

    test("of two servers of a subject one gets each request", async () => {
      const count = { near: 0, far: 0 };
      near.serve("work", () => ++count.near);
      far.serve("work", () => ++count.far);
      await settle();
      for (let request = 0; request < 40; request++) await near.request("work", null);
      expect(count.near + count.far).toBe(40);
    });
  });
}
