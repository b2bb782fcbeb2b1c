import type { Logger } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { mergeUpdate } from "../accumulator/task-accumulators.ts";
import type { AccumulatorV2 } from "../accumulator/accumulator.ts";
import { ClosureDecoder } from "../closure/closure-decoder.ts";
import type { JobProperties, JobSubmission, RDDInfo, ShuffleInfo } from "../message/job.ts";
import type { ResultValue } from "../message/task-result.ts";
import type { ApplicationModules } from "../module/application-modules.ts";
import { PlanEncoder } from "../plan/plan-encoder.ts";
import type { PlanFunction, ShuffleDependency } from "../rdd/dependency.ts";
import type { RDD } from "../rdd/rdd.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { createRecordCodec, type RecordCodec } from "../storage/record-codec.ts";
import { JobClient, type JobOptions } from "./job-client.ts";
import type { Application, DriverRuntime } from "./driver-runtime.ts";
import { JobLimit } from "./job-limit.ts";

/** What to run on which partitions. */
export interface JobRequest {
  readonly rdd: RDD<unknown>;
  readonly callSite: string;
  readonly properties: JobProperties;
  /** All partitions when left out. */
  readonly partitions?: readonly number[];
  /** The result function: the user's, or the engine's with arguments that may hold further functions. */
  readonly func: PlanFunction;
  readonly options?: JobOptions | undefined;
}

type AnyAccumulator = AccumulatorV2<unknown, unknown>;

/** Plans jobs on the user's thread, submits them, and decodes what comes back. */
export class JobRunner {
  readonly client: JobClient;
  readonly codec: RecordCodec;
  readonly #application: Application;
  readonly #runtime: DriverRuntime;
  readonly #log: Logger;
  /** Modules for executors in other processes. */
  readonly #modules: ApplicationModules | undefined;
  /** Modules that closures have referred to since the driver was told last. */
  readonly #referred = new Set<string>();
  readonly #decoder: ClosureDecoder;
  readonly #sentRDDs = new Set<number>();
  readonly #sentShuffles = new Set<number>();
  readonly #accumulators = new Map<number, WeakRef<AnyAccumulator>>();
  #nextJobId = 0;

  constructor(application: Application, runtime: DriverRuntime, log: Logger, modules: ApplicationModules | undefined) {
    this.#application = application;
    this.#runtime = runtime;
    this.#log = log;
    this.#modules = modules;
    this.#decoder = new ClosureDecoder({ appRoot: application.root });
    this.codec = createRecordCodec(this.#decoder);
    this.client = new JobClient({
      bus: runtime.bus,
      appId: application.id,
      decode: (value) => this.#decodeResult(value),
      applyAccumulators: (updates) => {
        for (const update of updates) {
          const target = this.#accumulators.get(update.id)?.deref();
          if (target !== undefined) mergeUpdate(target, update, this.#decoder);
        }
      },
      warn: (message) => log.warn(message),
      setBusy: (busy) => runtime.setBusy(busy),
    });
  }

  /** Runs a job; `onResult` gets values by position in the request's partitions, in the order of their arrival. */
  async run(request: JobRequest, onResult: (index: number, value: unknown) => void): Promise<void> {
    const { options } = request;
    // Numbered when the action was called: preparing may take long and run jobs of its own, and FIFO goes by number.
    const jobId = this.#nextJobId++;
    const limit = options?.limit ?? JobLimit.of(options, systemClock);
    try {
      if (limit !== undefined) limit.jobId = jobId;
      await this.#submit(jobId, request, limit?.signal, onResult);
    } finally {
      if (limit !== options?.limit) limit?.close();
    }
  }

  async #submit(
    jobId: number,
    request: JobRequest,
    signal: AbortSignal | undefined,
    onResult: (index: number, value: unknown) => void,
  ): Promise<void> {
    const { rdd, func, options } = request;
    await rdd.prepare(signal);
    signal?.throwIfAborted();
    const encoder = this.#encoder();
    const plan = encoder.stage(rdd, { kind: "result", func: encoder.ref(func) });
    const partitions = request.partitions ?? Array.from({ length: rdd.prepared.numPartitions }, (_, partition) => partition);
    const job: JobSubmission = {
      jobId,
      callSite: request.callSite,
      properties: request.properties,
      rddId: rdd.id,
      partitions,
      plan,
      ...this.#lineage(rdd),
    };
    this.#tellModules();
    await this.client.run(job, onResult, { signal, onJob: options?.onJob });
  }

  /** Executors look for what was added before their next task; jobs are submitted behind this message. */
  filesAdded(): void {
    this.client.driver.call("filesAdded", { modules: this.#modules?.list ?? [] }).catch((error: Error) => this.#log.warn(error.message));
  }

  #tellModules(): void {
    const isNew = this.#modules?.add([...this.#referred]) ?? false;
    this.#referred.clear();
    if (isNew) this.filesAdded();
  }

  /** The id of the job that is run next. */
  get nextJobId(): number {
    return this.#nextJobId;
  }

  registerAccumulator(accumulator: AnyAccumulator): void {
    this.#accumulators.set(accumulator.id, new WeakRef(accumulator));
  }

  /** Drops a shuffle's output; the next job that needs it describes and makes it again. */
  async removeShuffle(shuffleId: number): Promise<void> {
    this.#sentShuffles.delete(shuffleId);
    await this.client.driver.call("removeShuffle", { shuffleId });
  }

  /** Sends an RDD's description again with the next job, because it changed. */
  changed(rddId: number): void {
    this.#sentRDDs.delete(rddId);
  }

  #encoder(): PlanEncoder {
    return new PlanEncoder(this.#application.root, ({ bytes, location, warnings, modules }) => {
      for (const warning of warnings) this.#log.warn(warning, { location, bytes: bytes.byteLength });
      if (this.#modules !== undefined) for (const url of modules) this.#referred.add(url);
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
      if (!this.#sentRDDs.has(next.id)) rdds.push(infoOf(next));
      for (const dependency of next.prepared.dependencies) {
        open.push(dependency.rdd);
        if (dependency.kind === "shuffle" && !this.#sentShuffles.has(dependency.shuffleId))
          shuffles.push(this.#shuffleInfo(dependency, next));
      }
    }
    // Marked as sent only now: when a closure is refused above, nothing of this job reaches the driver.
    for (const info of rdds) this.#sentRDDs.add(info.id);
    for (const shuffle of shuffles) this.#sentShuffles.add(shuffle.shuffleId);
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
      for (const record of this.codec.open(readBytes(chunk, this.#runtime.allocator)).decode()) records.push(record);
    }
    return value.single ? records[0] : records;
  }
}

function infoOf(rdd: RDD<unknown>): RDDInfo {
  const { numPartitions, dependencies, preferredLocations, isBarrier, effect, taskMs } = rdd.prepared;
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
    ...(isBarrier === true ? { isBarrier } : {}),
    ...(effect === undefined ? {} : { effect }),
    ...(taskMs === undefined ? {} : { taskMs }),
    ...(rdd.taskResources === undefined ? {} : { resources: rdd.taskResources }),
    ...(preferredLocations === undefined ? {} : { preferredLocations }),
  };
}
