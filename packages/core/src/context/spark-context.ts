import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { Worker } from "node:worker_threads";
import { PortBus, type PortLike } from "@vonk/bus/internal";
import { createSegment, ExtentAllocator, type SegmentHandle } from "@vonk/columnar/internal";
import { createLogger, errorToData, type Logger, type LogLevel } from "@vonk/common";
import { randomSeed, systemClock } from "@vonk/common/internal";
import { computeSplits, expandPaths, FileSystems } from "@vonk/filesystem/internal";
import { ClosureDecoder } from "../closure/closure-decoder.ts";
import { coreConfig } from "../config/core-config.ts";
import { SparkConf } from "../config/spark-conf.ts";
import type { ServiceThreadStart } from "../driver/local-driver.ts";
import { refuseToTravel } from "../closure/travel-symbols.ts";
import { coreErrors } from "../errors.ts";
import { workerURL } from "../executor/worker-url.ts";
import type { JobSubmission, RDDInfo, ShuffleInfo } from "../message/job.ts";
import type { ResultValue } from "../message/task-result.ts";
import { checkPartitions } from "../partitioner/partitioner.ts";
import { PlanEncoder } from "../plan/plan-encoder.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import type { PlanFunction, ShuffleDependency } from "../rdd/dependency.ts";
import { FileRDD } from "../rdd/file-rdd.ts";
import { installMethods } from "../rdd/install-methods.ts";
import { ParallelCollectionRDD } from "../rdd/parallel-collection-rdd.ts";
import { RangeRDD } from "../rdd/range-rdd.ts";
import type { RDD } from "../rdd/rdd.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { createRecordCodec, type RecordCodec } from "../storage/record-codec.ts";
import { type ActionOptions, JobClient } from "./job-client.ts";
import { callSite } from "./call-site.ts";
import { makeLocalFolder } from "./local-folders.ts";
import { type LocalMaster, parseMaster } from "./master-url.ts";

/** How a SparkContext is made: a conf, or its two common settings and a conf for the rest. */
export interface SparkContextOptions {
  readonly master?: string;
  readonly appName?: string;
  readonly conf?: SparkConf | Readonly<Record<string, string | number | boolean>>;
}

/** Version of the engine; driver and executors must agree. */
export const version = "0.1.0";

const mebibyte = 2 ** 20;

/**
 * The door to the engine: makes RDDs, runs jobs, owns the threads.
 * `await sc.stop()` ends it; a program that forgets exits all the same.
 */
export class SparkContext implements AsyncDisposable {
  readonly conf: SparkConf;
  readonly master: string;
  readonly appName: string;
  readonly applicationId: string;
  readonly startTimeMs: number;
  readonly log: Logger;
  readonly codec: RecordCodec;
  readonly #local: LocalMaster;
  readonly #worker: Worker;
  readonly #bus: PortBus;
  readonly #jobs: JobClient;
  readonly #allocator: ExtentAllocator;
  readonly #decoder: ClosureDecoder;
  readonly #localFolder: string;
  readonly #fileSystems = new FileSystems(process.cwd());
  readonly #sentRDDs = new Set<number>();
  readonly #sentShuffles = new Set<number>();
  #nextRDDId = 0;
  #nextShuffleId = 0;
  #nextJobId = 0;
  #stopped = false;

  /**
   * Starts the service thread and the task threads; returns at once.
   * @throws MASTER_URL_INVALID, MASTER_URL_UNSUPPORTED, CONFIG_INVALID_VALUE
   */
  constructor(options: SparkContextOptions | SparkConf = {}) {
    installMethods();
    this.conf = confOf(options);
    this.master = this.conf.read(coreConfig.master);
    this.appName = this.conf.read(coreConfig.appName);
    this.#local = parseMaster(this.master);
    this.startTimeMs = systemClock.now();
    this.applicationId = `local-${this.startTimeMs}-${randomSeed().toString(36).slice(0, 6)}`;
    this.log = createLogger("vonk", this.conf.read(coreConfig.logLevel) as LogLevel, (line) => process.stderr.write(line), systemClock.now);
    this.#localFolder = makeLocalFolder(this.conf.read(coreConfig.localDir), this.applicationId);
    const segment = createSegment(this.conf.read(coreConfig.executorMemory) * this.conf.read(coreConfig.memoryFraction));
    this.#allocator = new ExtentAllocator(segment, 0);
    this.#decoder = new ClosureDecoder({ appRoot: this.appRoot });
    this.codec = createRecordCodec(this.#decoder);
    this.#worker = new Worker(workerURL("service-thread"), { workerData: this.#threadStart(segment), name: "vonk-service" });
    this.#worker.unref();
    this.#bus = new PortBus(this.#worker as PortLike);
    process.on("exit", this.#onExit);
    this.#jobs = new JobClient({
      bus: this.#bus,
      appId: this.applicationId,
      clock: systemClock,
      decode: (value) => this.#decodeResult(value),
      applyAccumulators: () => undefined,
      setBusy: (busy) => (busy ? this.#worker.ref() : this.#worker.unref()),
    });
  }

  readonly #onExit = (): void => rmSync(this.#localFolder, { recursive: true, force: true });

  /** The folder that the application's modules are resolved from. */
  get appRoot(): string {
    return process.cwd();
  }

  #threadStart(segment: SegmentHandle): ServiceThreadStart {
    const { conf } = this;
    const memoryBytes = conf.read(coreConfig.executorMemory);
    const slots = Math.max(1, Math.floor(this.#local.cores / conf.read(coreConfig.taskCpus)));
    const heapBytes = memoryBytes * (1 - conf.read(coreConfig.memoryFraction));
    return {
      driver: {
        appId: this.applicationId,
        appName: this.appName,
        maxFailures: this.#local.maxFailures,
        localityWaitMs: conf.read(coreConfig.localityWait),
        schedulingMode: conf.read(coreConfig.schedulerMode) === "FAIR" ? "FAIR" : "FIFO",
        pools: [],
        maxConsecutiveAttempts: conf.read(coreConfig.stageMaxConsecutiveAttempts),
        resubmitDelayMs: conf.read(coreConfig.resubmitDelay),
        queueAheadMs: conf.read(coreConfig.queueAhead),
        maxResultBytes: conf.read(coreConfig.driverMaxResultSize),
        eventLogDir: conf.read(coreConfig.eventLogEnabled) ? conf.read(coreConfig.eventLogDir) : undefined,
        version,
        sparkProperties: conf.getAll(),
      },
      executor: {
        executorId: "driver",
        host: hostname(),
        appRoot: this.appRoot,
        localDir: this.#localFolder,
        batchRecords: conf.read(coreConfig.batchRecords),
        asyncConcurrency: conf.read(coreConfig.asyncConcurrency),
        spillHeapBytes: Math.max(32 * mebibyte, heapBytes / slots),
        heapLimitBytes: Math.max(128 * mebibyte, memoryBytes),
      },
      segment,
      slots,
      storageFraction: conf.read(coreConfig.memoryStorageFraction),
      killGraceMs: conf.read(coreConfig.killGrace),
      heapHardLimitMiB: Math.ceil((Math.max(128 * mebibyte, memoryBytes) * 2) / mebibyte) + 256,
      cloneMessages: conf.get("vonk.bus.clone", "false") === "true",
    };
  }

  // ---- inputs

  /** An RDD of the records of an array. @throws INVALID_ARGUMENT */
  parallelize<T>(records: Iterable<T>, numSlices: number = this.defaultParallelism): RDD<T> {
    const list = Array.isArray(records) ? (records as readonly T[]) : [...records];
    return new ParallelCollectionRDD(this, list, checkPartitions(numSlices, "parallelize()"));
  }

  /** Numbers from `start` up to, not including, `end`; with one argument from 0. @throws INVALID_ARGUMENT */
  range(start: number, end?: number, step = 1, numSlices: number = this.defaultParallelism): RDD<number> {
    const [from, to] = end === undefined ? [0, start] : [start, end];
    if (step === 0) throw coreErrors.create("INVALID_ARGUMENT", { call: "range()", name: "step", value: step, expected: "a number other than 0" });
    const count = Math.max(0, Math.ceil((to - from) / step));
    return new RangeRDD(this, { start: from, step, count, numSlices: checkPartitions(numSlices, "range()") });
  }

  /** Lines of text files: paths, globs, folders, comma lists; gzip and zstd by their endings. */
  textFile(path: string, minPartitions: number = this.defaultMinPartitions): RDD<string> {
    checkPartitions(minPartitions, "textFile()");
    const find = async () => computeSplits(await expandPaths(this.#fileSystems, path), minPartitions).map((split) => [split]);
    return new FileRDD<string>(this, "textFile", "HadoopRDD", find, { format: "lines" });
  }

  // ---- settings

  /** Partitions of `parallelize` and shuffles that name none: `spark.default.parallelism` or the cores. */
  get defaultParallelism(): number {
    return this.configuredParallelism ?? this.#local.cores;
  }

  /** `spark.default.parallelism` when it is set. */
  get configuredParallelism(): number | undefined {
    const configured = this.conf.read(coreConfig.defaultParallelism);
    return configured > 0 ? configured : undefined;
  }

  /** Least partitions of file inputs that name none. */
  get defaultMinPartitions(): number {
    return Math.min(this.defaultParallelism, 2);
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  // ---- for RDDs

  newRDDId(): number {
    return this.#nextRDDId++;
  }

  newShuffleId(): number {
    return this.#nextShuffleId++;
  }

  callSite(method: string): string {
    return callSite(method);
  }

  /** @throws CONTEXT_STOPPED */
  assertRunning(method: string): void {
    if (this.#stopped) throw coreErrors.create("CONTEXT_STOPPED", { call: `${method}()` });
  }

  trackShuffle(_dependency: ShuffleDependency): void {
    return;
  }

  persisted(rdd: RDD<unknown>): void {
    this.#sentRDDs.delete(rdd.id);
  }

  lineageChanged(rdd: RDD<unknown>): void {
    this.#sentRDDs.delete(rdd.id);
  }

  async unpersist(rddId: number): Promise<void> {
    this.#sentRDDs.delete(rddId);
    await this.#jobs.driver.call("unpersistRDD", { rddId });
  }

  // ---- jobs

  /** Runs one of the engine's result functions on all (or the given) partitions; values by position. */
  async runBuiltin<R>(
    rdd: RDD<unknown>,
    method: string,
    name: string,
    args?: Readonly<Record<string, unknown>>,
    options?: ActionOptions,
    partitions?: readonly number[],
  ): Promise<R[]> {
    this.assertRunning(method);
    const site = this.callSite(method);
    await rdd.prepare();
    const wanted = partitions ?? Array.from({ length: rdd.prepared.numPartitions }, (_, partition) => partition);
    const results: R[] = Array.from({ length: wanted.length });
    const func = (encoder: PlanEncoder): FunctionRef => ({ builtin: name, args: encodeArgs(args, encoder) });
    await this.#submit(rdd as RDD<unknown>, site, func, wanted, (index, value) => (results[index] = value as R), options);
    return results;
  }

  async #submit(
    rdd: RDD<unknown>,
    site: string,
    func: (encoder: PlanEncoder) => FunctionRef,
    partitions: readonly number[],
    onResult: (index: number, value: unknown) => void,
    options?: ActionOptions,
  ): Promise<void> {
    const encoder = this.#encoder();
    const plan = encoder.stage(rdd, { kind: "result", func: func(encoder) });
    const { rdds, shuffles } = this.#lineage(rdd);
    const job: JobSubmission = { jobId: this.#nextJobId++, callSite: site, properties: {}, rddId: rdd.id, partitions, plan, rdds, shuffles };
    await this.#jobs.run(job, onResult, options);
  }

  #encoder(): PlanEncoder {
    return new PlanEncoder(this.appRoot, (bytes, location, warnings) => {
      for (const warning of warnings) this.log.warn(warning, { location, bytes });
    });
  }

  /** What the driver does not know yet of the lineage of `rdd`. */
  #lineage(rdd: RDD<unknown>): { readonly rdds: RDDInfo[]; readonly shuffles: ShuffleInfo[] } {
    const rdds: RDDInfo[] = [];
    const shuffles: ShuffleInfo[] = [];
    const seen = new Set<number>();
    const open = [rdd];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next.id)) continue;
      seen.add(next.id);
      const { dependencies } = next.prepared;
      if (!this.#sentRDDs.has(next.id)) rdds.push(infoOf(next));
      this.#sentRDDs.add(next.id);
      for (const dependency of dependencies) {
        open.push(dependency.rdd);
        if (dependency.kind !== "shuffle" || this.#sentShuffles.has(dependency.shuffleId)) continue;
        this.#sentShuffles.add(dependency.shuffleId);
        shuffles.push(this.#shuffleInfo(dependency, next));
      }
    }
    return { rdds, shuffles };
  }

  #shuffleInfo(dependency: ShuffleDependency, child: RDD<unknown>): ShuffleInfo {
    const encoder = this.#encoder();
    const sink = encoder.shuffleSink(dependency);
    return {
      shuffleId: dependency.shuffleId,
      rddId: dependency.rdd.id,
      numMaps: dependency.rdd.prepared.numPartitions,
      numReducers: dependency.partitioner.numPartitions,
      plan: encoder.stage(dependency.rdd, sink),
      callSite: child.callSite,
    };
  }

  #decodeResult(value: ResultValue): unknown {
    if (value.kind === "plain") return value.value;
    const records: unknown[] = [];
    for (const chunk of value.chunks) {
      for (const record of this.codec.open(readBytes(chunk, this.#allocator)).decode()) records.push(record);
    }
    return value.single ? records[0] : records;
  }

  // ---- end

  /** Cancels what runs, ends the threads and deletes temporary files. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#jobs.failAll(errorToData(coreErrors.create("CONTEXT_STOPPED", { call: "A job" })));
    this.#worker.ref();
    await this.#jobs.driver.call("stop", {});
    this.#bus.close();
    await this.#worker.terminate();
    process.off("exit", this.#onExit);
    this.#onExit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  static {
    refuseToTravel(SparkContext.prototype, "CONTEXT_IN_CLOSURE", "the SparkContext, which only the driver can use");
  }
}

function confOf(options: SparkContextOptions | SparkConf): SparkConf {
  if (options instanceof SparkConf) return options.clone();
  const { conf } = options;
  const made = conf instanceof SparkConf ? conf.clone() : new SparkConf(conf);
  if (options.master !== undefined) made.setMaster(options.master);
  if (options.appName !== undefined) made.setAppName(options.appName);
  return made;
}

function infoOf(rdd: RDD<unknown>): RDDInfo {
  const { numPartitions, dependencies, preferredLocations } = rdd.prepared;
  return {
    id: rdd.id,
    name: rdd.name ?? rdd.kindName,
    callSite: rdd.callSite,
    numPartitions,
    storageLevel: rdd.getStorageLevel(),
    dependencies: dependencies.map((dependency) =>
      dependency.kind === "narrow"
        ? { kind: "narrow", rddId: dependency.rdd.id, mapping: dependency.mapping }
        : { kind: "shuffle", rddId: dependency.rdd.id, shuffleId: dependency.shuffleId },
    ),
    ...(preferredLocations === undefined ? {} : { preferredLocations }),
  };
}

/** Arguments with their functions replaced by references. */
function encodeArgs(args: Readonly<Record<string, unknown>> | undefined, encoder: PlanEncoder): unknown {
  if (args === undefined) return undefined;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, isPlanFunction(value) ? encoder.ref(value) : value]));
}

function isPlanFunction(value: unknown): value is PlanFunction {
  return typeof value === "object" && value !== null && ("user" in value || "builtin" in value);
}
