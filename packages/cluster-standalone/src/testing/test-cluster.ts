import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { NatsBus, NatsServer, type NatsServerProgram, type ServerSettings } from "@vonk/bus-nats/internal";
import { natsOptions, sweepStreams } from "@vonk/cluster-nats/internal";
import { createLogger } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { soleMaster } from "../master/leadership.ts";
import { MasterProcess } from "../master/master-process.ts";
import { WorkerProcess } from "../worker/worker-process.ts";

/** How a test's cluster differs from two workers of one core. */
export interface TestClusterOptions {
  readonly program: NatsServerProgram;
  readonly workers?: number;
  readonly coresPerWorker?: number;
  readonly memoryPerWorkerBytes?: number;
  /** Who may connect to the server, and how. */
  readonly server?: Pick<ServerSettings, "authorization" | "tls">;
  /** What the cluster's own processes show the server, `vonk.nats.*`. */
  readonly natsSettings?: Readonly<Record<string, string>>;
}

/** A cluster for tests: a nats-server, and in this process a master and workers whose executors are real processes. */
export class TestCluster implements AsyncDisposable {
  readonly server: NatsServer;
  readonly folder: string;
  readonly workers: WorkerProcess[] = [];
  readonly #buses: NatsBus[] = [];
  readonly #natsSettings: Readonly<Record<string, string>>;
  #master: MasterProcess | undefined;

  /** @see {@link TestCluster.start} */
  constructor(server: NatsServer, folder: string, natsSettings: Readonly<Record<string, string>>) {
    this.server = server;
    this.folder = folder;
    this.#natsSettings = natsSettings;
  }

  static async start(options: TestClusterOptions): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), "vonk-cluster-"));
    const server = await NatsServer.start({
      program: options.program,
      folder: join(folder, "nats"),
      maxFileBytes: 2 ** 31,
      ...options.server,
    });
    const cluster = new TestCluster(server, folder, options.natsSettings ?? {});
    await cluster.#startMaster();
    for (let index = 0; index < (options.workers ?? 2); index++) await cluster.#startWorker(index, options);
    return cluster;
  }

  /** For `spark.master`. */
  get masterURL(): string {
    return `vonk://${this.server.address}`;
  }

  /** Process ids of the executors that run, by executor id. */
  executorPids(): Map<string, number> {
    const pids = new Map<string, number>();
    for (const worker of this.workers) {
      for (const { key, pid } of worker.processes()) if (key.kind === "executor" && pid !== undefined) pids.set(key.executorId, pid);
    }
    return pids;
  }

  async #connect(name: string): Promise<NatsBus> {
    const bus = await NatsBus.connect(natsOptions([this.server.address], name, new Map(Object.entries(this.#natsSettings))));
    this.#buses.push(bus);
    return bus;
  }

  async #startMaster(): Promise<void> {
    const bus = await this.#connect("master");
    this.#master = new MasterProcess({
      cluster: "standalone",
      bus,
      sweep: (appId) => sweepStreams(bus.link, appId),
      clock: systemClock,
      log: silent("master"),
      ...soleMaster(),
      masterId: "master-1",
      workerTimeoutMs: 4000,
      applicationTimeoutMs: 4000,
      recoveryTimeoutMs: 3000,
      spreadOut: true,
      maxExecutorRetries: 10,
      warnAfterMs: 300,
      warnEveryMs: 15_000,
    });
  }

  async #startWorker(index: number, { coresPerWorker = 1, memoryPerWorkerBytes = 2 ** 32 }: TestClusterOptions): Promise<void> {
    const workerId = `worker-${index}`;
    const workDir = join(this.folder, workerId);
    mkdirSync(workDir);
    const worker = new WorkerProcess({
      cluster: "standalone",
      bus: await this.#connect(workerId),
      clock: systemClock,
      log: silent(workerId),
      description: { workerId, host: hostname(), cores: coresPerWorker, memoryBytes: memoryPerWorkerBytes, version: "0.1.0" },
      workDir,
      servers: [this.server.address],
      natsSettings: this.#natsSettings,
      heartbeatIntervalMs: 500,
    });
    this.workers.push(worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.workers) await worker.stop();
    await this.#master?.stop();
    for (const bus of this.#buses) await bus[Symbol.asyncDispose]();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function silent(name: string): ReturnType<typeof createLogger> {
  return createLogger(
    name,
    "OFF",
    () => undefined,
    () => systemClock.now(),
  );
}
