import { reliableLink, SimulatedNetwork, type LinkFaults } from "@vonk/bus/testing";
import { seededRandom, type Random } from "@vonk/common/internal";
import { ManualClock } from "@vonk/common/testing";
import { DriverService } from "../../driver/driver-service.ts";
import type { DriverSettings } from "../../driver/driver-settings.ts";
import type { SchedulingSettings } from "../../config/scheduling-config.ts";
import { unleash } from "./chaos.ts";
import { InvariantChecker } from "./invariants.ts";
import { SimulatedExecutor, simulatedAppId, type SimulatedWorld } from "./simulated-executor.ts";
import { SimulatedUser } from "./user.ts";
import { randomWorkload } from "./workload.ts";

/** Options of {@link simulate}. */
export interface SimulationOptions {
  /** Told of everything that happens, a line each. */
  readonly trace?: (line: string) => void;
}

/** How a simulation went. */
export interface SimulationOutcome {
  readonly seed: number;
  /** Why it failed; absent when every rule was kept. */
  readonly failure?: string;
  /** `ok` or an error's code, by job. */
  readonly jobs: readonly string[];
  /** Events that the schedulers took. */
  readonly events: number;
  /** Hash of the trace: equal seeds give equal traces. */
  readonly traceHash: number;
}

/** Simulated milliseconds within which everything must have ended. */
const simulatedMsMax = 600_000;
/** Timers within which everything must have ended. */
const stepsMax = 300_000;
const heartbeatMs = 500;

/**
 * Runs the driver's service with both schedulers against simulated executors on a simulated network, all from one seed:
 * random lineages and jobs, executors that die, hang, slow down, lose outputs and cached blocks, messages that are lost, repeated
 * and reordered. Checks the schedulers' invariants after each event and the jobs' results at their ends.
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationOutcome> {
  const simulation = new Simulation(seed, options);
  const failure = await simulation.run();
  const { jobs, events, traceHash } = simulation;
  return { seed, jobs, events, traceHash, ...(failure === undefined ? {} : { failure }) };
}

class Simulation {
  readonly #clock = new ManualClock();
  readonly #random: Random;
  readonly #network: SimulatedNetwork;
  readonly #executors = new Map<string, SimulatedExecutor>();
  readonly #checker: InvariantChecker;
  readonly #user: SimulatedUser;
  readonly #world: SimulatedWorld;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #chaosEndMs: number;
  #failure: string | undefined;
  #hosts = 0;
  traceHash = 0x811c9dc5;

  constructor(seed: number, { trace }: SimulationOptions) {
    const random = seededRandom(seed);
    this.#random = random;
    this.#trace = trace;
    this.#chaosEndMs = random.nextInt(5) === 0 ? 0 : 3000 + random.nextInt(8000);
    const line = (text: string): void => this.#line(text);
    this.#network = new SimulatedNetwork({
      clock: this.#clock,
      random,
      faults: linkFaults(random, () => this.#clock.now() < this.#chaosEndMs),
      trace: line,
      onHandlerError: (error) => this.#broken(error),
    });
    // Drawn from a generator of its own, so that the seeds of bugs found before still show them.
    const rarities = seededRandom(seed ^ 0x5eed);
    const sizes = seededRandom(seed ^ 0x512e);
    const scheduling = { ...randomScheduling(rarities), ...randomTaskSizes(sizes) };
    const settings = { ...randomDriverSettings(random), scheduling };
    const { maxFailures, maxConsecutiveAttempts } = settings;
    this.#checker = new InvariantChecker({ maxFailures, maxConsecutiveAttempts, slotsMax: 512, trace: line, scheduling });
    void new DriverService(settings, this.#network.connect("driver"), this.#clock, this.#checker);
    const workload = randomWorkload(random, rarities, sizes);
    this.#user = new SimulatedUser(this.#network.connect("user"), this.#clock, workload);
    const failureRate = random.next() * 0.05;
    this.#world = {
      clock: this.#clock,
      random,
      network: this.#network,
      workload,
      executors: this.#executors,
      heartbeatMs,
      failureRate: () => (this.#clock.now() < this.#chaosEndMs ? failureRate : 0),
      disowned: () => this.#clock.schedule(random.nextInt(500), () => this.#join()),
      broken: (error) => this.#broken(error),
      committed: (task) => this.#user.committed(task),
    };
  }

  get jobs(): readonly string[] {
    return this.#user.outcomes;
  }

  get events(): number {
    return this.#checker.events;
  }

  /** Runs to the end; gives the first rule that was broken. */
  async run(): Promise<string | undefined> {
    for (let count = 1 + this.#random.nextInt(3); count > 0; count--) this.#join();
    const { clock, random, network } = this.#world;
    const executors = (): readonly SimulatedExecutor[] => [...this.#executors.values()].filter((each) => each.isAlive);
    unleash({ clock, random, network, executors, join: () => this.#join(), trace: (line) => this.#line(line) }, this.#chaosEndMs);
    for (let step = 0; step < stepsMax && this.#clock.now() < simulatedMsMax; step++) {
      this.#advance();
      // Whatever waits for a promise goes on now; chains are short because nothing but simulated promises is awaited.
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      const failure = this.#failure ?? this.#checker.broken ?? this.#user.broken;
      if (failure !== undefined) return failure;
      if (this.#user.isDone && this.#clock.now() >= this.#chaosEndMs && this.#isQuiet()) return undefined;
    }
    const unfinished = this.#user.isDone ? "all jobs ended, but these are left" : `jobs ended as ${this.jobs.join()}; these are left`;
    return `${unfinished}: ${this.#checker.leftovers().join(", ")}`;
  }

  #advance(): void {
    try {
      const nextMs = this.#clock.nextTimerMs();
      if (nextMs === undefined) this.#failure ??= "nothing is left to happen";
      else this.#clock.advance(nextMs - this.#clock.now());
    } catch (error) {
      this.#broken(error);
    }
  }

  #isQuiet(): boolean {
    return [...this.#executors.values()].every((executor) => executor.isIdle) && this.#checker.leftovers().length === 0;
  }

  #join(): void {
    const number = this.#executors.size;
    const host = this.#random.next() < 0.5 ? `host${this.#hosts++}` : `host${this.#random.nextInt(this.#hosts + 1)}`;
    const executorId = String(number);
    this.#executors.set(executorId, new SimulatedExecutor(this.#world, executorId, host, 1 + this.#random.nextInt(4)));
    this.#line(`executor ${executorId} joins on ${host}`);
  }

  #broken(error: unknown): void {
    this.#failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }

  #line(text: string): void {
    const line = `${this.#clock.now().toFixed(3)} ${text}`;
    for (let index = 0; index < line.length; index++) this.traceHash = Math.imul(this.traceHash ^ line.charCodeAt(index), 0x01000193) >>> 0;
    this.#trace?.(line);
  }
}

/** The user's thread and the driver share a process, so nothing is lost between them; executors are behind a network. */
function linkFaults(random: Random, isChaos: () => boolean): (from: string, to: string) => LinkFaults {
  const calm: LinkFaults = { delayMsMin: 0.1, delayMsMax: 1 + random.next() * 20, dropRate: 0, duplicateRate: 0, inOrder: false };
  const faulty: LinkFaults = {
    ...calm,
    delayMsMax: calm.delayMsMax * 5,
    dropRate: random.next() * 0.1,
    duplicateRate: random.next() * 0.1,
  };
  return (from, to) => (from === "user" || to === "user" ? reliableLink : isChaos() ? faulty : calm);
}

/** Speculation and exclusion, each in some seeds and with limits that are soon reached. */
export function randomScheduling(random: Random): SchedulingSettings {
  const speculation = {
    intervalMs: 20 + random.nextInt(100),
    multiplier: 1.2 + random.next(),
    quantile: random.next(),
    minTaskRuntimeMs: 10,
  };
  const exclude = {
    taskAttemptsPerExecutorMax: 1 + random.nextInt(2),
    taskAttemptsPerNodeMax: 1 + random.nextInt(3),
    stageTasksPerExecutorMax: 1 + random.nextInt(3),
    stageExecutorsPerNodeMax: 1 + random.nextInt(2),
    applicationTasksPerExecutorMax: 1 + random.nextInt(3),
    applicationExecutorsPerNodeMax: 1 + random.nextInt(2),
    onFetchFailure: random.next() < 0.3,
    timeoutMs: 500 + random.nextInt(5000),
    killsExcluded: false,
    ...(random.next() < 0.8 ? { unschedulableTimeoutMs: 100 + random.nextInt(3000) } : {}),
  };
  const barrier = { checkIntervalMs: 200, checkFailuresMax: random.nextInt(20) };
  return { barrier, ...(random.next() < 0.4 ? { speculation } : {}), ...(random.next() < 0.3 ? { exclude } : {}) };
}

/** What becomes of tasks of different sizes in a stage, and of those that are too large. */
export function randomTaskSizes(sizes: Random): SchedulingSettings {
  return { mergesProfiles: sizes.next() < 0.8, coresWaitMs: sizes.nextInt(4000) };
}

/** Limits and order of a simulated driver. */
export function randomDriverSettings(random: Random): DriverSettings {
  return {
    appId: simulatedAppId,
    appName: simulatedAppId,
    maxFailures: 2 + random.nextInt(3),
    localityWaitMs: random.nextInt(3) === 0 ? 0 : random.nextInt(1000),
    schedulingMode: random.next() < 0.5 ? "FIFO" : "FAIR",
    pools: [
      { name: "pool0", mode: "FIFO", weight: 1, minShare: 0 },
      { name: "pool1", mode: "FAIR", weight: 3, minShare: 2 },
    ],
    maxConsecutiveAttempts: 4,
    resubmitDelayMs: 20 + random.nextInt(300),
    queueAheadMs: random.next() < 0.5 ? 0 : random.nextInt(300),
    maxResultBytes: 0,
    executorTimeoutMs: 2000,
    registrationTimeoutMs: 10_000,
    eventLogDir: undefined,
    logsBlockUpdates: false,
    logsStageMetrics: false,
    version: "simulated",
    sparkProperties: [],
  };
}
