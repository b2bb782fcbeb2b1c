import { assert } from "@vonk/common/internal";
import type { RDDInfo, ShuffleInfo, TaskResources } from "../message/job.ts";
import { isStored } from "../storage/storage-level.ts";
import { narrowParents } from "./narrow-parents.ts";

/** Partitions that are looked at in search of one with data; a location is a wish and not worth more. */
const lookedAtMax = 100;

/** The lineage of all jobs seen so far, and which executors cache which partitions. */
export class LineageIndex {
  readonly #rdds = new Map<number, RDDInfo>();
  readonly #shuffles = new Map<number, ShuffleInfo>();
  /** RDD → partition → executors that hold it. */
  readonly #cached = new Map<number, Map<number, Set<string>>>();
  readonly #levels = new Map<number, number>();
  /** Spares the search for them where there are none. */
  #hasBarriers = false;
  #hasResources = false;
  readonly #parentShuffles = new Map<number, readonly ShuffleInfo[]>();

  add(rdds: readonly RDDInfo[], shuffles: readonly ShuffleInfo[]): void {
    for (const shuffle of shuffles) this.#shuffles.set(shuffle.shuffleId, shuffle);
    for (const rdd of rdds) {
      // A checkpoint cuts the lineage of an RDD that is known already.
      if (!sameDependencies(this.#rdds.get(rdd.id), rdd)) {
        this.#parentShuffles.clear();
        this.#levels.clear();
      }
      this.#rdds.set(rdd.id, rdd);
      if (rdd.isBarrier === true) this.#hasBarriers = true;
      if (rdd.resources !== undefined) this.#hasResources = true;
    }
  }

  /** The shuffle of an id, or undefined when no job has brought it. */
  knownShuffle(shuffleId: number): ShuffleInfo | undefined {
    return this.#shuffles.get(shuffleId);
  }

  /** Executors that cache a partition. */
  cachedOn(rddId: number, partition: number): readonly string[] {
    return [...(this.#cached.get(rddId)?.get(partition) ?? [])];
  }

  rdd(rddId: number): RDDInfo {
    const info = this.#rdds.get(rddId);
    assert(info !== undefined, `RDD ${rddId} was submitted with its job`);
    return info;
  }

  /**
   * Shuffles directly above an RDD, reached by narrow edges only, without repeats.
   * @param stopAt RDDs that are not looked behind, because their partitions are at hand
   */
  parentShuffles(rddId: number, stopAt?: (rddId: number) => boolean): readonly ShuffleInfo[] {
    const known = stopAt === undefined ? this.#parentShuffles.get(rddId) : undefined;
    if (known !== undefined) return known;
    const found = new Map<number, ShuffleInfo>();
    const seen = new Set<number>();
    const open = [rddId];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (stopAt?.(next) === true) continue;
      for (const dependency of this.rdd(next).dependencies) {
        if (dependency.kind === "narrow") open.push(dependency.rddId);
        else found.set(dependency.shuffleId, this.#shuffle(dependency.shuffleId));
      }
    }
    const shuffles = [...found.values()];
    if (stopAt === undefined) this.#parentShuffles.set(rddId, shuffles);
    return shuffles;
  }

  /** All shuffles above an RDD, each after those it depends on. */
  ancestorShuffles(rddId: number): ShuffleInfo[] {
    const ordered: ShuffleInfo[] = [];
    const seen = new Set<number>();
    const open: { readonly shuffle: ShuffleInfo; readonly expanded: boolean }[] = [];
    const push = (parents: readonly ShuffleInfo[]): void => {
      for (const shuffle of parents) if (!seen.has(shuffle.shuffleId)) open.push({ shuffle, expanded: false });
    };
    push(this.parentShuffles(rddId));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.expanded) {
        ordered.push(next.shuffle);
      } else if (!seen.has(next.shuffle.shuffleId)) {
        seen.add(next.shuffle.shuffleId);
        open.push({ shuffle: next.shuffle, expanded: true });
        push(this.parentShuffles(next.shuffle.rddId));
      }
    }
    return ordered;
  }

  /** True when computing a partition of the RDD again may give other records. */
  isIndeterminate(rddId: number): boolean {
    return this.#level(rddId) === levels.indeterminate;
  }

  /** Kept once known. Parents first, without recursion. @see Spark's RDD.getOutputDeterministicLevel */
  #level(rddId: number): number {
    const open = [rddId];
    for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
      const info = this.rdd(next);
      const missing = info.dependencies.filter((dependency) => !this.#levels.has(dependency.rddId));
      for (const dependency of missing) open.push(dependency.rddId);
      if (missing.length > 0) continue;
      open.pop();
      const parents = info.dependencies.map((dependency) => this.#levels.get(dependency.rddId) ?? 0);
      this.#levels.set(next, levelAfter(info.effect, Math.max(0, ...parents)));
    }
    return this.#levels.get(rddId) ?? 0;
  }

  /** True when the RDD or one that it reads in the same stage is a barrier. */
  isBarrier(rddId: number): boolean {
    return this.#hasBarriers && this.#withinStage(rddId).some((info) => info.isBarrier === true);
  }

  /**
   * True when the stage of the RDD is a barrier and cannot be run as one: an RDD in it has another number of partitions than the stage
   * has tasks, or reads several barriers.
   * @see Spark's DAGScheduler.checkBarrierStageWithRDDChainPattern
   */
  breaksBarrier(rddId: number, taskCount: number): boolean {
    if (!this.isBarrier(rddId)) return false;
    const isBarrier = ({ kind, rddId: parent }: RDDInfo["dependencies"][number]): boolean => kind === "narrow" && this.isBarrier(parent);
    return this.#withinStage(rddId).some(
      (info) => info.numPartitions !== taskCount || info.dependencies.filter((dependency) => isBarrier(dependency)).length > 1,
    );
  }

  /** The first stage of a job that cannot be run as a barrier stage, as the RDD that it ends in. */
  brokenBarrier(rddId: number, taskCount: number): RDDInfo | undefined {
    if (!this.#hasBarriers) return undefined;
    if (this.breaksBarrier(rddId, taskCount)) return this.rdd(rddId);
    const shuffle = this.ancestorShuffles(rddId).find((ancestor) => this.breaksBarrier(ancestor.rddId, ancestor.numMaps));
    return shuffle === undefined ? undefined : this.rdd(shuffle.rddId);
  }

  /** What tasks take in the stage that ends in the RDD, one entry a size; empty when nothing in it says. */
  #sizesWithinStage(rddId: number): TaskResources[] {
    if (!this.#hasResources) return [];
    const resources = this.#withinStage(rddId).flatMap((info) => info.resources ?? []);
    return [...new Map(resources.map((each) => [each.cpus, each])).values()];
  }

  /** What tasks take in the stage that ends in the RDD: the most that any RDD in it asks for. */
  resources(rddId: number): TaskResources | undefined {
    return this.#sizesWithinStage(rddId).reduce<TaskResources | undefined>(
      (most, each) => (most === undefined || (each.cpus ?? 0) > (most.cpus ?? 0) ? each : most),
      undefined,
    );
  }

  /** The first stage of a job whose RDDs ask for tasks of different sizes, as the RDD that it ends in, and the sizes. */
  conflictingResources(rddId: number): { readonly rdd: RDDInfo; readonly sizes: readonly TaskResources[] } | undefined {
    if (!this.#hasResources) return undefined;
    for (const last of [rddId, ...this.ancestorShuffles(rddId).map((shuffle) => shuffle.rddId)]) {
      const sizes = this.#sizesWithinStage(last);
      if (sizes.length > 1) return { rdd: this.rdd(last), sizes };
    }
    return undefined;
  }

  /** The RDD and those that it reads without a shuffle. */
  #withinStage(rddId: number): RDDInfo[] {
    const seen = new Set([rddId]);
    for (const next of seen) {
      for (const dependency of this.rdd(next).dependencies) if (dependency.kind === "narrow") seen.add(dependency.rddId);
    }
    return [...seen].map((each) => this.rdd(each));
  }

  /** Executors and hosts near the data of each listed partition, or undefined when no partition has any. */
  preferredLocations(rddId: number, partitions: readonly number[]): (readonly string[])[] | undefined {
    if (!this.#hasLocations(rddId)) return undefined;
    return partitions.map((partition) => this.#locationsOf(rddId, partition));
  }

  /** True when the RDD or one that it reads without a shuffle has data somewhere. Chains may be long, so nothing recurses. */
  #hasLocations(rddId: number): boolean {
    const seen = new Set([rddId]);
    for (const next of seen) {
      const info = this.rdd(next);
      if (info.preferredLocations !== undefined || (this.#cached.get(next)?.size ?? 0) > 0) return true;
      for (const dependency of info.dependencies) if (dependency.kind === "narrow") seen.add(dependency.rddId);
    }
    return false;
  }

  /** Where the first partition with data lies that `partition` reads, depth first and each looked at once. */
  #locationsOf(rddId: number, partition: number): readonly string[] {
    const seen = new Set<string>();
    const open: (readonly [rddId: number, partition: number])[] = [[rddId, partition]];
    for (let next = open.pop(); next !== undefined && seen.size < lookedAtMax; next = open.pop()) {
      const key = next.join();
      if (seen.has(key)) continue;
      seen.add(key);
      const [nextRDD, nextPartition] = next;
      const here = this.#ownLocations(nextRDD, nextPartition);
      if (here.length > 0) return here;
      const parents = this.rdd(nextRDD).dependencies.flatMap((dependency) =>
        dependency.kind === "narrow"
          ? narrowParents(dependency.mapping, nextPartition).map((parent) => [dependency.rddId, parent] as const)
          : [],
      );
      open.push(...parents.toReversed());
    }
    return [];
  }

  #ownLocations(rddId: number, partition: number): readonly string[] {
    const cached = this.#cached.get(rddId)?.get(partition);
    if (cached !== undefined && cached.size > 0) return [...cached].map((executorId) => `executor:${executorId}`);
    return this.rdd(rddId).preferredLocations?.[partition] ?? [];
  }

  isFullyCached(rddId: number): boolean {
    const info = this.rdd(rddId);
    return isStored(info.storageLevel) && info.numPartitions > 0 && this.#cached.get(rddId)?.size === info.numPartitions;
  }

  blockUpdated(rddId: number, partition: number, executorId: string, stored: boolean): void {
    const partitions = this.#cached.get(rddId) ?? new Map<number, Set<string>>();
    const executors = partitions.get(partition) ?? new Set<string>();
    if (stored) {
      this.#cached.set(rddId, partitions.set(partition, executors.add(executorId)));
      return;
    }
    executors.delete(executorId);
    if (executors.size === 0) partitions.delete(partition);
  }

  unpersisted(rddId: number): void {
    this.#cached.delete(rddId);
  }

  shuffleRemoved(shuffleId: number): void {
    this.#shuffles.delete(shuffleId);
    this.#parentShuffles.clear();
  }

  executorLost(executorId: string): void {
    for (const [rddId, partitions] of this.#cached) {
      for (const partition of partitions.keys()) this.blockUpdated(rddId, partition, executorId, false);
    }
  }

  #shuffle(shuffleId: number): ShuffleInfo {
    const shuffle = this.#shuffles.get(shuffleId);
    assert(shuffle !== undefined, `shuffle ${shuffleId} was submitted with its job`);
    return shuffle;
  }
}

const levels = { determinate: 0, unordered: 1, indeterminate: 2 } as const;

function levelAfter(effect: RDDInfo["effect"], level: number): number {
  if (effect === "indeterminate" || level === levels.indeterminate) return levels.indeterminate;
  if (effect === "orderSensitive" && level === levels.unordered) return levels.indeterminate;
  if (effect === "unordered") return levels.unordered;
  return effect === "ordered" ? levels.determinate : level;
}

function sameDependencies(known: RDDInfo | undefined, rdd: RDDInfo): boolean {
  if (known?.dependencies.length !== rdd.dependencies.length) return false;
  return rdd.dependencies.every((dependency, index) => {
    const before = known.dependencies[index];
    if (before?.kind !== dependency.kind || before.rddId !== dependency.rddId) return false;
    return before.kind !== "shuffle" || dependency.kind !== "shuffle" || before.shuffleId === dependency.shuffleId;
  });
}
