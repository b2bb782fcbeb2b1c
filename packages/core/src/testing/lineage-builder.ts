import type {
  DependencyInfo,
  JobProperties,
  JobSubmission,
  NarrowMapping,
  OutputEffect,
  RDDInfo,
  ShuffleInfo,
  TaskResources,
} from "../message/job.ts";
import type { StagePlan } from "../plan/stage-plan.ts";
import { type StorageLevel, StorageLevels } from "../storage/storage-level.ts";

/** A narrow edge with a mapping of its own; a bare RDD id means one-to-one. */
export type NarrowParent = number | { readonly rddId: number; readonly mapping: NarrowMapping };

/** What a made-up RDD may have besides its parents. */
export interface RDDExtras {
  readonly storageLevel?: StorageLevel;
  readonly preferredLocations?: readonly (readonly string[])[];
  readonly isBarrier?: true;
  readonly effect?: OutputEffect;
  readonly resources?: TaskResources;
}

/**
 * Makes lineages for the schedulers without any code to run: ids, edges and numbers of partitions.
 * Plans name their RDD in node 0, so that a simulated executor knows what to compute.
 */
export class LineageBuilder {
  readonly #rdds = new Map<number, RDDInfo>();
  readonly #shuffles = new Map<number, ShuffleInfo>();
  #nextJobId = 0;

  get rdds(): ReadonlyMap<number, RDDInfo> {
    return this.#rdds;
  }

  get shuffles(): ReadonlyMap<number, ShuffleInfo> {
    return this.#shuffles;
  }

  /** An RDD without parents. */
  source(numPartitions: number, extras: RDDExtras = {}): number {
    return this.#add(numPartitions, [], extras);
  }

  /** An RDD that reads its parents without a shuffle; as many partitions as the first parent unless told otherwise. */
  narrow(parents: readonly NarrowParent[], extras: RDDExtras & { readonly numPartitions?: number } = {}): number {
    const dependencies = parents.map((parent): DependencyInfo =>
      typeof parent === "number" ? { kind: "narrow", rddId: parent, mapping: { kind: "one-to-one" } } : { kind: "narrow", ...parent },
    );
    const first = dependencies[0]?.rddId ?? -1;
    const { numPartitions, ...own } = extras;
    return this.#add(numPartitions ?? this.#rdds.get(first)?.numPartitions ?? 0, dependencies, own);
  }

  /** An RDD that reads each parent through a new shuffle. */
  shuffled(parents: readonly number[], numPartitions: number, extras: RDDExtras = {}): number {
    return this.reading(
      parents.map((parent) => this.shuffle(parent, numPartitions)),
      numPartitions,
      extras,
    );
  }

  /** An RDD that reads shuffles that are there already, and perhaps parents without a shuffle. */
  reading(shuffleIds: readonly number[], numPartitions: number, extras: RDDExtras = {}, narrow: readonly number[] = []): number {
    const wide = shuffleIds.map((shuffleId): DependencyInfo => ({
      kind: "shuffle",
      shuffleId,
      rddId: this.#shuffles.get(shuffleId)?.rddId ?? -1,
    }));
    const near = narrow.map((rddId): DependencyInfo => ({ kind: "narrow", rddId, mapping: { kind: "one-to-one" } }));
    return this.#add(numPartitions, [...wide, ...near], extras);
  }

  /** The map side of a shuffle. */
  shuffle(rddId: number, numReducers: number): number {
    const shuffleId = this.#shuffles.size;
    const numMaps = this.#rdds.get(rddId)?.numPartitions ?? 0;
    const plan = planOf(rddId, shuffleId);
    this.#shuffles.set(shuffleId, { shuffleId, rddId, numMaps, numReducers, plan, callSite: `shuffle ${shuffleId}` });
    return shuffleId;
  }

  /** A job on the RDD with everything that the scheduler has to know; all partitions unless told otherwise. */
  job(
    rddId: number,
    options: { readonly jobId?: number; readonly partitions?: readonly number[]; readonly properties?: JobProperties } = {},
  ): JobSubmission {
    const jobId = options.jobId ?? this.#nextJobId;
    this.#nextJobId = Math.max(this.#nextJobId, jobId + 1);
    const partitions = options.partitions ?? Array.from({ length: this.#rdds.get(rddId)?.numPartitions ?? 0 }, (_, index) => index);
    return {
      jobId,
      callSite: `job ${jobId}`,
      properties: options.properties ?? {},
      rddId,
      partitions,
      plan: planOf(rddId),
      rdds: [...this.#rdds.values()],
      shuffles: [...this.#shuffles.values()],
    };
  }

  #add(numPartitions: number, dependencies: readonly DependencyInfo[], extras: RDDExtras): number {
    const id = this.#rdds.size;
    const { storageLevel = StorageLevels.NONE, ...located } = extras;
    this.#rdds.set(id, { id, name: `rdd ${id}`, callSite: `rdd ${id}`, numPartitions, storageLevel, dependencies, ...located });
    return id;
  }
}

function planOf(rddId: number, shuffleId?: number): StagePlan {
  const nodes = [{ kind: "simulated", rddId, parents: [], args: null }];
  if (shuffleId === undefined) return { nodes, root: 0, sink: { kind: "result", func: { builtin: "simulated" } } };
  return { nodes, root: 0, sink: { kind: "shuffle", write: { shuffleId, partitioner: { kind: "hash", numPartitions: 1 } } } };
}
