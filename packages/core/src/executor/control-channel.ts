import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { errorFromData, type ErrorData } from "@vonk/common";
import { assert } from "@vonk/common/internal";
import type { BytesHandle, MapStatus } from "../message/task-result.ts";
import type { BarrierRequest } from "../scheduler/barrier-coordinator.ts";
import type { ChunkRequest, LocatedChunk } from "../shuffle/shuffle-store.ts";
import type { StorageLevel } from "../storage/storage-level.ts";
import type { ValueClaim } from "./executor-values.ts";

/** A block that the executor holds. */
export interface StoredBlock {
  readonly chunks: readonly BytesHandle[];
  readonly bytes: number;
  readonly records: number;
}

/** A value of the executor: the broadcast that it goes with, and which of its values. */
export interface ValueName {
  readonly owner: number;
  readonly key: string;
}

/** What a task thread may ask its executor's control thread while its task waits. */
export interface ControlRequests {
  readonly mapOutputs: { readonly request: { readonly shuffleId: number }; readonly reply: readonly (MapStatus | undefined)[] };
  /** Chunks of a shuffle whose outputs lie in other processes. Throws SHUFFLE_BLOCK_MISSING. */
  readonly shuffleChunks: { readonly request: ChunkRequest; readonly reply: readonly LocatedChunk[] };
  /** Waits until the outputs that are on their way to the shuffle store take less than its window. */
  readonly shuffleWindow: { readonly request: Readonly<Record<string, never>>; readonly reply: null };
  readonly getBlock: { readonly request: { readonly rddId: number; readonly partition: number }; readonly reply: StoredBlock | undefined };
  readonly putBlock: {
    readonly request: {
      readonly rddId: number;
      readonly partition: number;
      readonly block: StoredBlock;
      readonly level: StorageLevel;
      /** Owner of the block's extents, from `blockTag`. */
      readonly tag: number;
    };
    /** False when another thread stored the same block first; the caller frees its copy. */
    readonly reply: boolean;
  };
  /** Frees cached blocks until about `bytes` are free; true when something was freed. */
  readonly makeRoom: {
    readonly request: { readonly bytes: number; readonly forStorage: boolean; readonly rddId: number };
    readonly reply: boolean;
  };
  readonly blockDamaged: { readonly request: { readonly rddId: number; readonly partition: number }; readonly reply: boolean };
  readonly broadcast: { readonly request: { readonly id: number }; readonly reply: StoredBlock | undefined };
  /** Waits for the other tasks of a barrier stage; their messages by partition. */
  readonly barrierSync: { readonly request: BarrierRequest; readonly reply: readonly string[] };
  readonly canCommit: {
    readonly request: { readonly stageId: number; readonly stageAttempt: number; readonly partition: number; readonly taskId: number };
    readonly reply: boolean;
  };
  readonly blockTag: { readonly request: Readonly<Record<string, never>>; readonly reply: number };
  /** A value that a thread makes for all of the executor; waits while another makes it. */
  readonly claimValue: { readonly request: ValueName; readonly reply: ValueClaim };
  readonly giveValue: { readonly request: ValueName & { readonly value: unknown }; readonly reply: null };
  /** The claimed value could not be made. */
  readonly abandonValue: { readonly request: ValueName; readonly reply: null };
  /** The caller has freed what it wrote under the tag and will not store it. */
  readonly dropBlockTag: { readonly request: { readonly tag: number }; readonly reply: null };
}

/** A request on its way; `thread` tells the control thread whom to wake. */
export interface ControlMessage {
  readonly message: keyof ControlRequests;
  readonly request: unknown;
}

/** A reply, waiting in the port when the task thread wakes. */
export type ControlReply = { readonly value: unknown } | { readonly error: ErrorData };

/** Words of a task thread's control block in shared memory. */
export const threadWords = {
  /** Rises with each reply. */
  replies: 0,
  /** Id of the running task plus 1, 0 when idle. */
  running: 1,
  /** Id of a task to kill plus 1, 0 when none. */
  kill: 2,
  /** Heap in use when last looked at, in MiB. */
  heapMiB: 3,
  /** Records that the running task has read, up to 2^31-1. */
  recordsRead: 4,
  count: 16,
} as const;

/** Synchronous request-reply from a task thread to its control thread: the thread sleeps in `Atomics.wait` until the reply is there. */
export class ControlChannel {
  readonly #port: MessagePort;
  readonly #words: Int32Array;

  constructor(port: MessagePort, words: Int32Array) {
    this.#port = port;
    this.#words = words;
  }

  /** Asks and waits. Costs about 40 µs when the control thread is idle. */
  call<M extends keyof ControlRequests>(message: M, request: ControlRequests[M]["request"]): ControlRequests[M]["reply"] {
    const seen = Atomics.load(this.#words, threadWords.replies);
    this.#port.postMessage({ message, request } satisfies ControlMessage);
    while (Atomics.load(this.#words, threadWords.replies) === seen) Atomics.wait(this.#words, threadWords.replies, seen);
    const received = receiveMessageOnPort(this.#port);
    assert(received !== undefined, "a reply lies in the port when its thread is woken");
    const reply = received.message as ControlReply;
    if ("error" in reply) throw errorFromData(reply.error);
    return reply.value as ControlRequests[M]["reply"];
  }
}
