import type { MapStatus } from "../message/task-result.ts";
import { notCommitted } from "./map-outputs.ts";

/** Committed outputs of other processes that an executor has asked for; asked once a shuffle until they are withdrawn. */
export class KnownMapOutputs {
  readonly #ask: (shuffleId: number) => Promise<readonly (MapStatus | undefined)[]>;
  readonly #byShuffle = new Map<number, Promise<readonly MapStatus[]>>();

  constructor(ask: (shuffleId: number) => Promise<readonly (MapStatus | undefined)[]>) {
    this.#ask = ask;
  }

  /** The outputs of all map partitions. @throws SHUFFLE_BLOCK_MISSING when one is not committed */
  all(shuffleId: number): Promise<readonly MapStatus[]> {
    const known = this.#byShuffle.get(shuffleId);
    if (known !== undefined) return known;
    const asked = this.#ask(shuffleId).then((statuses) =>
      statuses.map((status, mapPartition) => {
        if (status === undefined) throw notCommitted(shuffleId, mapPartition);
        return status;
      }),
    );
    this.#byShuffle.set(shuffleId, asked);
    asked.catch(() => {
      if (this.#byShuffle.get(shuffleId) === asked) this.#byShuffle.delete(shuffleId);
    });
    return asked;
  }

  forget(shuffleId: number): void {
    this.#byShuffle.delete(shuffleId);
  }

  /** Forgets everything, because outputs of some shuffle were withdrawn. */
  clear(): void {
    this.#byShuffle.clear();
  }
}
