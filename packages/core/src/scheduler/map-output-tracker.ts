import type { MapStatus } from "../message/task-result.ts";

interface ShuffleOutputs {
  readonly statuses: (MapStatus | undefined)[];
  available: number;
}

/** Which attempt of each map partition was committed, and where its output lies. Pure state; the driver's copy is the truth. */
export class MapOutputTracker {
  readonly #shuffles = new Map<number, ShuffleOutputs>();
  /** Raised whenever an output is withdrawn; readers with an older number may hold stale handles. */
  epoch = 0;

  registerShuffle(shuffleId: number, numMaps: number): void {
    if (this.#shuffles.has(shuffleId)) return;
    this.#shuffles.set(shuffleId, { statuses: Array.from({ length: numMaps }, () => undefined), available: 0 });
  }

  isRegistered(shuffleId: number): boolean {
    return this.#shuffles.has(shuffleId);
  }

  unregisterShuffle(shuffleId: number): void {
    this.#shuffles.delete(shuffleId);
  }

  /** Commits `status` unless another attempt was committed before; tells which one counts now. */
  commit(status: MapStatus): "committed" | "duplicate" | "unknown" {
    const outputs = this.#shuffles.get(status.shuffleId);
    if (outputs === undefined) return "unknown";
    if (outputs.statuses[status.mapPartition] !== undefined) return "duplicate";
    outputs.statuses[status.mapPartition] = status;
    outputs.available++;
    return "committed";
  }

  /** Withdraws one output; false when it was not there. */
  withdraw(shuffleId: number, mapPartition: number): boolean {
    const outputs = this.#shuffles.get(shuffleId);
    const status = outputs?.statuses[mapPartition];
    if (outputs === undefined || status === undefined) return false;
    outputs.statuses[mapPartition] = undefined;
    outputs.available--;
    this.epoch++;
    return true;
  }

  /** Withdraws the outputs that lie in the streams of an epoch and nowhere else; true when there were any. */
  withdrawStreams(shuffleId: number, epoch: number): boolean {
    const lost =
      this.#shuffles.get(shuffleId)?.statuses.filter((status) => status?.stream?.epoch === epoch && status.file === undefined) ?? [];
    for (const status of lost) if (status !== undefined) this.withdraw(shuffleId, status.mapPartition);
    return lost.length > 0;
  }

  /** Withdraws all outputs that lie on an executor; gives the shuffles that lost some. */
  withdrawExecutor(executorId: string): number[] {
    const touched: number[] = [];
    for (const [shuffleId, outputs] of this.#shuffles) {
      const before = outputs.available;
      outputs.statuses.forEach((status, partition) => {
        if (status?.executorId === executorId) this.withdraw(shuffleId, partition);
      });
      if (outputs.available < before) touched.push(shuffleId);
    }
    return touched;
  }

  /** Map partitions without a committed output, ascending. */
  missing(shuffleId: number): number[] {
    const outputs = this.#shuffles.get(shuffleId);
    if (outputs === undefined || outputs.available === outputs.statuses.length) return [];
    return outputs.statuses.flatMap((status, partition) => (status === undefined ? [partition] : []));
  }

  isAvailable(shuffleId: number): boolean {
    const outputs = this.#shuffles.get(shuffleId);
    return outputs !== undefined && outputs.available === outputs.statuses.length;
  }

  /** The committed outputs by map partition; undefined where one is missing or the shuffle is unknown. */
  statuses(shuffleId: number): readonly (MapStatus | undefined)[] | undefined {
    return this.#shuffles.get(shuffleId)?.statuses;
  }

  shuffleIds(): number[] {
    return [...this.#shuffles.keys()];
  }
}
