import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Bus } from "../bus.ts";
import { defineService, defineTopic, publishTopic, serveService, serviceClient, subscribeTopic } from "../service/service.ts";

/** Two endpoints of one transport and how to let its messages arrive. */
export interface TransportUnderTest {
  readonly near: Bus;
  readonly far: Bus;
  /** Whether one sender's messages keep their order, and none is lost or repeated. */
  readonly ordered: boolean;
  /** Lets every message that was sent arrive, and what it causes, for `ms` of the transport's time. */
  readonly settle: (ms?: number) => Promise<void>;
}

/** One promise of the contract: throws when the transport breaks it. */
export interface TransportContractCase {
  readonly name: string;
  readonly run: (transport: TransportUnderTest) => Promise<void>;
}

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

async function settled({ settle }: TransportUnderTest, promise: Promise<unknown>, ms?: number): Promise<unknown> {
  const result = outcome(promise);
  await settle(ms);
  return result;
}

const requests: readonly TransportContractCase[] = [
  {
    name: "a request gets its server's reply, in both directions",
    run: async (transport) => {
      const { near, far } = transport;
      for (const [client, server] of [
        [near, far],
        [far, near],
      ] as const) {
        const service = serveService(server, arithmetic, "sums", handlers);
        await transport.settle();
        equal(await settled(transport, serviceClient(client, arithmetic, "sums").call("double", { value: 21 })), 42);
        service.close();
        await transport.settle();
      }
    },
  },
  {
    name: "many requests at once get their own replies",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", { ...handlers, double: async ({ value }) => value * 2 });
      await transport.settle();
      const client = serviceClient(transport.near, arithmetic, "sums");
      const replies = Promise.all(Array.from({ length: 50 }, (_, value) => client.call("double", { value })));
      deepEqual(
        await settled(transport, replies),
        Array.from({ length: 50 }, (_, value) => value * 2),
      );
    },
  },
  {
    name: "what a handler throws or rejects with reaches the requester with its code",
    run: async (transport) => {
      const failure = Object.assign(new Error("no"), { code: "E_NO" });
      serveService(transport.far, arithmetic, "sums", {
        double: () => {
          throw failure;
        },
        never: () => Promise.reject(failure),
      });
      await transport.settle();
      const client = serviceClient(transport.near, arithmetic, "sums");
      const expected = { message: "no", code: "E_NO" };
      const calls = [client.call("double", { value: 1 }), client.call("never", null)];
      await Promise.all([...calls.map((call) => rejects(call, expected)), transport.settle()]);
    },
  },
  {
    name: "a message of another version gets an error reply",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", handlers);
      await transport.settle();
      for (const service of [defineService<Messages>("arithmetic", 1), defineService<Messages>("geometry", 2)]) {
        const refused = rejects(serviceClient(transport.near, service, "sums").call("double", { value: 1 }), {
          code: "BUS_VERSION_MISMATCH",
          message: `[BUS_VERSION_MISMATCH] Service arithmetic speaks version 2 but got a message of version ${service.version} of ${service.name}. Install the same version of Vonk on both sides.`,
        });
        await Promise.all([refused, transport.settle()]);
      }
    },
  },
  {
    name: "an unknown message gets an error reply",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", handlers);
      await transport.settle();
      type More = Messages & { readonly halve: { readonly request: null; readonly reply: number } };
      const client = serviceClient(transport.near, defineService<More>("arithmetic", 2), "sums");
      equal(await settled(transport, client.call("halve", null)), "BUS_UNKNOWN_MESSAGE");
      const inherited = transport.near.request("sums", { service: "arithmetic", version: 2, message: "toString", body: null });
      equal(await settled(transport, inherited), "BUS_UNKNOWN_MESSAGE");
    },
  },
];

const endings: readonly TransportContractCase[] = [
  {
    name: "nobody serving is an error, at once, and somebody listening is nobody serving",
    run: async (transport) => {
      const { near, far } = transport;
      near.subscribe("no.>", () => {});
      far.subscribe("no.where", () => {});
      await transport.settle();
      equal(await settled(transport, near.request("no.where", 1)), "BUS_NO_RESPONDER");
      const service = near.serve("somewhere", () => 1);
      await transport.settle();
      service.close();
      await transport.settle();
      equal(await settled(transport, far.request("somewhere", 1)), "BUS_NO_RESPONDER");
    },
  },
  {
    name: "the server of a subject is the last one that an endpoint named; closing an earlier one changes nothing",
    run: async (transport) => {
      const first = transport.far.serve("who", () => "first");
      transport.far.serve("who", () => "second");
      await transport.settle();
      equal(await settled(transport, transport.near.request("who", null)), "second");
      first.close();
      await transport.settle();
      equal(await settled(transport, transport.near.request("who", null)), "second");
    },
  },
  {
    name: "a request without a reply fails after its time-out",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", handlers);
      await transport.settle();
      const client = serviceClient(transport.near, arithmetic, "sums");
      equal(await settled(transport, client.call("never", null, { timeoutMs: 10 }), 200), "BUS_REQUEST_TIMEOUT");
    },
  },
  {
    name: "a signal ends a request, also one that is aborted already",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", handlers);
      await transport.settle();
      const client = serviceClient(transport.near, arithmetic, "sums");
      const controller = new AbortController();
      const waiting = client.call("never", null, { signal: controller.signal });
      controller.abort("enough");
      equal(await settled(transport, waiting), "enough");
      equal(await settled(transport, client.call("double", { value: 1 }, { signal: AbortSignal.abort("before") })), "before");
    },
  },
  {
    name: "closing fails requests in flight and refuses later ones",
    run: async (transport) => {
      serveService(transport.far, arithmetic, "sums", handlers);
      await transport.settle();
      const client = serviceClient(transport.near, arithmetic, "sums");
      const result = outcome(client.call("never", null));
      await transport.settle(20);
      transport.near.close();
      equal(await result, "BUS_CLOSED");
      equal(await settled(transport, client.call("double", { value: 1 })), "BUS_CLOSED");
      transport.near.publish("facts", 1);
    },
  },
];

const facts: readonly TransportContractCase[] = [
  {
    name: "facts reach all subscribers of their subject until they close",
    run: async (transport) => {
      const { near, far } = transport;
      const seen: string[] = [];
      const topic = defineTopic<number>("count", 1);
      const first = subscribeTopic(near, topic, "app", (fact) => seen.push(`near ${fact}`));
      subscribeTopic(far, topic, "app", (fact) => seen.push(`far ${fact}`));
      subscribeTopic(far, defineTopic<number>("count", 2), "app", (fact) => seen.push(`other version ${fact}`));
      near.subscribe("app.>", (fact, subject) => seen.push(`wide ${subject} ${String(fact)}`));
      await transport.settle();
      publishTopic(far, topic, "app", 1);
      await transport.settle();
      first.close();
      await transport.settle();
      publishTopic(near, topic, "app", 2);
      await transport.settle();
      const expected = ["near 1", "far 1", "wide app.count.v1 1", "far 2", "wide app.count.v1 2"];
      if (transport.ordered) deepEqual(seen.toSorted(), expected.toSorted());
      else for (const line of seen) ok(expected.includes(line), line);
    },
  },
  {
    name: "one sender's facts keep their order",
    run: async (transport) => {
      if (!transport.ordered) return;
      const seen: unknown[] = [];
      transport.far.subscribe("facts", (fact) => seen.push(fact));
      await transport.settle();
      for (let fact = 0; fact < 100; fact++) transport.near.publish("facts", fact);
      await transport.settle();
      deepEqual(
        seen,
        Array.from({ length: 100 }, (_, fact) => fact),
      );
    },
  },
  {
    name: "the receiver has an object of its own",
    run: async (transport) => {
      const seen: { value: number; list: Float64Array }[] = [];
      transport.far.subscribe("facts", (fact) => seen.push(fact as { value: number; list: Float64Array }));
      await transport.settle();
      const sent = { value: 1, list: new Float64Array([1, 2]) };
      for (let copy = 0; copy < 20; copy++) transport.near.publish("facts", sent);
      sent.value = 2;
      sent.list.fill(3);
      await transport.settle();
      ok(seen.length > 0);
      for (const fact of seen) deepEqual(fact, { value: 1, list: new Float64Array([1, 2]) });
    },
  },
];

/** What every transport promises, as cases for any test runner; each needs a transport that was just opened. */
export const transportContract: readonly TransportContractCase[] = [...requests, ...endings, ...facts];
