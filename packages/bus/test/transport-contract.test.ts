import type { Bus } from "@vonk/bus";
import { defineService, defineTopic, publishTopic, serveService, serviceClient, subscribeTopic } from "@vonk/bus/internal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { transports, type TransportUnderTest } from "./transports.ts";

type Messages = {
  readonly double: { readonly request: { readonly value: number }; readonly reply: number };
  readonly never: { readonly request: null; readonly reply: null };
};
const arithmetic = defineService<Messages>("arithmetic", 2);
const handlers = {
  double: ({ value }: { readonly value: number }) => value * 2,
  never: () => new Promise<null>(() => {}),
};

/** The code with which a promise is rejected, or what it gave. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}

for (const transport of transports) {
  describe(transport.name, () => {
    let open: TransportUnderTest;
    let near: Bus;
    let far: Bus;
    beforeEach(() => {
      open = transport.open();
      ({ near, far } = open);
    });
    afterEach(() => open.dispose());

    /** Both directions: what `far` serves and `near` asks, and the reverse. */
    const directions = (): readonly (readonly [Bus, Bus])[] => [
      [near, far],
      [far, near],
    ];

    const settled = async (promise: Promise<unknown>, ms?: number): Promise<unknown> => {
      const result = outcome(promise);
      await open.settle(ms);
      return result;
    };

    test("a request gets its server's reply", async () => {
      for (const [client, server] of directions()) {
        const service = serveService(server, arithmetic, "sums", handlers);
        await open.settle();
        expect(await settled(serviceClient(client, arithmetic, "sums").call("double", { value: 21 }))).toBe(42);
        service.close();
        await open.settle();
      }
    });

    test("many requests at once get their own replies", async () => {
      serveService(far, arithmetic, "sums", { ...handlers, double: async ({ value }) => value * 2 });
      await open.settle();
      const client = serviceClient(near, arithmetic, "sums");
      const replies = Promise.all(Array.from({ length: 50 }, (_, value) => client.call("double", { value })));
      expect(await settled(replies)).toEqual(Array.from({ length: 50 }, (_, value) => value * 2));
    });

    test("what a handler throws or rejects with reaches the requester with its code", async () => {
      const failure = Object.assign(new Error("no"), { code: "E_NO" });
      serveService(far, arithmetic, "sums", {
        double: () => {
          throw failure;
        },
        never: () => Promise.reject(failure),
      });
      await open.settle();
      const client = serviceClient(near, arithmetic, "sums");
      await expect(Promise.all([client.call("double", { value: 1 }), open.settle()])).rejects.toThrow("no");
      await expect(Promise.all([client.call("never", null), open.settle()])).rejects.toThrow("no");
    });

    test("a message of another version gets an error reply", async () => {
      serveService(far, arithmetic, "sums", handlers);
      await open.settle();
      const older = serviceClient(near, defineService<Messages>("arithmetic", 1), "sums");
      expect(await settled(older.call("double", { value: 1 }))).toBe("BUS_VERSION_MISMATCH");
      const other = serviceClient(near, defineService<Messages>("geometry", 2), "sums");
      expect(await settled(other.call("double", { value: 1 }))).toBe("BUS_VERSION_MISMATCH");
    });

    test("an unknown message gets an error reply", async () => {
      serveService(far, arithmetic, "sums", handlers);
      await open.settle();
      type More = Messages & { readonly halve: { readonly request: null; readonly reply: number } };
      const client = serviceClient(near, defineService<More>("arithmetic", 2), "sums");
      expect(await settled(client.call("halve", null))).toBe("BUS_UNKNOWN_MESSAGE");
      const inherited = near.request("sums", { service: "arithmetic", version: 2, message: "toString", body: null });
      expect(await settled(inherited)).toBe("BUS_UNKNOWN_MESSAGE");
    });

    test("nobody serving is an error", async () => {
      expect(await settled(near.request("nowhere", 1))).toBe("BUS_NO_RESPONDER");
      const service = near.serve("somewhere", () => 1);
      await open.settle();
      service.close();
      await open.settle();
      expect(await settled(far.request("somewhere", 1))).toBe("BUS_NO_RESPONDER");
    });

    test("a request without a reply fails after its time-out", async () => {
      serveService(far, arithmetic, "sums", handlers);
      await open.settle();
      const client = serviceClient(near, arithmetic, "sums");
      expect(await settled(client.call("never", null, { timeoutMs: 10 }), 200)).toBe("BUS_REQUEST_TIMEOUT");
    });

    test("a signal ends a request, also one that is aborted already", async () => {
      serveService(far, arithmetic, "sums", handlers);
      await open.settle();
      const client = serviceClient(near, arithmetic, "sums");
      const controller = new AbortController();
      const waiting = client.call("never", null, { signal: controller.signal });
      controller.abort("enough");
      expect(await settled(waiting)).toBe("enough");
      expect(await settled(client.call("double", { value: 1 }, { signal: AbortSignal.abort("before") }))).toBe("before");
    });

    test("closing fails requests in flight and refuses later ones", async () => {
      serveService(far, arithmetic, "sums", handlers);
      await open.settle();
      const client = serviceClient(near, arithmetic, "sums");
      const waiting = client.call("never", null);
      const result = outcome(waiting);
      await open.settle(20);
      near.close();
      expect(await result).toBe("BUS_CLOSED");
      expect(await settled(client.call("double", { value: 1 }))).toBe("BUS_CLOSED");
      near.publish("facts", 1);
    });

    test("facts reach all subscribers of their subject until they close", async () => {
      const seen: string[] = [];
      const topic = defineTopic<number>("count", 1);
      const first = subscribeTopic(near, topic, "app", (fact) => seen.push(`near ${fact}`));
      subscribeTopic(far, topic, "app", (fact) => seen.push(`far ${fact}`));
      subscribeTopic(far, defineTopic<number>("count", 2), "app", (fact) => seen.push(`other version ${fact}`));
      near.subscribe("app.>", (fact, subject) => seen.push(`wide ${subject} ${String(fact)}`));
      await open.settle();
      publishTopic(far, topic, "app", 1);
      await open.settle();
      first.close();
      await open.settle();
      publishTopic(near, topic, "app", 2);
      await open.settle();
      const expected = ["near 1", "far 1", "wide app.count.v1 1", "far 2", "wide app.count.v1 2"];
      if (transport.ordered) expect(seen.toSorted()).toEqual(expected.toSorted());
      else for (const line of seen) expect(expected).toContain(line);
    });

    test("one sender's facts keep their order", async () => {
      if (!transport.ordered) return;
      const seen: unknown[] = [];
      far.subscribe("facts", (fact) => seen.push(fact));
      await open.settle();
      for (let fact = 0; fact < 100; fact++) near.publish("facts", fact);
      await open.settle();
      expect(seen).toEqual(Array.from({ length: 100 }, (_, fact) => fact));
    });

    test("the receiver has an object of its own", async () => {
      const seen: { value: number }[] = [];
      far.subscribe("facts", (fact) => seen.push(fact as { value: number }));
      await open.settle();
      const sent = { value: 1 };
      for (let copy = 0; copy < 20; copy++) near.publish("facts", sent);
      sent.value = 2;
      await open.settle();
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen.map((fact) => fact.value))).toEqual(new Set([1]));
    });
  });
}
