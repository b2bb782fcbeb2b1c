import type { SimulatedBus } from "@vonk/bus/testing";
import { type Random, seededRandom } from "@vonk/common/internal";
import { describeApplication } from "../../application/describe-application.ts";
import { StandaloneConnection } from "../../application/standalone-connection.ts";
import {
  DriverService,
  type DriverSettings,
  InvariantChecker,
  randomDriverSettings,
  randomScheduling,
  randomTaskSizes,
  randomWorkload,
  type SchedulingSettings,
  ServedFiles,
  SimulatedUser,
  version,
  type Workload,
} from "@vonk/core/testing";
import { StreamChecker } from "./stream-checker.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { clusterName, heartbeatMs, type SimulatedWorld } from "./simulated-world.ts";

const registerPauseMs = 500;

/** An application of the simulated cluster: the real driver's service with the real standing at the cluster, and a simulated user. */
export class SimulatedApplication {
  readonly appId: string;
  readonly process: SimulatedProcess;
  readonly workload: Workload;
  readonly user: SimulatedUser;
  readonly checker: InvariantChecker;
  readonly streams: StreamChecker;
  readonly #world: SimulatedWorld;
  /** Where the user's thread reaches the service thread. */
  readonly #service: SimulatedBus;
  readonly #settings: DriverSettings;
  readonly #properties: readonly (readonly [string, string])[];
  #driver: DriverService | undefined;
  coresPerExecutor = 1;
  memoryBytes = 0;
  /** `running` until the user's program has ended, `ended` when the driver has given everything back, `crashed` when it could not. */
  state: "running" | "stopping" | "ended" | "crashed" = "running";

  constructor(world: SimulatedWorld, appId: string) {
    const { random, network, clock } = world;
    this.#world = world;
    this.appId = appId;
    this.process = new SimulatedProcess(network, clock, `driver-${appId}`);
    const seed = random.nextInt(2 ** 30);
    const [rarities, sizes] = [seededRandom(seed), seededRandom(seed ^ 0x512e)];
    this.workload = randomWorkload(random, rarities, sizes);
    this.#service = network.connect(`service-${appId}`, this.process.clock);
    this.#properties = randomProperties(random);
    const scheduling = { ...withoutKills(randomScheduling(rarities)), ...randomTaskSizes(sizes) };
    this.#settings = { ...randomDriverSettings(random), appId, appName: appId, version, scheduling };
    const { maxFailures, maxConsecutiveAttempts } = this.#settings;
    this.checker = new InvariantChecker({
      maxFailures,
      maxConsecutiveAttempts,
      scheduling,
      slotsMax: 512,
      trace: (line) => world.trace(`${appId} ${line}`),
    });
    this.streams = new StreamChecker(appId, this.checker, world.server);
    this.user = new SimulatedUser(network.connect(`user-${appId}`), clock, this.workload, appId);
    this.#start();
  }

  #start(): void {
    const { server } = this.#world;
    const { bus, clock } = this.process;
    const { appId } = this;
    const setup = { appName: appId, appRoot: "/", properties: this.#properties };
    const description = describeApplication({ ...setup, appId, name: appId, master: "vonk://nats", version }, "simulated");
    this.coresPerExecutor = description.coresPerExecutor ?? 1;
    this.memoryBytes = description.memoryPerExecutorBytes;
    const connection = new StandaloneConnection({
      bus,
      cluster: clusterName,
      description,
      clock,
      heartbeatIntervalMs: heartbeatMs,
      streams: server.streams(this.process, appId),
      events: {
        executorGranted: (executorId) => this.#driver?.executorGranted(executorId),
        executorLost: (executorId, message, causedByApp) => this.#driver?.executorExited(executorId, message, causedByApp),
        warn: (message) => this.#driver?.warn(message),
        applicationLost: (error) => {
          this.#world.trace(`${appId} is lost: ${error.message}`);
          this.#driver?.applicationLost(error);
        },
      },
    });
    this.#driver = new DriverService(this.#settings, this.#service, clock, this.streams, {
      bus: connection.bus,
      setup,
      ...(connection.streams === undefined ? {} : { streams: connection.streams }),
      files: new ServedFiles("/nowhere"),
      modules: new ServedFiles("/nowhere"),
      requestTotalExecutors: (total) => connection.requestTotalExecutors(total),
      killExecutors: (executorIds, replace) => connection.killExecutors(executorIds, replace),
      readBlock: () => new Uint8Array(),
      slotsChanged: () => undefined,
      close: () => connection.close(),
    });
    const register = (): void => {
      connection.register().catch((error: unknown) => {
        this.#world.trace(`${appId} did not register: ${(error as Error).message}`);
        clock.schedule(registerPauseMs, register);
      });
    };
    register();
  }

  /** Ends the program once its jobs have ended. */
  stopWhenDone(): void {
    if (this.state !== "running" || !this.user.isDone) return;
    this.state = "stopping";
    this.#world.trace(`${this.appId} stops`);
    this.user.stop().then(
      () => {
        this.state = "ended";
        this.process.kill();
        this.#world.trace(`${this.appId} has stopped`);
      },
      (error: unknown) => {
        if (this.state !== "crashed") this.#world.broken(error);
      },
    );
  }

  /** The driver dies, and its jobs with it. */
  crash(): void {
    if (this.state === "ended" || this.state === "crashed") return;
    this.state = "crashed";
    this.process.kill();
    this.#service.crash();
    this.user.abandon();
  }
}

function randomProperties(random: Random): (readonly [string, string])[] {
  const properties: (readonly [string, string])[] = [
    ["spark.executor.memory", `${1 + random.nextInt(4)}m`],
    ["spark.executor.heartbeatInterval", `${heartbeatMs}ms`],
    ["spark.network.timeout", "2s"],
    ["vonk.shuffle.store", random.next() < 0.5 ? "auto" : "jetstream"],
    ["vonk.task.killGrace", "100ms"],
  ];
  if (random.next() < 0.4) properties.push(["spark.cores.max", String(2 + random.nextInt(6))]);
  if (random.next() < 0.5) properties.push(["spark.executor.cores", String(1 + random.nextInt(2))]);
  if (random.next() < 0.2) properties.push(["spark.executor.instances", String(1 + random.nextInt(4))]);
  return properties;
}

/** A driver that ends executors to make room for excluded tasks would look like a cluster that loses them. */
function withoutKills(scheduling: SchedulingSettings): SchedulingSettings {
  if (scheduling.exclude === undefined) return scheduling;
  const { unschedulableTimeoutMs: _, ...exclude } = scheduling.exclude;
  return { ...scheduling, exclude };
}
