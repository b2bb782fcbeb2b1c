import { JetStreamShuffleStore, type ExecutorStart } from "@vonk/cluster-nats/internal";
import { assert } from "@vonk/common/internal";
import { startExecutor } from "@vonk/core/spi";
import { simulatedTaskThreads } from "@vonk/core/testing";
import type { ChildProcessOptions } from "../../process/child-process.ts";
import type { ChildHandle, WorkerHost } from "../../process/worker-host.ts";
import { WorkerProcess } from "../../worker/worker-process.ts";
import { observeWorkerBus } from "./cluster-checker.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { clusterName, emptyFolder, heartbeatMs, type SimulatedWorld, traceLogger } from "./simulated-world.ts";

/** How long an output waits for room in the streams. */
const fullWaitMs = 3000;
const orphanedExit = 51;
const failedExit = 50;

/** An executor of the simulated cluster: the real control side on simulated task threads, in a process that can be killed. */
export class SimulatedExecutorProcess implements ChildHandle {
  readonly start: ExecutorStart;
  readonly process: SimulatedProcess;
  readonly pid: number;
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHost;
  readonly #gone = Promise.withResolvers<void>();
  readonly #exited: (code: number | null, signal: string | null) => void;
  slowness = 1;
  /** Told to end, and not gone yet. */
  isEnding = false;

  constructor(
    world: SimulatedWorld,
    host: SimulatedHost,
    start: ExecutorStart,
    pid: number,
    exited: (code: number | null, signal: string | null) => void,
  ) {
    this.#world = world;
    this.#host = host;
    this.start = start;
    this.pid = pid;
    this.#exited = exited;
    this.process = new SimulatedProcess(world.network, world.clock, `executor-${start.appId}-${start.executorId}-p${pid}`);
    this.process.clock.schedule(30 + world.random.nextInt(200), () => this.#run());
  }

  #run(): void {
    const { appId, executorId, host, cores, shuffleDir } = this.start;
    const { clock, bus } = this.process;
    const application = this.#world.applications.get(appId);
    assert(application !== undefined, "an executor belongs to an application");
    const readFile = (path: string): Uint8Array | undefined => this.#host.files.get(path);
    const data = this.#world.server.carrier(this.process, appId, readFile);
    startExecutor({
      appId,
      executorId,
      host,
      cores,
      bus,
      clock,
      localDir: emptyFolder(),
      shuffleDir: emptyFolder(),
      openShuffleStore: (setup) =>
        Promise.resolve(new JetStreamShuffleStore({ setup, data, clock, fetchMemoryBytes: Number.POSITIVE_INFINITY, fullWaitMs })),
      onStopped: (reason) => {
        this.#world.trace(`${this.process.name} ends: ${reason}`);
        this.#end(0, null);
      },
      startTaskWorker: simulatedTaskThreads({
        appId,
        executorId,
        host,
        clock,
        shuffleDir,
        random: this.#world.random,
        workload: application.workload,
        slowness: () => this.slowness,
        failureRate: () => this.#world.failureRate(),
        writeFile: (path, bytes) => void this.#host.files.set(path, bytes),
        readFile,
        committed: (task) => application.user.committed(task),
        broken: (error) => this.#world.broken(error),
      }),
    }).catch((error: unknown) => {
      this.#world.trace(`${this.process.name} failed: ${(error as Error).message}`);
      this.#end(failedExit, null);
    });
  }

  /** Resolves when it is gone. */
  get ended(): Promise<void> {
    return this.#gone.promise;
  }

  residentBytes(): number {
    return 0;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.#world.clock.schedule(1 + this.#world.random.nextInt(40), () => this.#end(null, signal));
  }

  /** Its worker is gone, and it notices; whoever starts the next worker lets those go on that hang. */
  orphan(): void {
    this.isEnding = true;
    this.process.resume(false);
    this.process.clock.schedule(1 + this.#world.random.nextInt(100), () => this.#end(orphanedExit, null));
  }

  #end(code: number | null, signal: string | null): void {
    if (!this.process.isAlive) return;
    this.process.kill();
    this.#host.executors.delete(this);
    const { hitsMastersOnly, applications, checker } = this.#world;
    if (hitsMastersOnly && applications.get(this.start.appId)?.state === "running") {
      checker.fail(`${this.process.name} ended (${code ?? signal}) although only masters had faults`);
    }
    this.#world.trace(`${this.process.name} is gone: ${code ?? signal}`);
    this.#gone.resolve();
    this.#exited(code, signal);
  }

  /** Dies as by `kill -9` of somebody else. */
  crash(): void {
    this.#end(null, "SIGKILL");
  }
}

/** A machine of the simulated cluster: its files, its worker, and the executors that the worker has launched. */
export class SimulatedHost implements WorkerHost {
  readonly hostName: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly files: Map<string, Uint8Array> = new Map();
  readonly executors: Set<SimulatedExecutorProcess> = new Set();
  readonly #world: SimulatedWorld;
  #incarnation = 0;
  #nextPid = 1;
  worker: { readonly workerId: string; readonly process: SimulatedProcess; readonly shell: WorkerProcess } | undefined;

  constructor(world: SimulatedWorld, hostName: string, cores: number, memoryBytes: number) {
    this.#world = world;
    this.hostName = hostName;
    this.cores = cores;
    this.memoryBytes = memoryBytes;
    this.startWorker();
  }

  /** Starts a worker, after the first under another name: no worker has that of one before it. */
  startWorker(): void {
    if (this.worker?.process.isAlive === true) return;
    const world = this.#world;
    const workerId = `${this.hostName}-${this.#incarnation}`;
    const process = new SimulatedProcess(world.network, world.clock, `worker-${this.hostName}-p${this.#incarnation++}`);
    world.trace(`worker ${workerId} starts as ${process.name}`);
    const shell = new WorkerProcess({
      cluster: clusterName,
      bus: observeWorkerBus(process, world.checker),
      clock: process.clock,
      log: traceLogger(world, process.name),
      description: { workerId, host: this.hostName, cores: this.cores, memoryBytes: this.memoryBytes, version: "simulated" },
      workDir: `/work-${this.#incarnation}`,
      servers: [],
      natsSettings: {},
      heartbeatIntervalMs: heartbeatMs,
      host: this,
    });
    this.worker = { workerId, process, shell };
  }

  /** The worker dies; what it launched notices a little later. */
  crashWorker(): void {
    this.worker?.process.kill();
    for (const executor of this.executors) executor.orphan();
  }

  /** The machine dies with all that ran and lay there. */
  crash(): void {
    this.worker?.process.kill();
    for (const executor of this.executors) executor.crash();
    this.files.clear();
  }

  launch({ start, onExit }: ChildProcessOptions): SimulatedExecutorProcess {
    const worker = this.worker;
    assert(worker !== undefined, "a worker launches");
    const executor = new SimulatedExecutorProcess(this.#world, this, start as ExecutorStart, this.#nextPid++, (code, signal) =>
      worker.process.clock.schedule(0, () => onExit(code, signal)),
    );
    this.executors.add(executor);
    this.#world.checker.launched(executor.start, worker.process.name);
    return executor;
  }

  makeFolder(): void {
    // Folders need no making here.
  }

  cleanUp(folder: string): void {
    for (const path of this.files.keys()) if (path.startsWith(`${folder}/`)) this.files.delete(path);
  }
}
