import { availableParallelism, hostname, totalmem } from "node:os";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { natsSettings } from "@vonk/cluster-nats/internal";
import { randomSeed, seededRandom, systemClock } from "@vonk/common/internal";
import { readSetting, standaloneConfig } from "../config/standalone-config.ts";
import { standaloneErrors } from "../errors.ts";
import { claimWorkFolder, sweepWorkFolders } from "../worker/work-folder.ts";
import { WorkerProcess } from "../worker/worker-process.ts";
import { ClusterClient } from "../client/cluster-client.ts";
import {
  type ClusterAddress,
  type ClusterProcess,
  connectCluster,
  logConnection,
  openBundles,
  packageVersion,
  processLog,
} from "./cluster-process.ts";

/** What a worker is told on its command line. */
export interface RunWorkerOptions extends ClusterAddress {
  /** Cores to give; all of the machine's when absent. */
  readonly cores?: number;
  /** Memory to give; the machine's but for 1 GiB when absent. */
  readonly memoryBytes?: number;
  /** Folder for files and logs, `work` in the working folder when absent; each worker makes one of its own in it. */
  readonly workDir?: string;
}

const mebibyte = 2 ** 20;
const spareBytes = 2 ** 30;

/**
 * Runs a worker in this process: it registers with whoever leads, now and after each change of master.
 * @throws WORKER_MEMORY_EXCEEDS, and what {@link connectCluster} throws
 */
export async function runWorker(options: RunWorkerOptions): Promise<ClusterProcess> {
  const { properties } = options;
  const memoryBytes = memoryToGive(options.memoryBytes);
  const workerId = newWorkerId();
  const log = processLog("worker", properties);
  const connected = await connectCluster(options, `vonk ${workerId}`);
  const { bus, cluster, servers } = connected;
  const root = resolve(options.workDir ?? "work");
  const workDir = join(root, workerId);
  mkdirSync(workDir, { recursive: true });
  claimWorkFolder(workDir);
  const worker = new WorkerProcess({
    cluster,
    bus,
    clock: systemClock,
    log,
    description: { workerId, host: hostname(), cores: options.cores ?? availableParallelism(), memoryBytes, version: packageVersion() },
    workDir,
    servers,
    natsSettings: natsSettings(properties),
    heartbeatIntervalMs: readSetting(properties, standaloneConfig.heartbeatInterval),
    fetchBundle: async (bundle) => await (await openBundles(connected, properties)).get(bundle),
    onRegistered: () => {
      const logTtlMs = readSetting(properties, standaloneConfig.logTtl);
      const client = new ClusterClient(bus, cluster);
      client.status().then(
        ({ applications }) => {
          const known = new Set(applications.map(({ appId }) => appId));
          const swept = sweepWorkFolders(root, known, systemClock.now() - logTtlMs);
          if (swept.length > 0) log.info("swept what ended workers left", { folders: swept });
        },
        (error: Error) => log.warn("the work folder was not swept", { error: error.message }),
      );
    },
  });
  logConnection(connected, log);
  log.info(`worker ${workerId} runs`, { cluster, pid: process.pid, workDir });
  return {
    id: workerId,
    async stop() {
      await worker.stop();
      await bus[Symbol.asyncDispose]();
    },
  };
}

/** @throws WORKER_MEMORY_EXCEEDS */
function memoryToGive(asked: number | undefined): number {
  const constrained = process.constrainedMemory();
  const present = constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
  const advised = Math.max(present - spareBytes, present / 2);
  if (asked === undefined) return advised;
  if (asked <= present) return asked;
  const mebibytes = (bytes: number): number => Math.floor(bytes / mebibyte);
  throw standaloneErrors.create("WORKER_MEMORY_EXCEEDS", {
    asked: mebibytes(asked),
    present: mebibytes(present),
    advised: mebibytes(advised),
  });
}

function newWorkerId(): string {
  const at = new Date(systemClock.now()).toISOString().replaceAll(/[-:]|\..*/g, "");
  const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, "-");
  return `worker-${at.replace("T", "")}-${host}-${seededRandom(randomSeed())
    .nextInt(2 ** 30)
    .toString(36)}`;
}
