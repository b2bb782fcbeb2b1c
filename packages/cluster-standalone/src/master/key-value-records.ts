import type { KeyValueStore } from "@vonk/bus/spi";
import { standaloneErrors } from "../errors.ts";
import { escapeKey } from "../message/escape-key.ts";
import type { ClusterRecords } from "./leadership.ts";
import type { PersistedEntry } from "./master-event.ts";

/** Raised when what is kept changes its shape. */
const formatVersion = 1;

interface StoredRecord {
  readonly version: number;
  /** Of the master that wrote it. */
  readonly term: number;
  readonly entry: PersistedEntry;
}

/**
 * Records in a store that the masters share: JSON, one value an application or driver.
 *
 * Each carries the term of its writer and is replaced only by compare-and-set, so that what a replaced master writes late cannot
 * undo its successor's: of two writers the one of the later term wins, in whatever order their writes arrive.
 */
export class KeyValueRecords implements ClusterRecords {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  /** @throws CLUSTER_RECORD_UNREADABLE when another version of Vonk wrote a record */
  async load(): Promise<readonly PersistedEntry[]> {
    const entries: PersistedEntry[] = [];
    for (const key of await this.#store.keys()) {
      const found = await this.#store.get(key);
      if (found !== undefined) entries.push(readRecord(key, found.value).entry);
    }
    return entries;
  }

  put(key: string, entry: PersistedEntry, term: number): Promise<boolean> {
    const value = new TextEncoder().encode(JSON.stringify({ version: formatVersion, term, entry } satisfies StoredRecord));
    return this.#replace(key, term, async (stored, revision) => {
      const written = revision === undefined ? await this.#store.create(stored, value) : await this.#store.update(stored, value, revision);
      return written !== undefined;
    });
  }

  delete(key: string, term: number): Promise<boolean> {
    return this.#replace(key, term, async (stored, revision) => revision === undefined || (await this.#store.delete(stored, revision)));
  }

  /** Writes over whatever no later term wrote. Another attempt follows only on another master's write, so it ends. */
  async #replace(key: string, term: number, write: (stored: string, revision: number | undefined) => Promise<boolean>): Promise<boolean> {
    const stored = escapeKey(key);
    for (let isRefused = false; ; isRefused = true) {
      const found = await this.#store.get(stored);
      if (found !== undefined && readRecord(stored, found.value).term > term) return false;
      // Only a later master deletes what this one was about to write over.
      if (found === undefined && isRefused) return false;
      if (await write(stored, found?.revision)) return true;
    }
  }
}

function readRecord(key: string, value: Uint8Array): StoredRecord {
  const text = new TextDecoder().decode(value);
  const record = JSON.parse(text) as StoredRecord;
  if (record.version !== formatVersion) {
    throw standaloneErrors.create("CLUSTER_RECORD_UNREADABLE", { key, version: record.version, expected: formatVersion });
  }
  return record;
}
