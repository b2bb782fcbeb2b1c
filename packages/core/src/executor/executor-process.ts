import type { Bus } from "@vonk/bus";
import { serviceClient, type ServiceClient } from "@vonk/bus/internal";
import { createSegment } from "@vonk/columnar/internal";
import { type Clock, systemClock } from "@vonk/common/internal";
import { coreConfig } from "../config/core-config.ts";
import { executorSizes } from "../config/executor-sizes.ts";
import { SparkConf } from "../config/spark-conf.ts";
import { schedulerService, schedulerSubject, type SchedulerMessages, type ShuffleLayout } from "../message/services.ts";
import { FileShuffleStore } from "../shuffle/file-shuffle-store.ts";
import type { ShuffleStore } from "../shuffle/shuffle-store.ts";
import { version } from "../version.ts";
import { ExecutorControl } from "./executor-control.ts";
import { startTaskWorker, type StartTaskWorker } from "./start-task-worker.ts";

/** What a shuffle store of an executor process is made with. */
export interface ShuffleStoreSetup {
  readonly appId: string;
  readonly executorId: string;
  readonly host: string;
  /** `jetstream`, or `auto` to keep the files beside the streams. */
  readonly mode: "auto" | "jetstream";
  /** Folder of the host for map output. */
  readonly shuffleDir: string;
  /** Folder of this executor for what it fetched. */
  readonly localDir: string;
  /**
   * Asks the driver for the streams to write to; names the epoch whose streams were found gone, if any.
   * @throws SHUFFLE_UNKNOWN
   */
  layout(request: { readonly shuffleId: number; readonly outputBytes: number; readonly lostEpoch?: number }): Promise<ShuffleLayout>;
}

/** What an executor process is started with. */
export interface ExecutorProcessOptions {
  readonly appId: string;
  readonly executorId: string;
  /** Name of the machine, the same for all executors on it. */
  readonly host: string;
  readonly cores: number;
  readonly bus: Bus;
  /** Folder of this executor alone; it exists. */
  readonly localDir: string;
  /** Folder that all executors of the application on this host share and that outlives them; it exists. */
  readonly shuffleDir: string;
  /** Opens the store for `vonk.shuffle.store` other than `files`. */
  readonly openShuffleStore: (setup: ShuffleStoreSetup) => Promise<ShuffleStore>;
  /** Told once when the executor has to end: the driver said so, is gone, or has given it up. */
  readonly onStopped: (reason: string) => void;
  readonly clock?: Clock;
  /** Starts the task threads, where the usual ones are not wanted. */
  readonly startTaskWorker?: StartTaskWorker;
}

/** How long a new executor waits for its driver's first answer. */
const setupTimeoutMs = 30_000;

/**
 * Starts an executor in this process: asks the driver for the application's settings, starts the task threads and registers.
 * @throws EXECUTOR_VERSION_MISMATCH, and BUS_REQUEST_TIMEOUT or BUS_NO_RESPONDER when there is no driver
 */
export async function startExecutor(options: ExecutorProcessOptions): Promise<{ stop(): Promise<void> }> {
  const {
    appId,
    executorId,
    host,
    bus,
    cores,
    localDir,
    shuffleDir,
    onStopped,
    clock = systemClock,
    startTaskWorker: startWorker = startTaskWorker,
  } = options;
  const driver = serviceClient(bus, schedulerService, schedulerSubject(appId));
  const setup = await driver.call("executorSetup", { executorId, version }, { timeoutMs: setupTimeoutMs });
  const conf = new SparkConf(Object.fromEntries(setup.properties), false);
  const sizes = executorSizes(conf, cores);
  const control = new ExecutorControl({
    appId,
    bus,
    clock,
    version,
    settings: {
      executorId,
      host,
      appRoot: setup.appRoot,
      localDir,
      shuffleDir,
      batchRecords: conf.read(coreConfig.batchRecords),
      asyncConcurrency: conf.read(coreConfig.asyncConcurrency),
      spillHeapBytes: sizes.spillHeapBytes,
      spillRecordsMax: conf.read(coreConfig.spillRecordsMax),
      heapLimitBytes: sizes.heapLimitBytes,
    },
    segment: createSegment(sizes.segmentBytes),
    slots: sizes.slots,
    cores,
    storageFraction: conf.read(coreConfig.memoryStorageFraction),
    killGraceMs: conf.read(coreConfig.killGrace),
    heapHardLimitMiB: sizes.heapHardLimitMiB,
    shuffle: await shuffleStore(options, conf, driver),
    shuffleWindowBytes: conf.read(coreConfig.shuffleWindow),
    heartbeatIntervalMs: conf.read(coreConfig.heartbeatInterval),
    driverTimeoutMs: conf.read(coreConfig.networkTimeout),
    onStopped,
    startTaskWorker: startWorker,
  });
  await control.start();
  return { stop: async () => void (await control.stop()) };
}

async function shuffleStore(
  { appId, executorId, host, localDir, shuffleDir, openShuffleStore }: ExecutorProcessOptions,
  conf: SparkConf,
  driver: ServiceClient<SchedulerMessages>,
): Promise<ShuffleStore> {
  const mode = conf.read(coreConfig.shuffleStore);
  if (mode === "files") return new FileShuffleStore(host, shuffleDir);
  const layout: ShuffleStoreSetup["layout"] = (request) => driver.call("shuffleLayout", request);
  return openShuffleStore({ appId, executorId, host, mode: mode === "jetstream" ? "jetstream" : "auto", shuffleDir, localDir, layout });
}
