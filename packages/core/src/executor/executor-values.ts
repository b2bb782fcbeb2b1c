import { assert } from "@vonk/common/internal";

/** What a thread that asks for a value is told: the value, or that it is to make it for all. */
export type ValueClaim = { readonly isMade: true; readonly value: unknown } | { readonly isMade: false };

interface Entry {
  value?: ValueClaim;
  /** The thread that makes it. */
  maker: number | undefined;
  readonly waiting: { readonly thread: number; readonly resolve: (claim: ValueClaim) => void }[];
}

/** Values that one task thread makes for all of an executor: the first that asks makes it while the others wait. They go with their owner, a broadcast. */
export class ExecutorValues {
  readonly #owners = new Map<number, Map<string, Entry>>();

  /** The value, at once or when it is there; or the duty to make it. */
  claim(owner: number, key: string, thread: number): ValueClaim | Promise<ValueClaim> {
    const entries = this.#owners.get(owner) ?? new Map<string, Entry>();
    this.#owners.set(owner, entries);
    const entry: Entry = entries.get(key) ?? { maker: undefined, waiting: [] };
    entries.set(key, entry);
    if (entry.value !== undefined) return entry.value;
    if (entry.maker === undefined) {
      entry.maker = thread;
      return { isMade: false };
    }
    return new Promise((resolve) => entry.waiting.push({ thread, resolve }));
  }

  /** The maker has made it. */
  give(owner: number, key: string, value: unknown): null {
    const entry = this.#owners.get(owner)?.get(key);
    assert(entry !== undefined, "a value is given by the thread that claimed it");
    entry.value = { isMade: true, value };
    for (const { resolve } of entry.waiting.splice(0)) resolve(entry.value);
    return null;
  }

  /** The maker has failed: the next that waits tries. */
  abandon(owner: number, key: string): null {
    const entry = this.#owners.get(owner)?.get(key);
    if (entry !== undefined) handOn(entry);
    return null;
  }

  /** A thread is gone: it neither makes what it claimed nor waits. */
  threadEnded(thread: number): void {
    for (const entries of this.#owners.values()) {
      for (const entry of entries.values()) {
        const still = entry.waiting.filter((waiting) => waiting.thread !== thread);
        entry.waiting.splice(0, entry.waiting.length, ...still);
        if (entry.maker === thread && entry.value === undefined) handOn(entry);
      }
    }
  }

  /** Forgets the values of an owner that is gone. */
  remove(owner: number): void {
    this.#owners.delete(owner);
  }
}

function handOn(entry: Entry): void {
  const next = entry.waiting.shift();
  entry.maker = next?.thread;
  next?.resolve({ isMade: false });
}
