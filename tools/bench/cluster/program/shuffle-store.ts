// A shuffle between two processes through one transport: MiB/s of write and read together.
// Arguments: transport (jetstream, files or tcp), maps, reducers, MiB in all, KiB a chunk.
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NatsLink, NatsServer, requireNatsServer } from "@vonk/bus-nats/internal";
import { JetStreamStreams } from "@vonk/cluster-nats/internal";

const [, , transport = "jetstream", mapsText = "16", reducersText = "16", totalText = "1024", chunkText = "256"] = process.argv;
const maps = Number(mapsText);
const reducers = Number(reducersText);
const totalBytes = Number(totalText) * 2 ** 20;
const outputBytes = totalBytes / maps;
const chunkBytes = Math.min(Number(chunkText) * 1024, outputBytes / reducers);
const folder = mkdtempSync(join(tmpdir(), "vonk-shuffle-bench-"));

class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }>();
  #next = 0;

  constructor(name: string) {
    const args = [name, folder, maps, reducers, outputBytes, chunkBytes].map(String);
    this.#child = fork(new URL("shuffle-peer.ts", import.meta.url), args, { serialization: "advanced" });
    this.#child.on("message", (message) => {
      const { id, value, error } = message as { readonly id: number; readonly value: never; readonly error?: string };
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    });
  }

  ask<T>(ask: unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, ask });
    });
  }

  end(): void {
    this.#child.disconnect();
  }
}

const server = await NatsServer.start({ program: await requireNatsServer(), folder: join(folder, "nats") });
const link = await NatsLink.connect({ servers: [server.address], name: "bench" });
const layout = { epoch: 0, buckets: Math.max(1, Math.min(32, reducers, Math.ceil(totalBytes / (64 * 2 ** 20)))) };
if (transport === "jetstream") await new JetStreamStreams("bench", link, 0).create(1, layout);

const peers = [new Peer("a"), new Peer("b")];
const ports = await Promise.all(peers.map((peer) => peer.ask<number>({ do: "open", transport, server: server.address, layout })));
const halves = <T>(items: readonly T[]): T[][] => peers.map((_, peer) => items.filter((_item, index) => index % peers.length === peer));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const startMs = performance.now();
const written = await Promise.all(
  halves(numbers(maps)).map(async (mine, peer) => peers[peer]?.ask<{ readonly mapPartition: number }[]>({ do: "write", maps: mine })),
);
const writtenMs = performance.now();
const statuses = written.flatMap((some) => some ?? []).toSorted((a, b) => a.mapPartition - b.mapPartition);
// Neighbouring reducers share a bucket, and a bucket has one owner.
const mine = peers.map((_, peer) =>
  numbers(reducers).filter((reducer) => Math.floor((reducer * layout.buckets) / reducers) % peers.length === peer),
);
const used = layout.buckets === 1 ? halves(numbers(reducers)) : mine;
const bytes = await Promise.all(used.map(async (own, peer) => peers[peer]?.ask<number>({ do: "read", reducers: own, statuses, ports })));
const readMs = performance.now();

const read = bytes.reduce<number>((sum, count) => sum + (count ?? 0), 0);
if (read !== totalBytes) throw new Error(`${read} bytes came, ${totalBytes} were written`);
const rate = (ms: number): number => totalBytes / 2 ** 20 / (ms / 1000);
process.stdout.write(
  `RESULT ${JSON.stringify({
    value: rate(readMs - startMs),
    seconds: (readMs - startMs) / 1000,
    check: `write ${Math.round(rate(writtenMs - startMs))}, read ${Math.round(rate(readMs - writtenMs))} MiB/s`,
  })}\n`,
);
for (const peer of peers) peer.end();
await link.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
