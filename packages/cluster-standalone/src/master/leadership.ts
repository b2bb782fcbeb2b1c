import type { PersistedEntry } from "./master-event.ts";

/** What masters keep for each other. */
export interface ClusterRecords {
  /** Everything that is kept. */
  load(): Promise<readonly PersistedEntry[]>;
  put(key: string, entry: PersistedEntry): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Decides which of several masters leads. */
export interface Leadership {
  /**
   * Strives to lead until it is closed.
   * @param onElected told with a term that is higher than every earlier leader's
   * @param onLost told before another can be elected, as far as clocks can be trusted
   */
  campaign(onElected: (term: number) => void, onLost: () => void): void;
  close(): Promise<void>;
}

/** The only master there is, with records that end with it: for a cluster that lives in one process's care. */
export function soleMaster(): { readonly leadership: Leadership; readonly records: ClusterRecords } {
  const kept = new Map<string, PersistedEntry>();
  return {
    leadership: {
      campaign: (onElected) => onElected(1),
      close: () => Promise.resolve(),
    },
    records: {
      load: () => Promise.resolve([...kept.values()]),
      put: async (key, entry) => void kept.set(key, entry),
      delete: async (key) => void kept.delete(key),
    },
  };
}
