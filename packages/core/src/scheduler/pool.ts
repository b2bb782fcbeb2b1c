import type { TaskSetManager } from "./task-set-manager.ts";

/** How schedulables of one level are ordered. */
export type SchedulingMode = "FIFO" | "FAIR";

/** A named pool of task sets with its share of the executors. */
export interface PoolSettings {
  readonly name: string;
  readonly mode: SchedulingMode;
  /** Share relative to other pools. */
  readonly weight: number;
  /** Running tasks that a pool gets before the others are served, as far as it has work. */
  readonly minShare: number;
}

/** Pools by name; unknown names get FIFO, weight 1, minShare 0. */
export class PoolTable {
  readonly rootMode: SchedulingMode;
  readonly #pools = new Map<string, PoolSettings>();

  constructor(rootMode: SchedulingMode, pools: readonly PoolSettings[] = []) {
    this.rootMode = rootMode;
    for (const pool of pools) this.#pools.set(pool.name, pool);
  }

  settings(name: string): PoolSettings {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const made: PoolSettings = { name, mode: "FIFO", weight: 1, minShare: 0 };
    this.#pools.set(name, made);
    return made;
  }

  all(): readonly PoolSettings[] {
    return [...this.#pools.values()];
  }

  /**
   * Task sets in the order in which free slots are offered to them. Give all sets, those with nothing left to launch too:
   * their running tasks count towards their pool's share.
   * FIFO: by job, then stage. FAIR: pools below their minimum share first, then by running tasks over weight.
   * @see Spark's core/scheduler/SchedulingAlgorithm.scala
   */
  order(sets: readonly TaskSetManager[]): TaskSetManager[] {
    if (sets.length < 2) return [...sets];
    if (this.rootMode === "FIFO") return sets.toSorted(compareFIFO);
    const byPool = Map.groupBy(sets, (set) => set.taskSet.pool);
    const pools = [...byPool].map(([name, members]) => ({
      settings: this.settings(name),
      members,
      running: members.reduce((sum, set) => sum + set.runningCount, 0),
    }));
    pools.sort((a, b) => compareFair(a.settings, a.running, b.settings, b.running));
    return pools.flatMap(({ settings, members }) =>
      members.toSorted((a, b) => (settings.mode === "FIFO" ? compareFIFO(a, b) : a.runningCount - b.runningCount || compareFIFO(a, b))),
    );
  }
}

function compareFIFO(a: TaskSetManager, b: TaskSetManager): number {
  return a.taskSet.priority - b.taskSet.priority || a.taskSet.stageId - b.taskSet.stageId;
}

function compareFair(a: PoolSettings, aRunning: number, b: PoolSettings, bRunning: number): number {
  const aNeedy = aRunning < a.minShare;
  const bNeedy = bRunning < b.minShare;
  if (aNeedy !== bNeedy) return aNeedy ? -1 : 1;
  const byShare = aNeedy
    ? aRunning / Math.max(a.minShare, 1) - bRunning / Math.max(b.minShare, 1)
    : aRunning / a.weight - bRunning / b.weight;
  return byShare || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
