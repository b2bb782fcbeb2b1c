import { travelAs } from "../closure/travel-symbols.ts";
import { coreErrors } from "../errors.ts";
import type { ExecutorRuntime } from "../executor/executor-runtime.ts";
import { readBytes } from "../storage/read-bytes.ts";

/** How a broadcast gets at its value and is let go; differs between driver and tasks. */
export interface BroadcastSource<T> {
  value(): T;
  forget(): Promise<void>;
  release(): Promise<void>;
}

/**
 * A read-only value that every executor process holds once, encoded, and every thread decodes at most once.
 * Changes that a task makes to it are seen by later tasks of the same thread or not: make none.
 */
export class Broadcast<T> {
  readonly id: number;
  readonly #source: BroadcastSource<T>;
  #destroyed = false;

  constructor(id: number, source: BroadcastSource<T>) {
    this.id = id;
    this.#source = source;
  }

  /** @throws BROADCAST_DESTROYED */
  get value(): T {
    if (this.#destroyed) throw coreErrors.create("BROADCAST_DESTROYED", { id: this.id });
    return this.#source.value();
  }

  /** Drops the executors' decoded copies; they come back when they are used. */
  async unpersist(): Promise<void> {
    await this.#source.forget();
  }

  /** Frees the value everywhere; using it afterwards is an error. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    await this.#source.release();
  }

  toString(): string {
    return `Broadcast(${this.id})`;
  }

  static {
    travelAs(Broadcast.prototype, (broadcast: Broadcast<unknown>) => {
      if (broadcast.#destroyed) throw coreErrors.create("BROADCAST_DESTROYED", { id: broadcast.id });
      return { kind: "broadcast", data: broadcast.id };
    });
  }
}

const decoded = new Map<number, unknown>();

/** The broadcast of an id, in a task thread. */
export function reviveBroadcast(data: unknown, executor: ExecutorRuntime): Broadcast<unknown> {
  const id = data as number;
  return new Broadcast(id, {
    value() {
      if (!decoded.has(id)) decoded.set(id, fetchValue(id, executor));
      return decoded.get(id);
    },
    forget: () => Promise.reject(coreErrors.create("ACTION_INSIDE_TASK", { call: "broadcast.unpersist()" })),
    release: () => Promise.reject(coreErrors.create("ACTION_INSIDE_TASK", { call: "broadcast.destroy()" })),
  });
}

function fetchValue(id: number, executor: ExecutorRuntime): unknown {
  const block = executor.control.call("broadcast", { id });
  if (block === undefined) throw coreErrors.create("BROADCAST_DESTROYED", { id });
  const [chunk] = block.chunks;
  return chunk === undefined ? undefined : executor.codec.open(readBytes(chunk, executor.allocator)).decode()[0];
}

/** Drops a thread's decoded copy. */
export function forgetBroadcast(id: number): void {
  decoded.delete(id);
}
