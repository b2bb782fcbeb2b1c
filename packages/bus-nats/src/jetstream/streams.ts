import { DiscardPolicy, RetentionPolicy, StorageType, type StreamInfo } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { NatsLink } from "../connection/nats-link.ts";
import { managerOf, withJetStream } from "./api.ts";

/** A stream to be made. */
export interface StreamSpec {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  readonly subjects: readonly string[];
  /** Bytes at most; beyond it publishes are refused (NATS_STREAM_FULL). */
  readonly bytesMax: number;
  /** Milliseconds after which a message goes: the net below streams that nobody deletes. */
  readonly ageMsMax: number;
  readonly storage?: "file" | "memory";
}

/** What a stream holds. */
export interface StreamState {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly createdMs: number;
}

/**
 * Makes a stream for bulk data: one copy, file storage, refuses rather than forgets when it is full, no deduplication.
 * A stream of this name with the same settings is success.
 * @throws NATS_STORAGE_FULL when the server has not as much room as `bytesMax`
 * @throws NATS_STREAM_REFUSED when the name or a subject is taken by another stream
 */
export async function createStream(link: NatsLink, spec: StreamSpec): Promise<StreamState> {
  const info = await withJetStream(link, "creating", spec.name, async (connection) => {
    const { streams } = await managerOf(connection);
    return await streams.add({
      name: spec.name,
      subjects: [...spec.subjects],
      storage: spec.storage === "memory" ? StorageType.Memory : StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      num_replicas: 1,
      max_bytes: spec.bytesMax,
      max_age: nanos(spec.ageMsMax),
      max_consumers: -1,
      allow_direct: true,
      // Costs nothing while nobody sends ids; the shortest that every version takes.
      duplicate_window: nanos(Math.min(spec.ageMsMax, 1000)),
    });
  });
  return stateOf(info);
}

/** Deletes a stream with all it holds; false when there was none. */
export async function deleteStream(link: NatsLink, name: string): Promise<boolean> {
  try {
    return await withJetStream(link, "deleting", name, async (connection) => await (await managerOf(connection)).streams.delete(name));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** What a stream holds; undefined when there is none. */
export async function streamState(link: NatsLink, name: string): Promise<StreamState | undefined> {
  try {
    return stateOf(
      await withJetStream(link, "looking up", name, async (connection) => await (await managerOf(connection)).streams.info(name)),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The streams whose names begin with `prefix`, by name. */
export async function listStreams(link: NatsLink, prefix: string): Promise<StreamState[]> {
  const found = await withJetStream(link, "listing", `${prefix}…`, async (connection) => {
    const { streams } = await managerOf(connection);
    const all: StreamInfo[] = [];
    for await (const info of streams.list()) if (info.config.name.startsWith(prefix)) all.push(info);
    return all;
  });
  return found.map(stateOf).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function stateOf({ config, created, state }: StreamInfo): StreamState {
  return {
    name: config.name,
    messages: state.messages,
    bytes: state.bytes,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    createdMs: Date.parse(created),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "NATS_STREAM_MISSING";
}
