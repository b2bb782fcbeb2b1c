import { JetStreamApiError } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Subscription } from "@vonk/bus";
import type { KeyValueChange, KeyValueEntry, KeyValueStore } from "@vonk/bus/spi";
import type { NatsLink } from "../connection/nats-link.ts";
import { apiError, withJetStream } from "../jetstream/api.ts";

/** Settings of a store's bucket; those of an existing bucket stay as they are. */
export interface NatsKeyValueOptions {
  /** Letters, digits, `-` and `_`. */
  readonly bucket: string;
  /** Milliseconds after which a value expires that was not written again. Never when absent. */
  readonly ttlMs?: number;
  /** Copies in a cluster of servers; 1. */
  readonly replicas?: number;
  readonly storage?: "file" | "memory";
}

const watchPauseMs = 100;

/**
 * A {@link KeyValueStore} in a JetStream bucket. Calls outlive a disconnect: they are made again, for 30 s at most.
 * Expiry is the bucket's, since a time to live for single keys needs a newer server than the floor.
 * Calls throw NATS_JETSTREAM_MISSING, NATS_STREAM_MISSING (the bucket is gone), NATS_STORAGE_FULL, NATS_UNREACHABLE.
 */
export class NatsKeyValueStore implements KeyValueStore {
  readonly #link: NatsLink;
  readonly #bucket: string;
  readonly #handles = new WeakMap<NatsConnection, Promise<KV>>();

  /** Not there yet: {@link open} makes stores. */
  protected constructor(link: NatsLink, bucket: string) {
    this.#link = link;
    this.#bucket = bucket;
  }

  /** Opens a bucket; makes it when there is none. */
  static async open(link: NatsLink, options: NatsKeyValueOptions): Promise<NatsKeyValueStore> {
    const { bucket, ttlMs, replicas = 1, storage = "file" } = options;
    const store = new NatsKeyValueStore(link, bucket);
    const settings = { history: 1, replicas, storage, ...(ttlMs === undefined ? {} : { ttl: ttlMs }) };
    await withJetStream(link, "opening", bucket, (connection) => new Kvm(connection).create(bucket, settings));
    return store;
  }

  /** Deletes the bucket with all it holds. */
  async destroy(): Promise<void> {
    await this.#run("deleting", (kv) => kv.destroy());
  }

  async get(key: string): Promise<KeyValueEntry | undefined> {
    const entry = await this.#run("reading", (kv) => kv.get(key));
    return entry === null || entry.operation !== "PUT" ? undefined : { key, value: entry.value.slice(), revision: entry.revision };
  }

  put(key: string, value: Uint8Array): Promise<number> {
    return this.#run("writing", (kv) => kv.put(key, value));
  }

  create(key: string, value: Uint8Array): Promise<number | undefined> {
    return this.#compareAndSet(key, value, (kv) => kv.create(key, value));
  }

  update(key: string, value: Uint8Array, revision: number): Promise<number | undefined> {
    return this.#compareAndSet(key, value, (kv) => kv.update(key, value, revision));
  }

  async delete(key: string, revision?: number): Promise<boolean> {
    return await this.#run("deleting", async (kv, attempt) => {
      try {
        await kv.delete(key, revision === undefined ? {} : { previousSeq: revision });
        return true;
      } catch (error) {
        if (!isConflict(error)) throw error;
        const entry = attempt > 0 ? await kv.get(key) : undefined;
        return entry !== undefined && (entry === null || entry.operation !== "PUT");
      }
    });
  }

  async keys(prefix = ""): Promise<string[]> {
    return await this.#run("listing", async (kv) => {
      const found: string[] = [];
      for await (const key of await kv.keys()) if (key.startsWith(prefix)) found.push(key);
      return found.toSorted();
    });
  }

  async watch(prefix: string, listener: (change: KeyValueChange) => void): Promise<Subscription> {
    let closed = false;
    let stop: () => void = () => {};
    const { clock } = this.#link;
    const follow = async (): Promise<void> => {
      const changes = await this.#run("watching", (kv) => kv.watch());
      stop = () => changes.stop();
      const connection = await this.#link.connection();
      // The client library would make another consumer on the lost connection; this watch begins again on the next one.
      void connection.closed().then(() => changes.stop());
      void (async () => {
        try {
          for await (const entry of changes) {
            if (closed) return;
            if (!entry.key.startsWith(prefix)) continue;
            const { key, revision } = entry;
            this.#tell(listener, entry.operation === "PUT" ? { key, revision, value: entry.value.slice() } : { key, revision });
          }
        } catch {
          // The next round tells when it lasts.
        }
        again();
      })();
    };
    const again = (): void => {
      if (closed || this.#link.closed) return;
      follow().catch((error: unknown) => {
        this.#link.report({ type: "handlerError", error, subject: this.#bucket });
        clock.schedule(watchPauseMs, again);
      });
    };
    await follow();
    return {
      close: () => {
        closed = true;
        stop();
      },
    };
  }

  #tell(listener: (change: KeyValueChange) => void, change: KeyValueChange): void {
    try {
      listener(change);
    } catch (error) {
      this.#link.report({ type: "handlerError", error, subject: `${this.#bucket} ${change.key}` });
    }
  }

  /** Runs a write that a conflict may refuse; a repeat that finds its own value counts as done by the first attempt. */
  #compareAndSet(key: string, value: Uint8Array, write: (kv: KV) => Promise<number>): Promise<number | undefined> {
    return this.#run("writing", async (kv, attempt) => {
      try {
        return await write(kv);
      } catch (error) {
        if (!isConflict(error)) throw error;
        const entry = attempt > 0 ? await kv.get(key) : null;
        return entry?.operation === "PUT" && equalBytes(entry.value, value) ? entry.revision : undefined;
      }
    });
  }

  #run<T>(what: string, operation: (kv: KV, attempt: number) => Promise<T>): Promise<T> {
    return withJetStream(this.#link, what, this.#bucket, async (connection, attempt) => {
      let handle = this.#handles.get(connection);
      if (handle === undefined) {
        handle = new Kvm(connection).open(this.#bucket);
        this.#handles.set(connection, handle);
      }
      return await operation(await handle, attempt);
    });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === apiError.wrongLastSequence;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
