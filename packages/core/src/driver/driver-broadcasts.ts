import { checksum } from "@vonk/columnar/internal";
import type { StoredBlock } from "../executor/control-channel.ts";
import { blockWindowBytes } from "../executor/peer-blocks.ts";
import type { SchedulerMessages } from "../message/services.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { EventPost } from "./event-post.ts";
import type { ExecutorDirectory } from "./executor-directory.ts";

/** Broadcasts in the driver's memory, and what executors get of them. */
export class DriverBroadcasts {
  readonly #executors: ExecutorDirectory;
  readonly #events: EventPost;
  readonly #cluster: DriverCluster | undefined;
  /** For executors in other processes. */
  readonly #blocks = new Map<number, StoredBlock>();
  /** The broadcast that was asked for last. */
  #open: { readonly id: number; readonly bytes: Uint8Array; readonly checksum: number } | undefined;

  constructor(executors: ExecutorDirectory, events: EventPost, cluster: DriverCluster | undefined) {
    this.#executors = executors;
    this.#events = events;
    this.#cluster = cluster;
  }

  /** Executors in this process get the handle; others ask for the bytes when a task needs them. */
  add(request: { readonly id: number; readonly block: StoredBlock }): null {
    this.#post(request.id, request.block.bytes);
    if (this.#cluster === undefined) return this.#executors.tell((executor) => executor.call("addBroadcast", request));
    this.#blocks.set(request.id, request.block);
    return null;
  }

  remove(id: number): null {
    this.#blocks.delete(id);
    if (this.#open?.id === id) this.#open = undefined;
    this.#post(id, 0);
    return this.#executors.tell((executor) => executor.call("removeBroadcast", { id }));
  }

  /** A part of the encoded value from `offset` on; undefined when it was destroyed. */
  part(id: number, offset: number): SchedulerMessages["broadcast"]["reply"] {
    const block = this.#blocks.get(id);
    if (block === undefined || this.#cluster === undefined) return undefined;
    // Executors ask for the parts of one broadcast in a row.
    if (this.#open?.id !== id) {
      const bytes = this.#cluster.readBlock(block);
      this.#open = { id, bytes, checksum: checksum(bytes) };
    }
    const { bytes, checksum: whole } = this.#open;
    return { bytes: bytes.subarray(offset, offset + blockWindowBytes), totalBytes: bytes.byteLength, checksum: whole };
  }

  #post(id: number, bytes: number): void {
    for (const owner of this.#executors.identities()) this.#events.block(owner, `broadcast_${id}`, bytes, 0);
  }
}
