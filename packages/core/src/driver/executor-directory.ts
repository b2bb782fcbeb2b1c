import type { Bus } from "@vonk/bus";
import { serviceClient, type ServiceClient } from "@vonk/bus/internal";
import type { BlockManagerIdentity } from "../listener/executor-event.ts";
import { executorService, executorSubject, type ExecutorMessages } from "../message/services.ts";
import type { ExecutorMemory } from "../message/status.ts";

/** An executor as its driver reaches it. */
export type ExecutorClient = ServiceClient<ExecutorMessages>;

interface KnownExecutor {
  readonly client: ExecutorClient;
  readonly identity: BlockManagerIdentity;
  memory: ExecutorMemory;
}

/** The executors that have registered and were not given up: how to reach them, where they are, what memory they have. */
export class ExecutorDirectory {
  readonly #appId: string;
  readonly #bus: Bus;
  readonly #executors = new Map<string, KnownExecutor>();

  /** @param bus reaches the executors */
  constructor(appId: string, bus: Bus) {
    this.#appId = appId;
    this.#bus = bus;
  }

  add(identity: BlockManagerIdentity, storageBytes: number): void {
    const { executorId } = identity;
    const client = serviceClient(this.#bus, executorService, executorSubject(this.#appId, executorId));
    this.#executors.set(executorId, { client, identity, memory: { executorId, totalBytes: storageBytes, usedBytes: 0 } });
  }

  /** Gives what it was, when it was known. */
  remove(executorId: string): BlockManagerIdentity | undefined {
    const identity = this.identity(executorId);
    this.#executors.delete(executorId);
    return identity;
  }

  has(executorId: string): boolean {
    return this.#executors.has(executorId);
  }

  get size(): number {
    return this.#executors.size;
  }

  client(executorId: string): ExecutorClient | undefined {
    return this.#executors.get(executorId)?.client;
  }

  identity(executorId: string): BlockManagerIdentity | undefined {
    return this.#executors.get(executorId)?.identity;
  }

  identities(): BlockManagerIdentity[] {
    return [...this.#executors.values()].map(({ identity }) => identity);
  }

  memory(): ExecutorMemory[] {
    return [...this.#executors.values()].map(({ memory }) => memory);
  }

  setUsedBytes(executorId: string, usedBytes: number): void {
    const executor = this.#executors.get(executorId);
    if (executor !== undefined) executor.memory = { ...executor.memory, usedBytes };
  }

  /** Other executors, those on other hosts first: a copy there survives more. */
  peersOf(executorId: string): string[] {
    const host = this.identity(executorId)?.host;
    const others = this.identities().filter((other) => other.executorId !== executorId);
    return others.toSorted((a, b) => Number(a.host === host) - Number(b.host === host)).map((other) => other.executorId);
  }

  /** Sends to all; nobody waits for the answers. */
  tell(send: (executor: ExecutorClient) => Promise<unknown>): null {
    for (const { client } of this.#executors.values()) forget(send(client));
    return null;
  }

  /** Tells all to end; resolves when they have answered or `timeoutMs` is over. */
  async stop(timeoutMs: number): Promise<void> {
    await Promise.allSettled([...this.#executors.values()].map(({ client }) => client.call("stop", {}, { timeoutMs })));
  }
}

/** For messages whose loss is noticed elsewhere: an executor that cannot be reached is given up by its silence. */
export function forget(reply: Promise<unknown> | undefined): void {
  reply?.catch(() => undefined);
}
