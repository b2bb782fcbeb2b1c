import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Bus } from "@vonk/bus";
import { PortBus } from "@vonk/bus/internal";
import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { threadFlags } from "@vonk/common/internal";
import { clusterManagerURL } from "../cluster/find-cluster-manager.ts";
import { coreConfig } from "../config/core-config.ts";
import { schedulingSettings } from "../config/scheduling-config.ts";
import { executorSizes } from "../config/executor-sizes.ts";
import type { SparkConf } from "../config/spark-conf.ts";
import type { DriverSettings } from "../driver/driver-settings.ts";
import type { ClusterExecutors, LocalExecutor, ServiceThreadStart } from "../driver/service-thread.ts";
import { workerURLs } from "../executor/worker-url.ts";
import { readPools } from "./fair-pools.ts";
import { addedFilesFolder } from "./spark-files.ts";
import { makeLocalFolder, sweepLocalFolders } from "./local-folders.ts";
import type { ClusterMaster, LocalMaster } from "./master-url.ts";
import { version } from "../version.ts";

/** What identifies the application that a runtime serves. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly root: string;
}

/** The folder of the modules that executors get, below a driver's folder. */
export function modulesFolder(folder: string): string {
  return join(folder, "modules");
}

/** The threads, memory and temporary folder of the driver's process, seen from the user's thread. */
export class DriverRuntime {
  readonly bus: Bus;
  readonly allocator: ExtentAllocator;
  readonly folder: string;
  readonly #worker: Worker;
  readonly #clusterCores = new Int32Array(new SharedArrayBuffer(4));

  /** @param onLost called when the service thread dies by itself */
  constructor(application: Application, conf: SparkConf, master: LocalMaster | ClusterMaster, onLost: (cause: Error | undefined) => void) {
    const managerURL = master.kind === "cluster" ? clusterManagerURL(master.url, master.packageName, application.root) : undefined;
    const root = conf.read(coreConfig.localDir);
    sweepLocalFolders(root);
    this.folder = makeLocalFolder(root, application.id);
    const segment = createSegment(segmentBytes(conf, master));
    this.allocator = new ExtentAllocator(segment, 0);
    const start: ServiceThreadStart = {
      driver: driverSettings(application, conf, master),
      segment,
      cloneMessages: conf.read(coreConfig.busClone),
      executors:
        master.kind === "local"
          ? localExecutor(application, conf, master, this.folder)
          : clusterExecutors(application, conf, master, managerURL ?? "", this.folder, this.#clusterCores.buffer),
    };
    this.#worker = new Worker(workerURLs.serviceThread, { workerData: start, name: "vonk-service", ...threadFlags() });
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

  /** Task slots of the executors that a cluster has granted so far. */
  get clusterSlots(): number {
    return Atomics.load(this.#clusterCores, 0);
  }

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

function segmentBytes(conf: SparkConf, master: LocalMaster | ClusterMaster): number {
  if (master.kind === "local") return executorSizes(conf, master.cores).segmentBytes;
  return conf.read(coreConfig.driverMemory) * conf.read(coreConfig.memoryFraction);
}

function driverSettings(application: Application, conf: SparkConf, master: LocalMaster | ClusterMaster): DriverSettings {
  const isLocal = master.kind === "local";
  return {
    appId: application.id,
    appName: application.name,
    maxFailures: isLocal ? master.maxFailures : conf.read(coreConfig.taskMaxFailures),
    localityWaitMs: conf.read(coreConfig.localityWait),
    schedulingMode: conf.read(coreConfig.schedulerMode) === "FAIR" ? "FAIR" : "FIFO",
    pools: readPools(conf.read(coreConfig.schedulerAllocationFile)),
    maxConsecutiveAttempts: conf.read(coreConfig.stageMaxConsecutiveAttempts),
    resubmitDelayMs: conf.read(coreConfig.resubmitDelay),
    queueAheadMs: conf.read(coreConfig.queueAhead),
    scheduling: schedulingSettings(conf, !isLocal),
    maxResultBytes: conf.read(coreConfig.driverMaxResultSize),
    ...(isLocal
      ? {}
      : { executorTimeoutMs: conf.read(coreConfig.networkTimeout), registrationTimeoutMs: conf.read(coreConfig.registrationTimeout) }),
    eventLogDir: conf.read(coreConfig.eventLogEnabled) ? conf.read(coreConfig.eventLogDir) : undefined,
    logsBlockUpdates: conf.read(coreConfig.eventLogBlockUpdates),
    logsStageMetrics: conf.read(coreConfig.eventLogStageMetrics),
    version,
    sparkProperties: conf.getAll(),
  };
}

function localExecutor(application: Application, conf: SparkConf, master: LocalMaster, localDir: string): LocalExecutor {
  const sizes = executorSizes(conf, master.cores);
  return {
    kind: "local",
    settings: {
      executorId: "driver",
      host: hostname(),
      appRoot: application.root,
      localDir,
      batchRecords: conf.read(coreConfig.batchRecords),
      asyncConcurrency: conf.read(coreConfig.asyncConcurrency),
      spillHeapBytes: sizes.spillHeapBytes,
      spillRecordsMax: conf.read(coreConfig.spillRecordsMax),
      heapLimitBytes: sizes.heapLimitBytes,
    },
    slots: sizes.slots,
    cores: master.cores,
    storageFraction: conf.read(coreConfig.memoryStorageFraction),
    heartbeatIntervalMs: conf.read(coreConfig.heartbeatInterval),
    killGraceMs: conf.read(coreConfig.killGrace),
    heapHardLimitMiB: sizes.heapHardLimitMiB,
  };
}

function clusterExecutors(
  application: Application,
  conf: SparkConf,
  master: ClusterMaster,
  managerURL: string,
  folder: string,
  slots: SharedArrayBuffer,
): ClusterExecutors {
  const { id, name, root } = application;
  const properties = conf.getAll();
  const described = { appId: id, name, master: master.url, appRoot: root, version, properties };
  return {
    kind: "cluster",
    managerURL,
    application: described,
    filesDir: addedFilesFolder(folder),
    modulesDir: modulesFolder(folder),
    slots,
  };
}
