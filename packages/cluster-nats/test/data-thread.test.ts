import type { NatsServer } from "@vonk/bus-nats/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { describe, expect, test } from "vitest";
import type { FetchRequest, FromDataThread } from "../src/shuffle/data-message.ts";
import { DataThread } from "../src/shuffle/data-thread.ts";

/** A bucket without outputs: all that it needs is a connection. */
const nothing: FetchRequest = { kind: "fetch", shuffleId: 1, epoch: 0, bucket: 0, outputs: [], target: new SharedArrayBuffer(0) };

/** A data thread's replies, by the requests' ids. */
function threadAt(address: string, connectWaitMs?: number): { readonly thread: DataThread; readonly replies: Map<number, FromDataThread> } {
  const replies = new Map<number, FromDataThread>();
  const nats = { servers: [address], name: "data", ...(connectWaitMs === undefined ? {} : { connectWaitMs }) };
  const start = { appId: "app-1", nats, writeWindowBytes: 1024, readWindowBytes: 1024 };
  return { thread: new DataThread(start, (reply) => void replies.set(reply.id, reply)), replies };
}

const [{ title, program } = { title: "no nats-server", program: undefined }] = await serversUnderTest();

describe.skipIf(program === undefined)(`a data thread on ${title} that is away when it is first needed`, () => {
  const restarted = async (use: (address: string, restart: () => Promise<void>) => Promise<void>): Promise<void> => {
    if (program === undefined) return;
    const first = await startTestServer(program);
    const { address } = first;
    await first[Symbol.asyncDispose]();
    let second: NatsServer | undefined;
    await use(address, async () => void (second = await startTestServer(program, { port: Number(address.split(":").at(-1)) })));
    await second?.[Symbol.asyncDispose]();
  };

  test(
    "waits for it",
    () =>
      restarted(async (address, restart) => {
        const { thread, replies } = threadAt(address);
        thread.receive({ id: 1, request: nothing });
        await restart();
        await expect.poll(() => replies.get(1), { timeout: 20_000 }).toEqual({ id: 1, value: undefined });
      }),
    60_000,
  );

  test(
    "connects for the next request when it could not for the one before",
    () =>
      restarted(async (address, restart) => {
        const { thread, replies } = threadAt(address, 0);
        thread.receive({ id: 1, request: nothing });
        await expect.poll(() => replies.get(1)).toMatchObject({ error: { code: "NATS_UNREACHABLE" } });
        await restart();
        thread.receive({ id: 2, request: nothing });
        await expect.poll(() => replies.get(2), { timeout: 20_000 }).toEqual({ id: 2, value: undefined });
      }),
    60_000,
  );
});
