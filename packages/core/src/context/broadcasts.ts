import { join } from "node:path";
import type { ServiceClient } from "@vonk/bus/internal";
import { Broadcast } from "../broadcast/broadcast.ts";
import type { DriverMessages } from "../message/services.ts";
import { ByteArena } from "../storage/byte-arena.ts";
import { broadcastTag } from "../storage/extent-tag.ts";
import type { RecordCodec } from "../storage/record-codec.ts";
import type { DriverRuntime } from "./driver-runtime.ts";

/** Makes broadcasts on the user's thread: the value is encoded once, into memory that all threads of the process share. */
export class Broadcasts {
  readonly #runtime: Pick<DriverRuntime, "allocator" | "folder">;
  readonly #codec: RecordCodec;
  readonly #driver: ServiceClient<DriverMessages>;
  /** Told of a broadcast that the driver did not take: tasks will not find it. */
  readonly #onFailure: (id: number, error: unknown) => void;
  #nextId = 0;

  constructor(
    runtime: Pick<DriverRuntime, "allocator" | "folder">,
    codec: RecordCodec,
    driver: ServiceClient<DriverMessages>,
    onFailure: (id: number, error: unknown) => void,
  ) {
    this.#runtime = runtime;
    this.#codec = codec;
    this.#driver = driver;
    this.#onFailure = onFailure;
  }

  /** @throws RECORD_NOT_ENCODABLE and the closure errors for values that cannot travel */
  create<T>(value: T): Broadcast<T> {
    const id = this.#nextId++;
    const arena = new ByteArena({
      allocator: this.#runtime.allocator,
      tag: broadcastTag(id),
      spillPath: join(this.#runtime.folder, `broadcast_${id}`),
      makeRoom: () => false,
      mayUseDisk: true,
    });
    const handle = arena.write((allocate) => this.#codec.encode([value], allocate));
    arena.close();
    const chunks = handle === undefined ? [] : [handle];
    const block = { chunks, bytes: arena.memoryBytes + arena.diskBytes, records: 1 };
    this.#driver.call("addBroadcast", { id, block }).catch((error: unknown) => this.#onFailure(id, error));
    return new Broadcast(id, { value: () => value, forget: () => this.#forget(id), release: () => this.remove(id) });
  }

  /** A broadcast without a value, which the driver need not know. */
  owner(): Broadcast<undefined> {
    const id = this.#nextId++;
    return new Broadcast<undefined>(id, { value: () => undefined, forget: () => this.#forget(id), release: () => this.remove(id) });
  }

  async #forget(id: number): Promise<void> {
    await this.#driver.call("forgetBroadcast", { id });
  }

  async remove(id: number): Promise<void> {
    await this.#driver.call("removeBroadcast", { id });
  }
}
