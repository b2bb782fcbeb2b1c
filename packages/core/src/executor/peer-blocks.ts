import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bus } from "@vonk/bus";
import { serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { checksum, type ExtentAllocator } from "@vonk/columnar/internal";
import { executorService, executorSubject, type ExecutorMessages, type SchedulerMessages } from "../message/services.ts";
import type { BytesHandle } from "../message/task-result.ts";
import type { BlockManager } from "../storage/block-manager.ts";
import { ByteArena } from "../storage/byte-arena.ts";
import { readBytes } from "../storage/read-bytes.ts";
import type { StorageLevel } from "../storage/storage-level.ts";
import type { StoredBlock } from "./control-channel.ts";

/** Bytes that one message about blocks carries at most, unless a single chunk is larger. */
export const blockWindowBytes: number = 4 * 2 ** 20;

/** What {@link PeerBlocks} works with. */
export interface PeerBlocksOptions {
  readonly appId: string;
  readonly executorId: string;
  readonly bus: Bus;
  readonly driver: ServiceClient<SchedulerMessages>;
  readonly allocator: ExtentAllocator;
  readonly blocks: BlockManager;
  readonly localDir: string;
  /** Folder that the application's executors on this host share. */
  readonly sharedDir: string;
  /** Number of the control thread. */
  readonly thread: number;
}

interface BlockName {
  readonly rddId: number;
  readonly partition: number;
}

/** Blocks that other processes have: cached partitions of other executors, copies for them, and the driver's broadcasts. */
export class PeerBlocks {
  readonly #options: PeerBlocksOptions;

  constructor(options: PeerBlocksOptions) {
    this.#options = options;
  }

  // ---- cached partitions

  /** A part of a cached partition, for another executor: chunks from number `from` on, as many as a message takes. */
  serve({ rddId, partition, from }: BlockName & { readonly from: number }): ExecutorMessages["fetchBlock"]["reply"] {
    const block = this.#options.blocks.get({ rddId, partition }, undefined);
    if (block === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for (let at = from; at < block.chunks.length; at++) {
      const chunk = readBytes(block.chunks[at] as BytesHandle, this.#options.allocator);
      if (chunks.length > 0 && bytes + chunk.byteLength > blockWindowBytes) break;
      chunks.push(chunk);
      bytes += chunk.byteLength;
    }
    return { chunks, checksums: chunks.map((chunk) => checksum(chunk)), chunkCount: block.chunks.length, records: block.records };
  }

  /** The partition from whoever caches it; undefined when nobody does. */
  async find(name: BlockName): Promise<StoredBlock | undefined> {
    const { driver, executorId } = this.#options;
    for (const holder of await driver.call("blockLocations", { rddId: name.rddId, partition: name.partition })) {
      if (holder === executorId) continue;
      const block = await this.#fetch(name, holder);
      if (block !== undefined) return block;
    }
    return undefined;
  }

  /** Undefined when the executor no longer has it, is gone, or the bytes are damaged: the partition is computed then. */
  async #fetch({ rddId, partition }: BlockName, holder: string): Promise<StoredBlock | undefined> {
    const chunks: BytesHandle[] = [];
    let bytes = 0;
    let records = 0;
    try {
      for (let count = 1; chunks.length < count;) {
        const part = await this.#client(holder).call(
          "fetchBlock",
          { rddId, partition, from: chunks.length },
          { timeoutMs: fetchTimeoutMs },
        );
        if (part === undefined || part.chunks.some((chunk, at) => checksum(chunk) !== part.checksums[at])) return undefined;
        for (const chunk of part.chunks) {
          chunks.push({ kind: "inline", bytes: shared(chunk) });
          bytes += chunk.byteLength;
        }
        count = part.chunkCount;
        records = part.records;
      }
    } catch (error) {
      if (String((error as { code?: string }).code).startsWith("BUS_")) return undefined;
      throw error;
    }
    return { chunks, bytes, records };
  }

  /** Asks as many other executors to copy a block as its level wants copies. */
  async spread(name: BlockName, level: StorageLevel): Promise<void> {
    const { driver, executorId } = this.#options;
    const peers = await driver.call("peers", { executorId });
    const { rddId, partition } = name;
    for (const peer of peers.slice(0, level.replication - 1)) {
      // A copy less is no loss of data.
      await this.#client(peer)
        .call("copyBlock", { rddId, partition, holder: executorId, level })
        .catch(() => undefined);
    }
  }

  /** Makes a copy of another executor's block; nothing when there is no room. */
  async copy({ rddId, partition, holder, level }: ExecutorMessages["copyBlock"]["request"]): Promise<null> {
    const { allocator, blocks, localDir, thread } = this.#options;
    const fetched = await this.#fetch({ rddId, partition }, holder);
    if (fetched === undefined) return null;
    const tag = blocks.newTag(thread);
    const arena = new ByteArena({
      allocator,
      tag,
      spillPath: join(localDir, `rdd_${rddId}_${partition}.${tag}`),
      makeRoom: (bytes) => blocks.makeRoom({ bytes, forStorage: true, rddId }),
      mayUseDisk: level.useDisk,
      mayUseMemory: level.useMemory,
    });
    const chunks: BytesHandle[] = [];
    for (const chunk of fetched.chunks) {
      const bytes = readBytes(chunk, allocator);
      const handle = arena.write((allocate) => {
        const target = allocate(bytes.byteLength);
        target.set(bytes);
        return target;
      });
      if (handle === undefined) break;
      chunks.push(handle);
    }
    arena.close();
    const isWhole = chunks.length === fetched.chunks.length;
    const block: StoredBlock = { chunks, bytes: fetched.bytes, records: fetched.records };
    if (isWhole && blocks.put({ rddId, partition, block, level, tag }, undefined, thread)) return null;
    allocator.freeTag(tag);
    arena.remove();
    return blocks.dropTag(tag, thread);
  }

  // ---- broadcasts

  /** An encoded broadcast: from the host's folder, or from the driver and then into that folder. */
  async broadcast(id: number): Promise<StoredBlock | undefined> {
    const first = await this.#options.driver.call("broadcast", { id, offset: 0 });
    if (first === undefined) return undefined;
    const bytes = this.#fromHost(id, first.totalBytes, first.checksum) ?? (await this.#fromDriver(id, first));
    return bytes === undefined ? undefined : { chunks: [{ kind: "inline", bytes }], bytes: bytes.byteLength, records: 1 };
  }

  #fromHost(id: number, totalBytes: number, expected: number): Uint8Array | undefined {
    const path = this.#broadcastPath(id);
    if (totalBytes < blockWindowBytes || !existsSync(path)) return undefined;
    const bytes = shared(readFileSync(path));
    return bytes.byteLength === totalBytes && checksum(bytes) === expected ? bytes : undefined;
  }

  async #fromDriver(id: number, first: NonNullable<SchedulerMessages["broadcast"]["reply"]>): Promise<Uint8Array | undefined> {
    const { driver, executorId } = this.#options;
    const whole = new Uint8Array(new SharedArrayBuffer(first.totalBytes));
    whole.set(first.bytes);
    for (let offset = first.bytes.byteLength; offset < whole.byteLength;) {
      const part = await driver.call("broadcast", { id, offset });
      if (part === undefined) return undefined;
      whole.set(part.bytes, offset);
      offset += part.bytes.byteLength;
    }
    if (first.totalBytes >= blockWindowBytes) {
      // Others see the whole file or none.
      const partial = `${this.#broadcastPath(id)}.${executorId}`;
      writeFileSync(partial, whole);
      renameSync(partial, this.#broadcastPath(id));
    }
    return whole;
  }

  #broadcastPath(id: number): string {
    return join(this.#options.sharedDir, `broadcast_${id}`);
  }

  #client(executorId: string): ServiceClient<ExecutorMessages> {
    const { bus, appId } = this.#options;
    return serviceClient(bus, executorService, executorSubject(appId, executorId));
  }
}

const fetchTimeoutMs = 10_000;

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
