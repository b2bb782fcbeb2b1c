import type { Subscription } from "@vonk/bus";
import { createLogger, errorToData, type Logger, type LogLevel } from "@vonk/common";
import { randomSeed, systemClock } from "@vonk/common/internal";
import { FileSystems } from "@vonk/filesystem/internal";
import { type AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from "../accumulator/accumulator.ts";
import type { Broadcast } from "../broadcast/broadcast.ts";
import { refuseToTravel } from "../closure/travel-symbols.ts";
import { coreConfig } from "../config/core-config.ts";
import { SparkConf } from "../config/spark-conf.ts";
import { coreErrors } from "../errors.ts";
import { taskRuntime } from "../executor/running-task.ts";
import { showProgress, writeProgressLines } from "../listener/console-progress.ts";
import type { ShuffleDependency } from "../rdd/dependency.ts";
import { version } from "../version.ts";
import { copyMethods, installMethods } from "../rdd/install-methods.ts";
import type { RDD } from "../rdd/rdd.ts";
import type { RecordCodec } from "../storage/record-codec.ts";
import { Broadcasts } from "./broadcasts.ts";
import { callSite } from "./call-site.ts";
import { type CleanableKind, ContextCleaner } from "./context-cleaner.ts";
import { ContextExecutors } from "./context-executors.ts";
import { ContextFiles } from "./context-files.ts";
import { ContextInputs } from "./context-inputs.ts";
import { ContextJobControl } from "./context-job-control.ts";
import { ContextJobs } from "./context-jobs.ts";
import { ContextObservation } from "./context-observation.ts";
import { setContextParts } from "./context-parts.ts";
import { LocalProperties } from "./job-properties.ts";
import { JobRunner } from "./job-runner.ts";
import { ApplicationModules } from "../module/application-modules.ts";
import { type Application, DriverRuntime, modulesFolder } from "./driver-runtime.ts";
import { type ClusterMaster, type LocalMaster, parseMaster } from "./master-url.ts";
import { setDriverFolder } from "./spark-files.ts";
import { SparkStatusTracker } from "./status-tracker.ts";

/** How a SparkContext is made: its two common settings, and a conf for the rest. */
export interface SparkContextOptions {
  readonly master?: string;
  readonly appName?: string;
  readonly conf?: SparkConf | Readonly<Record<string, string | number | boolean>>;
}

// The methods of these families are written in files of their own and copied onto the prototype.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the class's static block gives it all that the interface says
export interface SparkContext extends ContextFiles, ContextJobs, ContextJobControl, ContextObservation, ContextExecutors {}

/**
 * The door to the engine: makes RDDs, runs jobs, owns the threads.
 * `await sc.stop()` ends it; a program that forgets exits all the same.
 */
export class SparkContext extends ContextInputs implements AsyncDisposable {
  readonly conf: SparkConf;
  readonly master: string;
  readonly appName: string;
  readonly applicationId: string;
  /** Wall-clock milliseconds since 1970. */
  readonly startTime: number;
  readonly version: string = version;
  readonly log: Logger;
  readonly statusTracker: SparkStatusTracker;
  override readonly fileSystems: FileSystems;
  readonly #application: Application;
  readonly #master: LocalMaster | ClusterMaster;
  readonly #runtime: DriverRuntime;
  readonly #jobs: JobRunner;
  readonly #broadcasts: Broadcasts;
  readonly #cleaner: ContextCleaner;
  readonly #persistent = new Map<number, WeakRef<RDD<unknown>>>();
  readonly #progress: Subscription | undefined;
  #checkpointDir: string | undefined;
  #callSite: string | undefined;
  #nextRDDId = 0;
  #nextShuffleId = 0;
  #nextAccumulatorId = 0;
  #stopped = false;

  /**
   * Starts the service thread and the task threads; returns at once.
   * @throws MASTER_URL_INVALID, MASTER_URL_UNSUPPORTED, CONFIG_INVALID_VALUE
   */
  constructor(options: SparkContextOptions | SparkConf = {}) {
    super();
    if (taskRuntime() !== undefined) throw coreErrors.create("ACTION_INSIDE_TASK", { call: "new SparkContext()" });
    installMethods();
    this.conf = confOf(options);
    SparkContext.#active = new WeakRef(this);
    this.master = this.conf.read(coreConfig.master);
    this.appName = this.conf.read(coreConfig.appName);
    this.#master = parseMaster(this.master, this.conf.read(coreConfig.clusterManager));
    this.startTime = systemClock.now();
    this.applicationId = `${this.#master.kind === "local" ? "local" : "app"}-${this.startTime}-${randomSeed().toString(36).slice(0, 6)}`;
    this.log = createLogger(
      "vonk",
      this.conf.read(coreConfig.logLevel) as LogLevel,
      (line) => process.stderr.write(line),
      () => systemClock.now(),
    );
    this.#application = { id: this.applicationId, name: this.appName, root: process.cwd() };
    this.fileSystems = new FileSystems(this.#application.root);
    this.#runtime = new DriverRuntime(this.#application, this.conf, this.#master, (cause) => this.#lost(cause));
    setDriverFolder(this.#runtime.folder);
    // Taken now, while the files are those that were loaded.
    const modules = this.isLocal
      ? undefined
      : new ApplicationModules(modulesFolder(this.#runtime.folder), (message) => this.log.warn(message));
    this.#jobs = new JobRunner(this.#application, this.#runtime, this.log, modules);
    if (modules?.addEntry() === true) this.#jobs.filesAdded();
    setContextParts(this, {
      runtime: this.#runtime,
      jobs: this.#jobs,
      segmentOwner: () => {
        this.assertRunning("broadcast");
        return this.#watched(this.#broadcasts.owner());
      },
      properties: new LocalProperties(),
      cancelledGroups: new Set(),
      files: new Set(),
      archives: new Set(),
    });
    this.#broadcasts = new Broadcasts(this.#runtime, this.#jobs.codec, this.#jobs.client.driver, (id, error) => {
      if (!this.#stopped) this.log.error(`Broadcast ${id} did not reach the driver; tasks will not find it`, { error: String(error) });
    });
    this.#cleaner = new ContextCleaner(
      (kind, id) => this.#clean(kind, id),
      (error, kind, id) => this.log.warn(`A ${kind} that nothing refers to was not freed`, { id, error: String(error) }),
    );
    this.statusTracker = new SparkStatusTracker(this.#jobs.client.driver);
    this.#progress = this.#showProgress();
    for (const path of listed(this.conf.read(coreConfig.files))) this.addFile(path);
    for (const path of listed(this.conf.read(coreConfig.archives))) this.addArchive(path);
  }

  #showProgress(): Subscription | undefined {
    if (this.conf.read(coreConfig.progressLines)) return writeProgressLines(this, process.stderr, systemClock);
    return this.conf.read(coreConfig.showConsoleProgress) ? showProgress(this, process.stderr, systemClock) : undefined;
  }

  /** The running context of this program, or a new one; the options count only for a new one. */
  static getOrCreate(options: SparkContextOptions | SparkConf = {}): SparkContext {
    const running = SparkContext.#active?.deref();
    return running === undefined || running.isStopped ? new SparkContext(options) : running;
  }

  static #active: WeakRef<SparkContext> | undefined;

  // ---- settings

  /** `spark.default.parallelism`, or the cores of the master; on a cluster those granted so far or `spark.cores.max`, at least 2. */
  override get defaultParallelism(): number {
    if (this.configuredParallelism !== undefined) return this.configuredParallelism;
    if (this.#master.kind === "local") return this.#master.cores;
    return Math.max(2, this.conf.read(coreConfig.coresMax) || this.#runtime.clusterSlots);
  }

  /** `spark.default.parallelism` when it is set. */
  get configuredParallelism(): number | undefined {
    const configured = this.conf.read(coreConfig.defaultParallelism);
    return configured > 0 ? configured : undefined;
  }

  getConf(): SparkConf {
    return this.conf.clone();
  }

  get isLocal(): boolean {
    return this.#master.kind === "local";
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  setLogLevel(level: LogLevel): void {
    this.log.level = level;
  }

  /** The folder for {@link RDD.checkpoint}; made when the first checkpoint is written. */
  setCheckpointDir(folder: string): void {
    this.#checkpointDir = folder;
  }

  getCheckpointDir(): string | undefined {
    const configured = this.conf.read(coreConfig.checkpointDir);
    return this.#checkpointDir ?? (configured === "" ? undefined : configured);
  }

  // ---- shared variables

  /** A value that every executor process holds once. @throws RECORD_NOT_ENCODABLE for values that cannot travel */
  broadcast<T>(value: T): Broadcast<T> {
    this.assertRunning("broadcast");
    return this.#watched(this.#broadcasts.create(value));
  }

  /** Is freed when nothing refers to it any more. */
  #watched<T>(broadcast: Broadcast<T>): Broadcast<T> {
    this.#cleaner.watch(broadcast, "broadcast", broadcast.id);
    return broadcast;
  }

  /** Makes an accumulator known, so that tasks may add to it. */
  register<IN, OUT>(accumulator: AccumulatorV2<IN, OUT>, name?: string): AccumulatorV2<IN, OUT> {
    accumulator.id = this.#nextAccumulatorId++;
    accumulator.name = name;
    this.#jobs.registerAccumulator(accumulator);
    return accumulator;
  }

  longAccumulator(name?: string): LongAccumulator {
    return this.register(new LongAccumulator(), name) as LongAccumulator;
  }

  doubleAccumulator(name?: string): DoubleAccumulator {
    return this.register(new DoubleAccumulator(), name) as DoubleAccumulator;
  }

  collectionAccumulator<T>(name?: string): CollectionAccumulator<T> {
    return this.register(new CollectionAccumulator<T>(), name) as CollectionAccumulator<T>;
  }

  // ---- for RDDs

  /** Persisted RDDs that are still in use, by id. */
  getPersistentRDDs(): ReadonlyMap<number, RDD<unknown>> {
    const alive = [...this.#persistent].flatMap(([id, reference]) => {
      const rdd = reference.deref();
      return rdd === undefined ? [] : [[id, rdd] as const];
    });
    return new Map(alive);
  }

  /** Codec of records on the user's thread. */
  get codec(): RecordCodec {
    return this.#jobs.codec;
  }

  newRDDId(): number {
    return this.#nextRDDId++;
  }

  newShuffleId(): number {
    return this.#nextShuffleId++;
  }

  callSite(method: string): string {
    return this.#callSite ?? callSite(method);
  }

  /** Shown instead of the user's file and line for RDDs made and jobs run from now on. */
  setCallSite(site: string): void {
    this.#callSite = site;
  }

  clearCallSite(): void {
    this.#callSite = undefined;
  }

  /** @throws CONTEXT_STOPPED */
  assertRunning(method: string): void {
    if (this.#stopped) throw coreErrors.create("CONTEXT_STOPPED", { call: `${method}()` });
  }

  /** Frees the shuffle's output once nothing refers to it. */
  trackShuffle(dependency: ShuffleDependency): void {
    this.#cleaner.watch(dependency, "shuffle", dependency.shuffleId);
  }

  persisted(rdd: RDD<unknown>): void {
    if (!this.#persistent.has(rdd.id)) this.#cleaner.watch(rdd, "rdd", rdd.id);
    this.#persistent.set(rdd.id, new WeakRef(rdd));
    this.#jobs.changed(rdd.id);
  }

  lineageChanged(rdd: RDD<unknown>): void {
    this.#jobs.changed(rdd.id);
  }

  async unpersist(rddId: number): Promise<void> {
    this.#persistent.delete(rddId);
    this.#jobs.changed(rddId);
    await this.#jobs.client.driver.call("unpersistRDD", { rddId });
  }

  /** Drops the output of a shuffle; it is made again when needed. */
  async removeShuffle(shuffleId: number): Promise<void> {
    await this.#jobs.removeShuffle(shuffleId);
  }

  async #clean(kind: CleanableKind, id: number): Promise<void> {
    if (this.#stopped) return;
    if (kind === "rdd") await this.unpersist(id);
    else if (kind === "shuffle") await this.removeShuffle(id);
    else await this.#broadcasts.remove(id);
  }

  // ---- end

  /** The service thread died: every running job fails and the context is of no more use. */
  #lost(cause: Error | undefined): void {
    this.#stopped = true;
    const error = coreErrors.create("DRIVER_THREAD_LOST", { reason: cause?.message ?? "it exited" }, { cause });
    this.log.error(error.message, { stack: cause?.stack });
    this.#jobs.client.failAll(errorToData(error));
    void this.#runtime.terminate();
  }

  /** Cancels what runs, ends the threads and deletes temporary files. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#progress?.close();
    this.#jobs.client.failAll(errorToData(coreErrors.create("CONTEXT_STOPPED", { call: "A running job" })));
    this.#runtime.setBusy(true);
    await this.#jobs.client.driver.call("stop", {});
    setDriverFolder(undefined);
    await this.#runtime.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  static {
    copyMethods([ContextFiles, ContextJobs, ContextJobControl, ContextObservation, ContextExecutors], SparkContext.prototype);
    refuseToTravel(
      SparkContext.prototype,
      "CONTEXT_IN_CLOSURE",
      "Only the driver can use a SparkContext: read what you need from it before the call.",
    );
  }
}

function listed(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function confOf(options: SparkContextOptions | SparkConf): SparkConf {
  if (options instanceof SparkConf) return options.clone();
  const { conf } = options;
  const made = conf instanceof SparkConf ? conf.clone() : new SparkConf(conf);
  if (options.master !== undefined) made.setMaster(options.master);
  if (options.appName !== undefined) made.setAppName(options.appName);
  return made;
}
