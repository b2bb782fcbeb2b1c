import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { Worker } from "node:worker_threads";
import type { Bus } from "@vonk/bus";
import { PortBus } from "@vonk/bus/internal";
import { createSegment, ExtentAllocator, type SegmentHandle } from "@vonk/columnar/internal";
import { coreConfig } from "../config/core-config.ts";
import type { SparkConf } from "../config/spark-conf.ts";
import type { ServiceThreadStart } from "../driver/local-driver.ts";
import { workerURLs } from "../executor/worker-url.ts";
import { readPools } from "./fair-pools.ts";
import { makeLocalFolder, sweepLocalFolders } from "./local-folders.ts";
import type { LocalMaster } from "./master-url.ts";

/** Version of the engine; driver and executors must agree. */
export const version = "0.1.0";

const mebibyte = 2 ** 20;
/** Heap that a task may always use, whatever the memory of the executor. */
const heapBytesMin = 128 * mebibyte;
const spillHeapBytesMin = 48 * mebibyte;

/** What identifies the application that a runtime serves. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly root: string;
}

/** The threads, memory and temporary folder of a local master, seen from the user's thread. */
export class LocalRuntime {
  readonly bus: Bus;
  readonly allocator: ExtentAllocator;
  readonly folder: string;
  readonly #worker: Worker;

  /** @param onLost called when the service thread dies by itself */
  constructor(application: Application, conf: SparkConf, master: LocalMaster, onLost: (cause: Error | undefined) => void) {
    const root = conf.read(coreConfig.localDir);
    sweepLocalFolders(root);
    this.folder = makeLocalFolder(root, application.id);
    const segment = createSegment(conf.read(coreConfig.executorMemory) * conf.read(coreConfig.memoryFraction));
    this.allocator = new ExtentAllocator(segment, 0);
    const start = threadStart(application, conf, master, segment, this.folder);
    this.#worker = new Worker(workerURLs.serviceThread, { workerData: start, name: "vonk-service" });
    this.#worker.unref();
    this.bus = new PortBus(this.#worker);
    process.on("exit", this.#onExit);
    let cause: Error | undefined;
    this.#worker.on("error", (error: Error) => (cause = error));
    this.#worker.on("exit", () => {
      if (!this.#terminating) onLost(cause);
    });
  }

  #terminating = false;

  readonly #onExit = (): void => rmSync(this.folder, { recursive: true, force: true });

  /** Keeps the process alive while something runs. */
  setBusy(busy: boolean): void {
    // While the threads end, what waits for that must not be cut off by the end of the process.
    if (this.#terminating) return;
    if (busy) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends the threads, whatever they do, and deletes the folder. */
  async terminate(): Promise<void> {
    this.setBusy(true);
    this.#terminating = true;
    this.bus.close();
    await this.#worker.terminate();
    process.off("exit", this.#onExit);
    this.#onExit();
  }
}

function threadStart(
  application: Application,
  conf: SparkConf,
  master: LocalMaster,
  segment: SegmentHandle,
  localDir: string,
): ServiceThreadStart {
  const memoryBytes = conf.read(coreConfig.executorMemory);
  const slots = Math.max(1, Math.floor(master.cores / conf.read(coreConfig.taskCpus)));
  const heapBytes = memoryBytes * (1 - conf.read(coreConfig.memoryFraction));
  const heapLimitBytes = Math.max(heapBytesMin, memoryBytes);
  return {
    driver: {
      appId: application.id,
      appName: application.name,
      maxFailures: master.maxFailures,
      localityWaitMs: conf.read(coreConfig.localityWait),
      schedulingMode: conf.read(coreConfig.schedulerMode) === "FAIR" ? "FAIR" : "FIFO",
      pools: readPools(conf.read(coreConfig.schedulerAllocationFile)),
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
      appRoot: application.root,
      localDir,
      batchRecords: conf.read(coreConfig.batchRecords),
      asyncConcurrency: conf.read(coreConfig.asyncConcurrency),
      spillHeapBytes: Math.max(spillHeapBytesMin, heapBytes / slots),
      heapLimitBytes,
    },
    segment,
    slots,
    storageFraction: conf.read(coreConfig.memoryStorageFraction),
    killGraceMs: conf.read(coreConfig.killGrace),
    // V8 aborts the process for some ways of passing its own limit, so that limit lies far above the one that is watched.
    heapHardLimitMiB: Math.ceil((heapLimitBytes * 2) / mebibyte) + 256,
    cloneMessages: conf.read(coreConfig.busClone),
  };
}
