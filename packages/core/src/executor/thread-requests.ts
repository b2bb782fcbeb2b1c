import type { ServiceClient } from "@vonk/bus/internal";
import { errorToData } from "@vonk/common";
import { assert } from "@vonk/common/internal";
import type { SchedulerMessages } from "../message/services.ts";
import type { KnownMapOutputs } from "../shuffle/known-map-outputs.ts";
import type { OutputWindow } from "../shuffle/output-window.ts";
import type { ChunkRequest, LocatedChunk, ShuffleStore } from "../shuffle/shuffle-store.ts";
import type { BlockManager } from "../storage/block-manager.ts";
import type { ControlMessage, ControlRequests, StoredBlock } from "./control-channel.ts";
import { ExecutorValues } from "./executor-values.ts";
import type { PeerBlocks } from "./peer-blocks.ts";
import type { TaskThreadHandle } from "./task-thread-handle.ts";

/** What {@link ThreadRequests} works with. */
export interface ThreadRequestsOptions {
  readonly driver: ServiceClient<SchedulerMessages>;
  readonly blocks: BlockManager;
  readonly mapOutputs: KnownMapOutputs;
  /** Map output on its way to the store. */
  readonly publishing: OutputWindow;
  /** Reaches the outputs of other processes; absent in the driver's own. */
  readonly shuffle: ShuffleStore | undefined;
  /** Blocks of other processes; absent in the driver's own. */
  readonly peers: PeerBlocks | undefined;
}

/** Answers what task threads ask while their tasks wait. */
export class ThreadRequests {
  readonly #options: ThreadRequestsOptions;
  readonly #values = new ExecutorValues();
  readonly #broadcasts = new Map<number, Promise<StoredBlock | undefined>>();

  constructor(options: ThreadRequestsOptions) {
    this.#options = options;
  }

  /** Replies to the thread, at once or when the answer is there. */
  answer(message: ControlMessage, thread: TaskThreadHandle): void {
    try {
      const value = this.#answer(message, thread);
      if (!(value instanceof Promise)) return thread.reply({ value });
      value.then(
        (settled: unknown) => thread.reply({ value: settled }),
        (error: unknown) => thread.reply({ error: errorToData(error) }),
      );
    } catch (error) {
      thread.reply({ error: errorToData(error) });
    }
  }

  /** The driver shares this process and its memory: it says where a broadcast lies before any task asks. */
  addBroadcast(id: number, block: StoredBlock): null {
    this.#broadcasts.set(id, Promise.resolve(block));
    return null;
  }

  removeBroadcast(id: number): void {
    this.#broadcasts.delete(id);
  }

  /** No task is left that reads the broadcast or what goes with it. */
  broadcastUnused(id: number): void {
    this.#values.remove(id);
  }

  /** A thread is gone. */
  threadEnded(thread: number): void {
    this.#values.threadEnded(thread);
  }

  #answer(message: ControlMessage, thread: TaskThreadHandle): unknown {
    const { blocks, driver, peers, publishing } = this.#options;
    const request = message.request as never;
    const taskId = thread.runningTask;
    switch (message.message) {
      case "shuffleChunks":
        return this.#shuffleChunks(request, taskId);
      case "shuffleWindow":
        return publishing.whenOpen();
      case "mapOutputs":
      case "canCommit":
      case "barrierSync":
        return driver.call(message.message, request);
      case "getBlock":
        return blocks.get(request, taskId) ?? peers?.find(request);
      case "putBlock":
        return this.#putBlock(request, taskId, thread.number);
      case "makeRoom":
        return blocks.makeRoom(request);
      case "blockDamaged":
        return blocks.damaged(request);
      case "broadcast":
        return this.#broadcast((request as { readonly id: number }).id);
      case "claimValue":
      case "giveValue":
      case "abandonValue":
        return this.#value(message.message, request, thread.number);
      case "blockTag":
        return blocks.newTag(thread.number);
      case "dropBlockTag":
        return blocks.dropTag((request as { readonly tag: number }).tag, thread.number);
    }
  }

  #value(message: "claimValue" | "giveValue" | "abandonValue", request: ControlRequests["giveValue"]["request"], thread: number): unknown {
    const { owner, key, value } = request;
    if (message === "claimValue") return this.#values.claim(owner, key, thread);
    return message === "giveValue" ? this.#values.give(owner, key, value) : this.#values.abandon(owner, key);
  }

  async #shuffleChunks(request: ChunkRequest, taskId: number | undefined): Promise<readonly LocatedChunk[]> {
    const { shuffle, mapOutputs } = this.#options;
    assert(shuffle !== undefined, "outputs of other processes are read through a shuffle store");
    const statuses = await mapOutputs.all(request.shuffleId);
    return shuffle.chunks(taskId === undefined ? request : { ...request, taskId }, statuses);
  }

  /** Comes with the first task that uses it when the driver is another process; a thread of the driver's own process is told before. */
  #broadcast(id: number): Promise<StoredBlock | undefined> {
    const { peers } = this.#options;
    const known = this.#broadcasts.get(id);
    if (known !== undefined || peers === undefined) return known ?? Promise.resolve(undefined);
    const fetched = peers.broadcast(id);
    this.#broadcasts.set(id, fetched);
    fetched.catch(() => this.#broadcasts.delete(id));
    return fetched;
  }

  #putBlock(request: ControlRequests["putBlock"]["request"], taskId: number | undefined, thread: number): boolean {
    const { blocks, peers } = this.#options;
    const isStored = blocks.put(request, taskId, thread);
    // Copies are made behind the task; one less is no loss of data.
    if (isStored && request.level.replication > 1) peers?.spread(request, request.level).catch(() => undefined);
    return isStored;
  }
}
