import type { KeyValueStore } from "@vonk/bus/spi";
import { MemoryKeyValueStore, type SimulatedNetwork } from "@vonk/bus/testing";
import { natsErrors } from "@vonk/bus-nats";
import { bucketOf, type DataCarrier, type FetchOutcome, type FetchRequest, type PublishRequest } from "@vonk/cluster-nats/internal";
import { streamName, streamPrefix } from "@vonk/cluster-nats/internal";
import { assert, type Clock, type Random } from "@vonk/common/internal";
import type { MapStatus, ShuffleLayout } from "@vonk/core/spi";
import type { ApplicationStreams } from "../../application/standalone-connection.ts";
import type { PersistedEntry } from "../../master/master-event.ts";
import { leaseTimes } from "../../master/lease.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

interface Message {
  readonly mapPartition: number;
  readonly taskId: number;
  readonly bytes: Uint8Array;
  isSynced: boolean;
}

/** Name of the nats-server on the network. */
export const serverName = "nats";

const retryMs = 250;
const apiTimeoutMs = 30_000;
const syncMs = 1000;

/**
 * A model of nats-server's JetStream: bucket streams, and the stores that masters share.
 *
 * What is acknowledged is there, until the server loses power before it was synced, the stream is deleted, or the stream is damaged.
 * A client whose message or acknowledgement is lost sends it again, so that a stream may hold it twice. Requests of one client arrive
 * in order, as over one connection.
 */
export class SimulatedServer {
  readonly #network: SimulatedNetwork;
  readonly #streams = new Map<string, Message[]>();
  readonly leases: MemoryKeyValueStore;
  readonly records: MemoryKeyValueStore;
  /** Clients cannot reach it. */
  isDown = false;
  /** Streams take no more. */
  isFull = false;

  constructor(network: SimulatedNetwork, clock: Clock) {
    this.#network = network;
    this.leases = new MemoryKeyValueStore({ clock, ttlMs: leaseTimes.ttlMs });
    this.records = new MemoryKeyValueStore({ clock });
    const sync = (): void => {
      for (const messages of this.#streams.values()) for (const message of messages) message.isSynced = true;
      clock.schedule(syncMs, sync);
    };
    clock.schedule(syncMs, sync);
  }

  get streamNames(): string[] {
    return [...this.#streams.keys()];
  }

  /** Forgets what was not synced yet. */
  losePower(): void {
    for (const [name, messages] of this.#streams)
      this.#streams.set(
        name,
        messages.filter(({ isSynced }) => isSynced),
      );
  }

  /** Deletes a stream, as somebody by mistake. */
  deleteOne(random: Random): void {
    const names = this.streamNames;
    this.#streams.delete(names[random.nextInt(Math.max(1, names.length))] ?? "");
  }

  /** True when all of a committed output can be read from its streams. */
  holds(appId: string, { shuffleId, mapPartition, taskId, stream, chunks }: MapStatus): boolean {
    if (stream === undefined || chunks === undefined) return false;
    const { epoch, buckets } = stream;
    const wanted = new Set([...chunks.reducers].map((reducer) => bucketOf(reducer, chunks.reducerCount, buckets)));
    return [...wanted].every((bucket) =>
      this.#streams
        .get(streamName(appId, shuffleId, epoch, bucket))
        ?.some((message) => message.mapPartition === mapPartition && message.taskId === taskId),
    );
  }

  /** Has the server do something for a client; repeated until its answer arrives. */
  ask<T>(
    client: SimulatedProcess,
    label: string,
    perform: (attempt: number) => T | Promise<T>,
    timeoutMs: number = apiTimeoutMs,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let isDone = false;
      const startMs = client.clock.monotonicMs();
      const send = (attempt: number): void => {
        if (isDone) return;
        if (client.clock.monotonicMs() - startMs > timeoutMs) {
          isDone = true;
          reject(natsErrors.create("NATS_UNREACHABLE", { servers: [serverName], reason: `no answer to ${label}` }));
          return;
        }
        this.#network.carry(client.name, serverName, label, () => {
          void (async () => perform(attempt))().then((value) =>
            this.#network.carry(serverName, client.name, `answer ${label}`, () => {
              if (!client.isAlive || isDone) return;
              isDone = true;
              resolve(value);
            }),
          );
        });
        client.clock.schedule(retryMs, () => send(attempt + 1));
      };
      send(0);
    });
  }

  /** A store as a process reaches it. */
  store(client: SimulatedProcess, store: MemoryKeyValueStore): KeyValueStore {
    const written = async (key: string, value: Uint8Array, attempt: number, revision: number | undefined): Promise<number | undefined> => {
      if (revision !== undefined || attempt === 0) return revision;
      const entry = await store.get(key);
      return entry !== undefined && Buffer.compare(entry.value, value) === 0 ? entry.revision : undefined;
    };
    const ask = <T>(label: string, perform: (attempt: number) => Promise<T>): Promise<T> => this.ask(client, `kv ${label}`, perform);
    return {
      get: (key) => ask(`get ${key}`, () => store.get(key)),
      put: (key, value) => ask(`put ${key}`, () => store.put(key, value)),
      create: (key, value) => ask(`create ${key}`, async (attempt) => written(key, value, attempt, await store.create(key, value))),
      update: (key, value, revision) =>
        ask(`update ${key}`, async (attempt) => written(key, value, attempt, await store.update(key, value, revision))),
      delete: (key, revision) =>
        ask(`delete ${key}`, async (attempt) => {
          const isDone = await store.delete(key, revision);
          return isDone || (attempt > 0 && (await store.get(key)) === undefined);
        }),
      keys: (prefix) => ask("keys", () => store.keys(prefix)),
      watch: (prefix, listener) => store.watch(prefix, listener),
    };
  }

  /** An application's streams as its driver reaches them. */
  streams(client: SimulatedProcess, appId: string): ApplicationStreams {
    const names = (shuffleId: number, { epoch, buckets }: ShuffleLayout): string[] =>
      Array.from({ length: buckets }, (_, bucket) => streamName(appId, shuffleId, epoch, bucket));
    return {
      create: (shuffleId, layout) =>
        this.ask(client, `streams of ${shuffleId}`, () => {
          for (const name of names(shuffleId, layout)) if (!this.#streams.has(name)) this.#streams.set(name, []);
        }),
      remove: (shuffleId, layout) =>
        this.ask(client, `no streams of ${shuffleId}`, () => {
          for (const name of names(shuffleId, layout)) this.#streams.delete(name);
        }),
      removeAll: () =>
        this.ask(client, `no streams of ${appId}`, () => {
          for (const name of this.#streams.keys()) if (name.startsWith(streamPrefix(appId))) this.#streams.delete(name);
        }),
    };
  }

  /** What an executor's data thread does. */
  carrier(client: SimulatedProcess, appId: string, readFile: (path: string) => Uint8Array | undefined): DataCarrier {
    return {
      publish: (request) => this.#publish(client, appId, request, readFile),
      fetch: (request) => this.#fetch(client, appId, request),
      close: () => Promise.resolve(),
    };
  }

  async #publish(
    client: SimulatedProcess,
    appId: string,
    request: PublishRequest,
    readFile: (path: string) => Uint8Array | undefined,
  ): Promise<void> {
    const { shuffleId, epoch, buckets, mapPartition, taskId, path, offset, reducerCount, reducers, lengths } = request;
    const file = readFile(path);
    assert(file !== undefined, `a map output lies in its file ${path}`);
    const parts = new Map<number, number[]>();
    let at = offset;
    reducers.forEach((reducer, chunk) => {
      const bucket = bucketOf(reducer, reducerCount, buckets);
      const length = lengths[chunk] ?? 0;
      parts.set(bucket, [...(parts.get(bucket) ?? []), ...file.subarray(at, at + length)]);
      at += length;
    });
    for (const [bucket, bytes] of parts) {
      const name = streamName(appId, shuffleId, epoch, bucket);
      const code = await this.ask(client, `publish ${name} ${mapPartition}.${taskId}`, () => {
        const stream = this.#streams.get(name);
        if (stream === undefined) return "NATS_STREAM_MISSING";
        if (this.isFull) return "NATS_STORAGE_FULL";
        stream.push({ mapPartition, taskId, bytes: Uint8Array.from(bytes), isSynced: false });
        return undefined;
      });
      if (code === "NATS_STREAM_MISSING") throw natsErrors.create(code, { stream: name });
      if (code === "NATS_STORAGE_FULL") throw natsErrors.create(code, { stream: name, reason: "simulated" });
    }
  }

  async #fetch(client: SimulatedProcess, appId: string, request: FetchRequest): Promise<FetchOutcome> {
    const { shuffleId, epoch, bucket, outputs, target } = request;
    if (outputs.length === 0 || typeof target === "string") return undefined;
    const name = streamName(appId, shuffleId, epoch, bucket);
    const found = await this.ask(client, `fetch ${name}`, () => this.#streams.get(name)?.slice());
    const [first] = outputs;
    if (found === undefined) return first === undefined ? undefined : { missing: first, reason: `stream ${name} is gone` };
    const memory = new Uint8Array(target);
    let base = 0;
    for (const output of outputs) {
      const message = found.find(({ mapPartition, taskId }) => mapPartition === output.mapPartition && taskId === output.taskId);
      if (message?.bytes.byteLength !== output.bytes) return { missing: output, reason: `stream ${name} does not hold all of it` };
      memory.set(message.bytes, base);
      base += output.bytes;
    }
    return undefined;
  }

  /**
   * Applications that the master of the term keeps; what one before it wrote late the next one forgets. Of those that were silent the next number of an executor may be kept for good.
   */
  keptApplications(term: number): string[] {
    return this.records.values().flatMap((value) => {
      const record = JSON.parse(new TextDecoder().decode(value)) as { readonly term: number; readonly entry: PersistedEntry };
      const { entry } = record;
      return entry.kind === "application" && record.term === term ? [entry.application.appId] : [];
    });
  }
}
