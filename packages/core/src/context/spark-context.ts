import type { Subscription } from "@vonk/bus";
import { subscribeTopic } from "@vonk/bus/internal";
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
import type { TaskContext } from "../executor/task-context.ts";
import type { SparkListenerEvent } from "../listener/listener-event.ts";
import { showProgress, writeProgressLines } from "../listener/console-progress.ts";
import { eventTopic, topicPrefix } from "../message/services.ts";
import type { StorageStatus } from "../message/status.ts";
import type { PlanFunction, ShuffleDependency } from "../rdd/dependency.ts";
import type { ApproximateEvaluator } from "../partial/approximate-evaluator.ts";
import { PartialResult } from "../partial/partial-result.ts";
import { version } from "../version.ts";
import { installMethods } from "../rdd/install-methods.ts";
import type { RDD } from "../rdd/rdd.ts";
import type { RecordIterator } from "../rdd/record-iterator.ts";
import type { JobSelector } from "../scheduler/scheduler-event.ts";
import type { PoolSettings, SchedulingMode } from "../scheduler/pool.ts";
import type { RecordCodec } from "../storage/record-codec.ts";
import { Broadcasts } from "./broadcasts.ts";
import { callSite } from "./call-site.ts";
import { type CleanableKind, ContextCleaner } from "./context-cleaner.ts";
import { ContextInputs } from "./context-inputs.ts";
import type { ActionOptions, JobOptions } from "./job-client.ts";
import { JobLimit } from "./job-limit.ts";
import { LocalProperties } from "./job-properties.ts";
import { JobRunner } from "./job-runner.ts";
import { ApplicationModules } from "../module/application-modules.ts";
import { type Application, DriverRuntime, modulesFolder } from "./driver-runtime.ts";
import { type ClusterMaster, type LocalMaster, parseMaster } from "./master-url.ts";
import { addArchiveTo, addFileTo, setDriverFolder } from "./spark-files.ts";
import { SparkStatusTracker } from "./status-tracker.ts";

/** How a SparkContext is made: its two common settings, and a conf for the rest. */
export interface SparkContextOptions {
  readonly master?: string;
  readonly appName?: string;
  readonly conf?: SparkConf | Readonly<Record<string, string | number | boolean>>;
}

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
  readonly #properties = new LocalProperties();
  readonly #persistent = new Map<number, WeakRef<RDD<unknown>>>();
  readonly #progress: Subscription | undefined;
  #checkpointDir: string | undefined;
  readonly #files = new Set<string>();
  readonly #archives = new Set<string>();
  readonly #cancelledGroups = new Set<string>();
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
    if (modules?.addEntry() === true) this.#filesAdded();
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
    const broadcast = this.#broadcasts.create(value);
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

  // ---- files

  /** Gives tasks a copy of a local file (or folder); they find it with `SparkFiles.get(name)`. @throws PATH_NOT_FOUND */
  addFile(path: string, recursive = false): void {
    this.assertRunning("addFile");
    this.#files.add(addFileTo(this.#runtime.folder, path, recursive));
    this.#filesAdded();
  }

  /**
   * Unpacks a local `.zip`, `.tar`, `.tar.gz` or `.tgz` for tasks; they find the folder with `SparkFiles.get(name)`.
   * The name is that of the archive, or what stands behind a `#`: `addArchive("model-3.tgz#model")`.
   * @throws PATH_NOT_FOUND, ARCHIVE_UNREADABLE, INVALID_ARGUMENT
   */
  addArchive(path: string): void {
    this.assertRunning("addArchive");
    this.#archives.add(addArchiveTo(this.#runtime.folder, path));
    this.#filesAdded();
  }

  #filesAdded(): void {
    if (!this.isLocal) this.#jobs.filesAdded();
  }

  /** Names of the folders of the added archives. */
  listArchives(): readonly string[] {
    return [...this.#archives];
  }

  /** Names of the added files. */
  listFiles(): readonly string[] {
    return [...this.#files];
  }

  // ---- jobs

  /**
   * Runs `func` on each (given) partition's records; the values in the order of `partitions`.
   * Every action is one call of this.
   */
  async runJob<T, U>(
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    partitions?: readonly number[],
    options?: ActionOptions,
  ): Promise<U[]> {
    return this.runPlanned<U>(rdd, "runJob", { user: func, call: "sc.runJob()" }, options, partitions);
  }

  /** Like {@link runJob}, giving each value to `onResult` as it arrives, with its position in `partitions`. */
  async submitJob<T, U>(
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    partitions: readonly number[],
    onResult: (index: number, value: U) => void,
    options?: ActionOptions,
  ): Promise<void> {
    await this.#run(
      rdd,
      "submitJob",
      { user: func, call: "sc.submitJob()" },
      (index, value) => onResult(index, value as U),
      options,
      partitions,
    );
  }

  /**
   * Runs `func` on each partition's records and gives what `evaluator` makes of the results that are there after `timeoutMs`; the job
   * goes on and brings the final value.
   */
  runApproximateJob<T, U, R>(
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    evaluator: ApproximateEvaluator<U, R>,
    timeoutMs: number,
    options?: ActionOptions,
  ): Promise<PartialResult<R>> {
    const call = "sc.runApproximateJob()";
    return this.runApproximately(rdd, "runApproximateJob", { user: func, call }, evaluator, timeoutMs, options);
  }

  /** {@link runApproximateJob} with a function of either sort; for actions. */
  async runApproximately<U, R>(
    rdd: RDD<unknown>,
    method: string,
    func: PlanFunction,
    evaluator: ApproximateEvaluator<U, R>,
    timeoutMs: number,
    options?: ActionOptions,
  ): Promise<PartialResult<R>> {
    if (!(timeoutMs >= 0)) {
      const params = { call: `${method}()`, name: "timeoutMs", value: String(timeoutMs), expected: "milliseconds, 0 or more" };
      throw coreErrors.create("INVALID_ARGUMENT", params);
    }
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = systemClock.schedule(timeoutMs, () => resolve("late"));
    const job = { ...options, callSite: this.callSite(method) };
    const done = this.#run(rdd, method, func, (index, value) => evaluator.merge(index, value as U), job);
    const final = done.then(async () => evaluator.currentResult(await rdd.getNumPartitions()));
    const first = await Promise.race([final.then((value) => ({ value })), late]).finally(() => timer.cancel());
    if (first !== "late") return new PartialResult(first.value);
    // Until files are listed nobody knows how many partitions there are, and nothing can be estimated.
    const total = await Promise.race([rdd.prepare().then(({ numPartitions }) => numPartitions), final.then(() => 0)]);
    return new PartialResult(evaluator.currentResult(total), final);
  }

  /** Runs a result function of the user's or the engine's; for actions. */
  async runPlanned<R>(
    rdd: RDD<unknown>,
    method: string,
    func: PlanFunction,
    options?: JobOptions,
    partitions?: readonly number[],
  ): Promise<R[]> {
    const results: R[] = [];
    await this.#run(rdd, method, func, (index, value) => (results[index] = value as R), options, partitions);
    return results;
  }

  /** {@link runPlanned} with one of the engine's result functions. */
  runBuiltin<R>(
    rdd: RDD<unknown>,
    method: string,
    name: string,
    args?: unknown,
    options?: JobOptions,
    partitions?: readonly number[],
  ): Promise<R[]> {
    return this.runPlanned<R>(rdd, method, { builtin: name, args }, options, partitions);
  }

  /** Runs an action of several jobs under one limit, made from its options. */
  async limited<R>(options: JobOptions | undefined, run: (options: JobOptions) => Promise<R>): Promise<R> {
    const limit = options?.limit ?? JobLimit.of(options, systemClock);
    if (limit === undefined || limit === options?.limit) return run(options ?? {});
    limit.jobId = this.#jobs.nextJobId;
    try {
      return await run({ ...options, limit });
    } finally {
      limit.close();
    }
  }

  async #run(
    rdd: RDD<unknown>,
    method: string,
    func: PlanFunction,
    onResult: (index: number, value: unknown) => void,
    options?: JobOptions,
    partitions?: readonly number[],
  ): Promise<void> {
    if (taskRuntime() !== undefined) throw coreErrors.create("ACTION_INSIDE_TASK", { call: `${method}()` });
    this.assertRunning(method);
    const group = this.#properties.get("spark.jobGroup.id");
    if (group !== undefined && this.#cancelledGroups.has(group)) throw coreErrors.create("JOB_GROUP_CANCELLED", { group });
    const request = { rdd, callSite: options?.callSite ?? this.callSite(method), properties: this.#properties.snapshot(), func, options };
    await this.#jobs.run(partitions === undefined ? request : { ...request, partitions }, onResult);
    await rdd.afterJob(request.callSite);
  }

  cancelJob(jobId: number, reason = "cancelled by the user"): Promise<void> {
    return this.#cancel({ kind: "job", jobId }, reason);
  }

  cancelStage(stageId: number, reason = "cancelled by the user"): Promise<void> {
    return this.#cancel({ kind: "stage", stageId }, reason);
  }

  cancelJobGroup(groupId: string, reason = "cancelled by the user"): Promise<void> {
    return this.#cancel({ kind: "group", groupId }, reason);
  }

  /** Cancels the group's jobs, and refuses those submitted later. */
  async cancelJobGroupAndFutureJobs(groupId: string, reason = "cancelled by the user"): Promise<void> {
    this.#cancelledGroups.add(groupId);
    await this.cancelJobGroup(groupId, reason);
  }

  cancelJobsWithTag(tag: string, reason = "cancelled by the user"): Promise<void> {
    return this.#cancel({ kind: "tag", tag }, reason);
  }

  cancelAllJobs(): Promise<void> {
    return this.#cancel({ kind: "all" }, "all jobs were cancelled");
  }

  async #cancel(selector: JobSelector, reason: string): Promise<void> {
    await this.#jobs.client.driver.call("cancelJobs", { selector, reason });
  }

  /** Kills a running task attempt; it is tried again. False when it does not run. */
  killTaskAttempt(taskId: number, reason = "killed by the user"): Promise<boolean> {
    return this.#jobs.client.driver.call("killTask", { taskId, reason });
  }

  setJobGroup(groupId: string, description = ""): void {
    this.#properties.setGroup(groupId, description);
  }

  clearJobGroup(): void {
    this.#properties.clearGroup();
  }

  setJobDescription(description: string | undefined): void {
    this.#properties.setDescription(description);
  }

  /** Tags of jobs submitted from now on. @throws INVALID_ARGUMENT for an empty tag or one with a comma */
  addJobTag(tag: string): void {
    if (tag === "" || tag.includes(",")) {
      throw coreErrors.create("INVALID_ARGUMENT", { call: "addJobTag()", name: "tag", value: `'${tag}'`, expected: "text without commas" });
    }
    this.#properties.addTag(tag);
  }

  addJobTags(tags: Iterable<string>): void {
    for (const tag of tags) this.addJobTag(tag);
  }

  removeJobTag(tag: string): void {
    this.#properties.removeTag(tag);
  }

  getJobTags(): ReadonlySet<string> {
    return new Set(this.#properties.tags);
  }

  clearJobTags(): void {
    this.#properties.clearTags();
  }

  /** A setting for jobs submitted from now on; `spark.scheduler.pool` chooses the pool. Undefined takes it away. */
  setLocalProperty(key: string, value: string | undefined): void {
    this.#properties.set(key, value);
  }

  /** False lets cancelled tasks of jobs submitted from now on run to the end of their batch, however long that takes. */
  setInterruptOnCancel(interrupt: boolean): void {
    this.#properties.set("spark.job.interruptOnCancel", String(interrupt));
  }

  getLocalProperty(key: string): string | undefined {
    return this.#properties.get(key);
  }

  // ---- observation

  /** Calls `listener` for each of Spark's listener events until the result is closed. */
  addSparkListener(listener: (event: SparkListenerEvent) => void): Subscription {
    return subscribeTopic(this.#runtime.bus, eventTopic, topicPrefix(this.applicationId), listener);
  }

  /** FIFO or FAIR, between the jobs of this application. */
  getSchedulingMode(): SchedulingMode {
    return this.conf.read(coreConfig.schedulerMode) === "FAIR" ? "FAIR" : "FIFO";
  }

  /** Bytes of shared memory by executor id: in all, and not in use; of executors on a cluster as of their last heartbeat. */
  async getExecutorMemoryStatus(): Promise<ReadonlyMap<string, { readonly totalBytes: number; readonly freeBytes: number }>> {
    const executors = this.isLocal ? [] : await this.#jobs.client.driver.call("executorMemory", {});
    const { capacityBytes, usedBytes } = this.#runtime.allocator;
    const all = [{ executorId: "driver", totalBytes: capacityBytes, usedBytes }, ...executors];
    return new Map(all.map(({ executorId, totalBytes, usedBytes: used }) => [executorId, { totalBytes, freeBytes: totalBytes - used }]));
  }

  // ---- executors

  /** Wants `count` more executors of the cluster; false when it did not take the wish, as in local mode. */
  requestExecutors(count: number): Promise<boolean> {
    return this.#requestExecutors("requestExecutors", count, false);
  }

  /** Wants `count` executors in all from now on, be they more or less; false when the cluster did not take the wish, as in local mode. */
  requestTotalExecutors(count: number): Promise<boolean> {
    return this.#requestExecutors("requestTotalExecutors", count, true);
  }

  /** Ends an executor and asks for no other in its place; false when there was none of that id, as in local mode. */
  killExecutor(executorId: string): Promise<boolean> {
    return this.killExecutors([executorId]);
  }

  /** Ends executors and asks for no others in their place; false when none of the ids was known, as in local mode. */
  async killExecutors(executorIds: readonly string[]): Promise<boolean> {
    if (this.#refusesExecutors("killExecutors")) return false;
    return (await this.#jobs.client.driver.call("killExecutors", { executorIds })).length > 0;
  }

  async #requestExecutors(call: string, count: number, isTotal: boolean): Promise<boolean> {
    if (!Number.isInteger(count) || count < 0) {
      const params = { call: `${call}()`, name: "count", value: String(count), expected: "a whole number, 0 or more" };
      throw coreErrors.create("INVALID_ARGUMENT", params);
    }
    if (this.#refusesExecutors(call)) return false;
    return this.#jobs.client.driver.call("requestExecutors", { count, isTotal });
  }

  #refusesExecutors(call: string): boolean {
    this.assertRunning(call);
    if (this.isLocal) this.log.warn(`${call}() does nothing in local mode: its one executor is the program itself`);
    return this.isLocal;
  }

  getAllPools(): Promise<readonly PoolSettings[]> {
    return this.#jobs.client.driver.call("pools", {});
  }

  async getPoolForName(name: string): Promise<PoolSettings | undefined> {
    return (await this.getAllPools()).find((pool) => pool.name === name);
  }

  /** How much of each persisted RDD is stored. */
  getRDDStorageInfo(): Promise<readonly StorageStatus[]> {
    return this.#jobs.client.driver.call("storage", {});
  }

  /** Persisted RDDs that are still in use, by id. */
  getPersistentRDDs(): ReadonlyMap<number, RDD<unknown>> {
    const alive = [...this.#persistent].flatMap(([id, reference]) => {
      const rdd = reference.deref();
      return rdd === undefined ? [] : [[id, rdd] as const];
    });
    return new Map(alive);
  }

  // ---- for RDDs

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
