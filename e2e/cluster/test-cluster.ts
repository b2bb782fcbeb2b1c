import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsServer, type NatsServerProgram, startTestServer } from "@vonk/bus-nats/testing";
import { type ClusterStatus, type ClusterWatch, watchCluster } from "@vonk/cluster-standalone/testing";
import { commandLine, descendants } from "./child-pids.ts";
import { ManagedProcess } from "./managed-process.ts";

/** How a cluster differs from two masters and two workers of one core. */
export interface ClusterOptions {
  readonly program: NatsServerProgram;
  readonly masters?: number;
  readonly workers?: number;
  /** Bytes of file storage that the server may use. */
  readonly storageBytes?: number;
  /** Folder of a worker for its files, in place of one of ours. */
  readonly workDirs?: readonly (string | undefined)[];
  /** Address that the workers and their executors use in place of the server's, as a proxy's. */
  readonly workerAddress?: (server: string) => string;
}

/** The cluster of an end-to-end test: nats-server, masters and workers as real processes on this machine. */
export class E2ECluster implements AsyncDisposable {
  readonly server: NatsServer;
  readonly folder: string;
  readonly masters: ManagedProcess[] = [];
  readonly workers: ManagedProcess[] = [];
  readonly #watch: ClusterWatch;

  /** @see {@link E2ECluster.start} */
  constructor(server: NatsServer, watch: ClusterWatch, folder: string) {
    this.server = server;
    this.#watch = watch;
    this.folder = folder;
  }

  static async start(options: ClusterOptions): Promise<E2ECluster> {
    const folder = mkdtempSync(join(tmpdir(), "vonk-e2e-"));
    const { program, storageBytes = 2 ** 31 } = options;
    const server = await startTestServer(program, { maxFileBytes: storageBytes });
    const cluster = new E2ECluster(server, await watchCluster(server.address), folder);
    for (let index = 0; index < (options.masters ?? 2); index++) cluster.startMaster();
    for (let index = 0; index < (options.workers ?? 2); index++) cluster.startWorker(index, options);
    await cluster.ready(options.workers ?? 2);
    return cluster;
  }

  /** For `spark.master`. */
  get url(): string {
    return `vonk://${this.server.address}`;
  }

  startMaster(): void {
    const name = `master-${this.masters.length}`;
    this.masters.push(new ManagedProcess(name, ["master", this.url, "--name", name], this.folder));
  }

  startWorker(index: number, { workDirs, workerAddress }: Pick<ClusterOptions, "workDirs" | "workerAddress"> = {}): void {
    const name = `worker-${this.workers.length}`;
    const workDir = workDirs?.[index] ?? join(this.folder, `work-${this.workers.length}`);
    mkdirSync(workDir, { recursive: true });
    const url = workerAddress === undefined ? this.url : `vonk://${workerAddress(this.server.address)}`;
    this.workers.push(new ManagedProcess(name, ["worker", url, "--cores", "1", "--memory", "2g", "--work-dir", workDir], this.folder));
  }

  /** What the leading master says, or undefined while none leads. */
  status(): Promise<ClusterStatus | undefined> {
    return this.#watch.status();
  }

  /** Resolves when a master leads and so many workers have registered. */
  async ready(workers: number): Promise<void> {
    for (let waited = 0; ; waited += 50) {
      const status = await this.status();
      if (status?.state === "active" && status.workers.length >= workers) return;
      assert(waited <= 20_000, `the cluster is not ready: ${JSON.stringify(status)}\n${this.logs()}`);
      await sleep(50);
    }
  }

  /** Pids of the executors, by worker. */
  executorPids(): number[][] {
    return this.workers.map((worker) =>
      worker.isRunning ? descendants(worker.pid).filter((pid) => commandLine(pid).includes("executor-process")) : [],
    );
  }

  /** The master that leads. */
  async leader(): Promise<ManagedProcess> {
    const status = await this.status();
    const leader = this.masters.find((master) => master.isRunning && status?.masterId === master.name);
    assert(leader !== undefined, `no master leads: ${JSON.stringify(status)}`);
    return leader;
  }

  logs(): string {
    return [...this.masters, ...this.workers].map((one) => `── ${one.name}\n${one.log().slice(-2000)}`).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [...this.workers, ...this.masters]) await one.stop();
    await this.#watch[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
