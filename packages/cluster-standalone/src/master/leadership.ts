import type { Random } from "@vonk/common/internal";
import { Lease, type LeaseOptions } from "./lease.ts";
import type { PersistedEntry } from "./master-event.ts";

/** What masters keep for each other. Calls name the term of the master that makes them. */
export interface ClusterRecords {
  /** Everything that is kept. */
  load(): Promise<readonly PersistedEntry[]>;
  /** False when a master of a later term has written there: this one has been replaced. */
  put(key: string, entry: PersistedEntry, term: number): Promise<boolean>;
  delete(key: string, term: number): Promise<boolean>;
}

/** Decides which of several masters leads. */
export interface Leadership {
  /** True while no other master can lead, as far as clocks can be trusted. */
  readonly isHeld: boolean;
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
      isHeld: true,
      campaign: (onElected) => onElected(1),
      close: () => Promise.resolve(),
    },
    records: {
      load: () => Promise.resolve([...kept.values()]),
      put: async (key, entry) => {
        kept.set(key, entry);
        return true;
      },
      delete: async (key) => {
        kept.delete(key);
        return true;
      },
    },
  };
}

/** What a {@link KeyValueLeadership} needs: a store whose values expire. */
export interface KeyValueLeadershipOptions extends Omit<LeaseOptions, "key" | "holder"> {
  readonly masterId: string;
  readonly random: Random;
}

const leaderKey = "leader";

/** Leadership by a lease in a store that the masters share. The term is the revision at which the lease was won. */
export class KeyValueLeadership implements Leadership {
  readonly #lease: Lease;

  constructor({ masterId, random, ...options }: KeyValueLeadershipOptions) {
    // A master that was started again under its name is another holder.
    const holder = `${masterId} ${random.nextInt(2 ** 32).toString(36)}`;
    this.#lease = new Lease({ ...options, key: leaderKey, holder });
  }

  get isHeld(): boolean {
    return this.#lease.isHeld;
  }

  campaign(onElected: (term: number) => void, onLost: () => void): void {
    this.#lease.strive(onElected, onLost);
  }

  close(): Promise<void> {
    return this.#lease.close();
  }
}
