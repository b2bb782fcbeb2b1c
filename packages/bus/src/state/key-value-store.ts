import type { Subscription } from "../bus.ts";

/** A value and the revision that wrote it. Revisions of a store only grow. */
export interface KeyValueEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

/** What happened to a key: it has a new value, or, when `value` is absent, it was deleted. */
export interface KeyValueChange {
  readonly key: string;
  readonly value?: Uint8Array;
  readonly revision: number;
}

/**
 * State that several processes share: values by key, with compare-and-set on the revision, which also serves as fencing token.
 *
 * Keys are letters, digits, `-`, `_`, `=`, `/` and dots between them. A store may let values expire some time after they were written;
 * nobody is told of that: who waits for it looks again.
 */
export interface KeyValueStore {
  /** The present value; undefined when there is none, or no more. */
  get(key: string): Promise<KeyValueEntry | undefined>;
  /** Writes whatever was there; gives the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /** Writes where there is no value; undefined when there is one. */
  create(key: string, value: Uint8Array): Promise<number | undefined>;
  /**
   * Writes where `revision` is still the present one; undefined when it is not.
   * A transport that lost the reply repeats the call: a value equal to the one asked for then counts as written by it. So let values
   * name their writer.
   */
  update(key: string, value: Uint8Array, revision: number): Promise<number | undefined>;
  /** Deletes the value; with `revision`, only when that is still the present one. False when it was not. */
  delete(key: string, revision?: number): Promise<boolean>;
  /** The keys that have a value and begin with `prefix`, sorted. */
  keys(prefix?: string): Promise<string[]>;
  /**
   * Calls `listener` with the present values of keys that begin with `prefix`, then with each change in order. After a reconnect
   * values may come again; of several changes of a key only the last may come.
   */
  watch(prefix: string, listener: (change: KeyValueChange) => void): Promise<Subscription>;
}
