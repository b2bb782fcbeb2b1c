import { refuseToTravel } from "../closure/travel-symbols.ts";
import { coreErrors } from "../errors.ts";
import { taskRuntime } from "../executor/running-task.ts";
import type { SparkContext } from "../context/spark-context.ts";
import type { Partitioner } from "../partitioner/partitioner.ts";
import type { OutputEffect, TaskResources } from "../message/job.ts";
import type { PlanEncoder } from "../plan/plan-encoder.ts";
import { type ResourceProfile, taskResourcesOf } from "../resource/resource-profile.ts";
import { describeLevel, isStored, sameLevel, type StorageLevel, StorageLevels } from "../storage/storage-level.ts";
import type { ComputationKind } from "../compute/stage-graph.ts";
import type { Actions } from "./actions.ts";
import type { ApproximateActions } from "./approximate-actions.ts";
import type { AsyncActions } from "./async-actions.ts";
import { type Checkpoint, checkpointFolder, describeCopy, markCheckpoint, waitingCheckpoints, writeCheckpoint } from "./checkpoint.ts";
import type { Dependency } from "./dependency.ts";
import type { DoubleFunctions } from "./double-functions.ts";
import type { LineageFunctions } from "./lineage-functions.ts";
import type { OrderedFunctions } from "./ordered-functions.ts";
import type { PairActions } from "./pair-actions.ts";
import type { PairFunctions } from "./pair-functions.ts";
import { Preparation } from "./preparation.ts";
import type { SaveActions } from "./save-actions.ts";
import type { Transformations } from "./transformations.ts";

/** What an RDD turns out to be once files were listed, samples taken and parents prepared. */
export interface PreparedRDD {
  readonly numPartitions: number;
  readonly dependencies: readonly Dependency[];
  readonly partitioner?: Partitioner;
  /** Present when all tasks of its stage have to run at once. */
  readonly isBarrier?: true;
  /** How long a task that ends in it is thought to run, in milliseconds. */
  readonly taskMs?: number;
  /** Absent when its records are as sure as its parents'. */
  readonly effect?: OutputEffect;
  /** How executors compute it. */
  readonly node: RDDNode;
  /** Hosts near each partition's data. */
  readonly preferredLocations?: readonly (readonly string[])[];
}

/** The RDD's part of a stage plan. */
export interface RDDNode {
  readonly kind: ComputationKind;
  /** Parents within the stage. */
  readonly parents: readonly RDD<unknown>[];
  /** Plain data for the computation; captures user functions through the encoder. */
  args(encoder: PlanEncoder): unknown;
}

// The methods of these families are written in files of their own and copied onto the prototype by installMethods().
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- installMethods() gives the class all that the interface says
export interface RDD<T>
  extends
    LineageFunctions<T>,
    Transformations<T>,
    Actions<T>,
    SaveActions<T>,
    AsyncActions<T>,
    ApproximateActions<T>,
    PairFunctions<T>,
    PairActions<T>,
    OrderedFunctions<T>,
    DoubleFunctions<T> {}

/**
 * A resilient distributed dataset: records in partitions, and how to compute each partition from its parents.
 *
 * Five things define one, as in the paper: its partitions, its dependencies, how to compute a partition ({@link RDDNode}),
 * optionally a partitioner, and optionally preferred locations. Subclasses give all five from {@link resolve}, which runs when
 * the first action needs them: building an RDD does no I/O.
 * @see Zaharia et al., "Resilient Distributed Datasets", NSDI 2012
 */
export abstract class RDD<T> {
  /** For the type checker: an RDD of texts is none of numbers. */
  declare protected readonly recordType?: T;
  readonly id: number;
  readonly context: SparkContext;
  /** Where the user made it: `map at app.ts:12`. */
  readonly callSite: string;
  /** Shown in `toDebugString` and the UI. */
  abstract readonly kindName: string;
  #parents: readonly RDD<unknown>[];
  #name: string | undefined;
  #level: StorageLevel = StorageLevels.NONE;
  #prepared: PreparedRDD | undefined;
  #preparing: { readonly preparation: Preparation; readonly done: Promise<void> } | undefined;
  #checkpoint: Checkpoint | undefined;
  #profile: { readonly profile: ResourceProfile; readonly task: TaskResources } | undefined;

  /** @param parents every RDD that {@link resolve} looks at; they are prepared first */
  constructor(context: SparkContext, method: string, parents: readonly RDD<unknown>[]) {
    if (taskRuntime() !== undefined) throw coreErrors.create("ACTION_INSIDE_TASK", { call: `${method}()` });
    context.assertRunning(method);
    this.context = context;
    this.id = context.newRDDId();
    this.callSite = context.callSite(method);
    this.#parents = parents;
  }

  /**
   * The five properties, once the parents are prepared. May list files and run jobs; called once.
   * @param preparation its signal is aborted when no action waits for the RDD any longer
   */
  protected abstract resolve(preparation: Preparation): PreparedRDD | Promise<PreparedRDD>;

  // ---- lineage

  /** Makes the RDD and all its ancestors ready for planning; ancestors first, without recursion. An aborted `signal` ends it with its reason. */
  async prepare(signal?: AbortSignal): Promise<PreparedRDD> {
    for (const rdd of ancestorsFirst(this)) {
      signal?.throwIfAborted();
      // Most RDDs need no files and no job: without a pause, actions are submitted in the order in which they were called.
      const pending = rdd.#prepareSelf(signal);
      if (pending !== undefined) await pending;
    }
    return this.prepared;
  }

  #prepareSelf(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#prepared !== undefined) return undefined;
    const running = this.#preparing;
    if (running?.preparation.isAbandoned === false) return running.preparation.wait(running.done, signal);
    const preparation = new Preparation();
    const resolved = this.resolve(preparation);
    if (!(resolved instanceof Promise)) {
      this.#prepared = resolved;
      return undefined;
    }
    const done = resolved
      .then((prepared) => {
        this.#prepared = prepared;
      })
      // A failure (a file that is not there yet) is tried anew by the next action.
      .finally(() => {
        if (this.#preparing?.preparation === preparation) this.#preparing = undefined;
      });
    this.#preparing = { preparation, done };
    return preparation.wait(done, signal);
  }

  /** What {@link prepare} found. */
  get prepared(): PreparedRDD {
    if (this.#prepared === undefined) throw coreErrors.create("KEY_NOT_FOUND", { call: "RDD.prepared", key: `RDD ${this.id}` });
    return this.#prepared;
  }

  get isPrepared(): boolean {
    return this.#prepared !== undefined;
  }

  /** RDDs that this one was made from. */
  get parents(): readonly RDD<unknown>[] {
    return this.#parents;
  }

  /** The edges to the parents. */
  async dependencies(): Promise<readonly Dependency[]> {
    return (await this.prepare()).dependencies;
  }

  async getNumPartitions(): Promise<number> {
    return (await this.prepare()).numPartitions;
  }

  /** The partitioner that placed the records, or undefined when none is known. */
  async partitioner(): Promise<Partitioner | undefined> {
    return (await this.prepare()).partitioner;
  }

  /** Hosts near a partition's data; empty when nowhere is better. */
  async preferredLocations(partition: number): Promise<readonly string[]> {
    return (await this.prepare()).preferredLocations?.[partition] ?? [];
  }

  // ---- checkpoints

  /**
   * Writes the records to the checkpoint folder after the next job on them, and forgets the lineage. Computes them once more unless they
   * are persisted.
   * @throws CHECKPOINT_DIR_MISSING
   */
  checkpoint(): void {
    checkpointFolder(this);
    this.#mark("reliable");
  }

  /**
   * Keeps the records in the executors' stores after the next job on them, and forgets the lineage. Fast, but what an executor held is
   * lost with it: tasks that need it fail with CHECKPOINT_BLOCK_LOST. Persists on disk too.
   */
  localCheckpoint(): this {
    const level = this.#level;
    this.#level = isStored(level) ? { ...level, useDisk: true } : StorageLevels.MEMORY_AND_DISK;
    this.context.persisted(this);
    this.#mark("local");
    return this;
  }

  #mark(kind: Checkpoint["kind"]): void {
    if (this.#checkpoint !== undefined && this.#checkpoint.state !== "marked") return;
    this.#checkpoint = { kind, state: "marked" };
    markCheckpoint(this);
  }

  /** True once a checkpoint was written. */
  isCheckpointed(): boolean {
    return this.#checkpoint?.state === "done";
  }

  /** The folder of the checkpoint, once it was written. */
  getCheckpointFile(): string | undefined {
    return this.#checkpoint?.path;
  }

  /** The stored copy of a checkpointed RDD, as `toDebugString` shows it. */
  get checkpointText(): string | undefined {
    return this.#checkpoint === undefined ? undefined : describeCopy(this.#checkpoint);
  }

  /** Writes checkpoints that wait for the first job on the lineage, which `callSite` ran. */
  async afterJob(callSite: string): Promise<void> {
    for (const rdd of waitingCheckpoints(this)) await rdd.#writeCheckpoint(callSite);
  }

  async #writeCheckpoint(callSite: string): Promise<void> {
    const checkpoint = this.#checkpoint;
    // Writing runs a job itself.
    if (checkpoint?.state !== "marked") return;
    checkpoint.state = "writing";
    try {
      this.#prepared = await writeCheckpoint(this, checkpoint);
      checkpoint.state = "done";
      checkpoint.copy = { rddId: this.context.newRDDId(), callSite };
    } finally {
      if (checkpoint.state === "writing") checkpoint.state = "marked";
    }
    this.#parents = [];
    this.context.lineageChanged(this);
  }

  // ---- names and storage

  get name(): string | undefined {
    return this.#name;
  }

  setName(name: string): this {
    this.#name = name;
    return this;
  }

  /**
   * Keeps the partitions at `level` once they have been computed.
   * @throws INVALID_ARGUMENT when the RDD is persisted at another level already
   */
  persist(level: StorageLevel = StorageLevels.MEMORY_ONLY): this {
    if (isStored(this.#level) && !sameLevel(this.#level, level)) {
      throw coreErrors.create("INVALID_ARGUMENT", {
        call: "persist()",
        name: "level",
        value: describeLevel(level),
        expected: `${describeLevel(this.#level)}, at which the RDD is persisted; call unpersist() first`,
      });
    }
    this.#level = level;
    this.context.persisted(this);
    return this;
  }

  /** `persist(StorageLevels.MEMORY_ONLY)`. */
  cache(): this {
    return this.persist();
  }

  /** Forgets the stored partitions; they are computed again when needed. */
  async unpersist(): Promise<this> {
    this.#level = StorageLevels.NONE;
    await this.context.unpersist(this.id);
    return this;
  }

  getStorageLevel(): StorageLevel {
    return this.#level;
  }

  // ---- resources

  /**
   * Computes the RDD in tasks that take what the profile says, in stages that begin from now on.
   * RDDs of one stage with different profiles are refused by the job unless `spark.scheduler.resource.profileMergeConflicts`.
   * @throws RESOURCE_PROFILE_UNSUPPORTED when it asks for more than cores of tasks
   */
  withResources(profile: ResourceProfile): this {
    this.#profile = { profile, task: taskResourcesOf(profile) };
    this.context.lineageChanged(this);
    return this;
  }

  getResourceProfile(): ResourceProfile | undefined {
    return this.#profile?.profile;
  }

  /** What the schedulers are told of the profile. */
  get taskResources(): TaskResources | undefined {
    return this.#profile?.task;
  }

  toString(): string {
    return `${this.#name === undefined ? "" : `${this.#name} `}${this.kindName}[${this.id}] at ${this.callSite}`;
  }

  static {
    const reason = "Only the driver can use an RDD: collect or broadcast its records first, or join the RDDs.";
    refuseToTravel(RDD.prototype, "RDD_IN_CLOSURE", reason);
  }
}

/** The RDD and its ancestors that are not prepared yet, each after its parents. */
function ancestorsFirst(rdd: RDD<unknown>): RDD<unknown>[] {
  const ordered: RDD<unknown>[] = [];
  const done = new Set<number>();
  const open: { readonly rdd: RDD<unknown>; readonly expanded: boolean }[] = [{ rdd: rdd, expanded: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.expanded) {
      ordered.push(next.rdd);
    } else if (!next.rdd.isPrepared && !done.has(next.rdd.id)) {
      done.add(next.rdd.id);
      open.push({ rdd: next.rdd, expanded: true });
      for (const parent of next.rdd.parents) open.push({ rdd: parent, expanded: false });
    }
  }
  return ordered;
}
