import { rmSync } from "node:fs";
import { join } from "node:path";
import { assert, type Clock } from "@vonk/common/internal";
import {
  bytesOfOutput,
  type ChunkRequest,
  handleInFile,
  type IndexedChunk,
  type LocatedChunk,
  type MapStatus,
  OutputIndex,
  removeShuffleFiles,
  type ShuffleLayout,
  type ShuffleStore,
  type ShuffleStoreSetup,
} from "@vonk/core/spi";
import { coreErrors } from "@vonk/core/internal";
import { clusterErrors } from "../errors.ts";
import { bucketOf } from "./bucket.ts";
import type { FetchOutcome, FetchRequest, PublishRequest } from "./data-message.ts";
import { FetchMemory } from "./fetch-memory.ts";
import { FetchedBucket } from "./fetched-bucket.ts";

/** Carries bulk data to and from the streams. */
export interface DataCarrier {
  /** Resolves when the server has the output. Throws NATS_STREAM_MISSING, NATS_STREAM_FULL, NATS_STORAGE_FULL and what ends a connection. */
  publish(request: PublishRequest): Promise<void>;
  fetch(request: FetchRequest): Promise<FetchOutcome>;
  close(): Promise<void>;
}

/** What a {@link JetStreamShuffleStore} is made with. */
export interface JetStreamStoreOptions {
  readonly setup: ShuffleStoreSetup;
  readonly data: DataCarrier;
  readonly clock: Clock;
  /** Bytes of fetched buckets that are kept in memory; more goes to files. */
  readonly fetchMemoryBytes: number;
  /** How long an output waits for room in the streams. */
  readonly fullWaitMs: number;
}

const fullPauseMs = 500;
/** Epochs that are tried for one output: streams that go again and again are not the output's to mend. */
const epochsMax = 4;

interface ReadState {
  readonly index: OutputIndex;
  /** By epoch and bucket. */
  readonly fetched: Map<string, Promise<FetchedBucket>>;
}

/**
 * Shuffle through JetStream: outputs go into the bucket streams of the shuffle's epoch, buckets are read whole, once an executor, and
 * their chunks served from memory or a local file. With `auto` outputs stay in files as well, and readers of the same host use those.
 */
export class JetStreamShuffleStore implements ShuffleStore {
  readonly #options: JetStreamStoreOptions;
  readonly #layouts = new Map<number, Promise<ShuffleLayout>>();
  readonly #reads = new Map<number, ReadState>();
  readonly #memory: FetchMemory;
  #files = 0;

  constructor(options: JetStreamStoreOptions) {
    this.#options = options;
    this.#memory = new FetchMemory(options.fetchMemoryBytes);
  }

  // ---- writing

  async store(status: MapStatus): Promise<MapStatus> {
    const { mode } = this.#options.setup;
    const { file, ...others } = status;
    // An empty output needs no place.
    if (file === undefined) return status;
    const stream = await this.#publish(status);
    return mode === "auto" ? { ...others, stream, file } : { ...others, stream };
  }

  async #publish(status: MapStatus): Promise<ShuffleLayout> {
    const { setup, data, clock, fullWaitMs } = this.#options;
    const { shuffleId, mapPartition, taskId, chunks, file } = status;
    assert(chunks !== undefined && file !== undefined, "an output that is published lies in a file");
    const { reducerCount, reducers, lengths } = chunks;
    const outputBytes = bytesOfOutput(status);
    const startedMs = clock.monotonicMs();
    let lostEpoch: number | undefined;
    for (let epochs = 0; ;) {
      if (lostEpoch !== undefined || !this.#layouts.has(shuffleId)) {
        this.#layouts.set(shuffleId, setup.layout({ shuffleId, outputBytes, ...(lostEpoch === undefined ? {} : { lostEpoch }) }));
      }
      const layout = await this.#layoutOf(shuffleId);
      try {
        await data.publish({ kind: "publish", shuffleId, ...layout, mapPartition, taskId, ...file, reducerCount, reducers, lengths });
        return layout;
      } catch (error) {
        const { code, message } = error as { readonly code?: string; readonly message: string };
        if (code === "NATS_STREAM_MISSING" && ++epochs < epochsMax) {
          lostEpoch = layout.epoch;
        } else if (code === "NATS_STREAM_FULL" || code === "NATS_STORAGE_FULL") {
          const waitedMs = Math.round(clock.monotonicMs() - startedMs);
          if (waitedMs > fullWaitMs)
            throw clusterErrors.create("SHUFFLE_STREAMS_FULL", { shuffleId, mapPartition, waitedMs, reason: message }, { cause: error });
          // Streams of shuffles that are done are deleted behind the queries.
          await new Promise<void>((resolve) => clock.schedule(fullPauseMs, resolve));
        } else {
          throw error;
        }
      }
    }
  }

  async #layoutOf(shuffleId: number): Promise<ShuffleLayout> {
    const layout = this.#layouts.get(shuffleId);
    assert(layout !== undefined, "a layout is asked for before it is used");
    try {
      return await layout;
    } catch (error) {
      if (this.#layouts.get(shuffleId) === layout) this.#layouts.delete(shuffleId);
      throw error;
    }
  }

  // ---- reading

  async chunks(request: ChunkRequest, statuses: readonly MapStatus[]): Promise<readonly LocatedChunk[]> {
    const { shuffleId, reducer, withoutFiles = false, taskId } = request;
    const read = this.#readState(shuffleId, statuses);
    const { host } = this.#options.setup;
    const isInFile = ({ status }: IndexedChunk): boolean => !withoutFiles && status.file !== undefined && status.host === host;
    const buckets = new Map<string, FetchedBucket>();
    for (const status of statuses) {
      if (status.stream === undefined || (!withoutFiles && status.file !== undefined && status.host === host)) continue;
      const key = this.#bucketKey(status, reducer);
      if (buckets.has(key)) continue;
      const bucket = await this.#bucket(read, key, status, reducer);
      bucket.serve(reducer, taskId);
      buckets.set(key, bucket);
    }
    return read.index.located(reducer, (chunk) => {
      if (isInFile(chunk)) return handleInFile(chunk);
      const bucket = buckets.get(this.#bucketKey(chunk.status, reducer));
      return bucket?.handle(chunk) ?? this.#missing(chunk.status, "it lies neither in a stream nor in a file of this host");
    });
  }

  #readState(shuffleId: number, statuses: readonly MapStatus[]): ReadState {
    const known = this.#reads.get(shuffleId);
    if (known?.index.statuses === statuses) return known;
    this.forget(shuffleId);
    const state: ReadState = { index: new OutputIndex(statuses), fetched: new Map() };
    this.#reads.set(shuffleId, state);
    return state;
  }

  #bucketKey({ stream, chunks }: MapStatus, reducer: number): string {
    const { epoch, buckets } = stream ?? { epoch: -1, buckets: 1 };
    return `${epoch} ${bucketOf(reducer, chunks?.reducerCount ?? 1, buckets)}`;
  }

  #bucket(read: ReadState, key: string, status: MapStatus, reducer: number): Promise<FetchedBucket> {
    const known = read.fetched.get(key);
    if (known !== undefined) return known;
    const fetched = this.#fetch(read, status, reducer);
    read.fetched.set(key, fetched);
    fetched.catch(() => read.fetched.delete(key));
    return fetched;
  }

  async #fetch(read: ReadState, { shuffleId, stream, chunks }: MapStatus, reducer: number): Promise<FetchedBucket> {
    assert(stream !== undefined && chunks !== undefined, "only outputs in streams are fetched");
    const { setup, data } = this.#options;
    const { epoch, buckets } = stream;
    const bucket = bucketOf(reducer, chunks.reducerCount, buckets);
    const fetched = new FetchedBucket(read.index.statuses, epoch, bucket, buckets);
    const target = this.#target(fetched.bytes, `fetched_${shuffleId}_${epoch}_${bucket}`);
    const outcome = await data.fetch({ kind: "fetch", shuffleId, epoch, bucket, outputs: fetched.outputs, target });
    if (outcome === undefined) return fetched.at(target);
    this.#release(target, true);
    const status = read.index.statuses[outcome.missing.mapPartition];
    // The driver learns at once that everything in the epoch's streams is gone, not output by output.
    if (outcome.reason.endsWith("is gone")) await setup.layout({ shuffleId, outputBytes: 0, lostEpoch: epoch });
    assert(status !== undefined, "what is missing was asked for");
    return this.#missing(status, outcome.reason);
  }

  #target(bytes: number, name: string): SharedArrayBuffer | string {
    return this.#memory.take(bytes) ?? join(this.#options.setup.localDir, `${name}_${this.#files++}`);
  }

  /** A bucket that was served goes when its last reader ends; should a reducer be tried again, it is fetched again. */
  taskEnded(taskId: number): void {
    for (const { index, fetched } of this.#reads.values()) {
      for (const [key, pending] of fetched) {
        void pending.then(
          (bucket) => {
            if (!bucket.readers.delete(taskId) || !bucket.isDone(index.reducerCount) || fetched.get(key) !== pending) return;
            fetched.delete(key);
            this.#release(bucket.target, true);
          },
          () => undefined,
        );
      }
    }
  }

  #release(target: SharedArrayBuffer | string, isUnread: boolean): void {
    if (typeof target === "string") rmSync(target, { force: true });
    else if (isUnread) this.#memory.give(target);
    else this.#memory.abandon(target);
  }

  #missing({ shuffleId, mapPartition, taskId, executorId }: MapStatus, reason: string): never {
    throw coreErrors.create("SHUFFLE_BLOCK_MISSING", { shuffleId, mapPartition, taskId, executorId, reason });
  }

  // ---- clean-up

  forget(shuffleId: number): void {
    const read = this.#reads.get(shuffleId);
    this.#reads.delete(shuffleId);
    // Tasks that still read hold what they read: shared memory by reference; files as open descriptors.
    for (const fetched of read?.fetched.values() ?? []) {
      fetched.then(
        (bucket) => this.#release(bucket.target, bucket.readers.size === 0),
        () => undefined,
      );
    }
  }

  remove(shuffleId: number): void {
    this.forget(shuffleId);
    this.#layouts.delete(shuffleId);
    removeShuffleFiles(this.#options.setup.shuffleDir, shuffleId);
  }

  async close(): Promise<void> {
    await this.#options.data.close();
  }
}
