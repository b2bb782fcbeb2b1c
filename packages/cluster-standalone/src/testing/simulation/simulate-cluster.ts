import { reliableLink, SimulatedNetwork, type LinkFaults } from "@vonk/bus/testing";
import { seededRandom, type Random } from "@vonk/common/internal";
import { ManualClock } from "@vonk/common/testing";
import type { ClusterStatus } from "../../message/cluster-state.ts";
import { Partitions, unleash } from "./cluster-chaos.ts";
import { ClusterChecker } from "./cluster-checker.ts";
import { SimulatedApplication } from "./simulated-application.ts";
import { SimulatedHost } from "./simulated-host.ts";
import { SimulatedMaster } from "./simulated-master.ts";
import { serverName, SimulatedServer } from "./simulated-server.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** Options of {@link simulateCluster}. */
export interface ClusterSimulationOptions {
  /** Told of everything that happens, a line each. */
  readonly trace?: (line: string) => void;
}

/** How a simulation of a cluster went. */
export interface ClusterSimulationOutcome {
  readonly seed: number;
  /** Why it failed; absent when every rule was kept. */
  readonly failure?: string;
  /** `ok` or an error's code, by job. */
  readonly jobs: readonly string[];
  /** Timers that ran. */
  readonly events: number;
  /** Terms in which a master led. */
  readonly terms: number;
  /** Executors that were launched. */
  readonly launches: number;
  /** Hash of the trace: equal seeds give equal traces. */
  readonly traceHash: number;
}

/** Simulated milliseconds within which everything must have ended. */
const simulatedMsMax = 300_000;
const stepsMax = 1_500_000;
/** How long after the last fault masters and workers may see things differently. */
const settleMs = 15_000;
/** How long they may do so later. */
const disagreeMs = 6_000;
/** How long a cluster may take to get everything back. */
const giveBackMs = 30_000;
const microtaskTurns = 40;

/**
 * Runs a standalone cluster in one process from one seed: real masters, workers, drivers and executors' control sides on a simulated
 * network with simulated clocks, streams and machines; processes die, stop and come back, links fail. Checks the rules of the
 * schedulers and of the cluster after each event, the jobs' results at their ends, and that everything was given back at the end.
 */
export async function simulateCluster(seed: number, options: ClusterSimulationOptions = {}): Promise<ClusterSimulationOutcome> {
  const simulation = new ClusterSimulation(seed, options);
  const failure = await simulation.run();
  const { jobs, events, terms, launches, traceHash } = simulation;
  return { seed, jobs, events, terms, launches, traceHash, ...(failure === undefined ? {} : { failure }) };
}

class ClusterSimulation {
  readonly #clock = new ManualClock();
  readonly #random: Random;
  readonly #partitions = new Partitions();
  readonly #checker = new ClusterChecker();
  readonly #world: SimulatedWorld;
  readonly #hosts: SimulatedHost[] = [];
  readonly #masters: SimulatedMaster[] = [];
  readonly #trace: ((line: string) => void) | undefined;
  readonly #chaosEndMs: number;
  readonly #lingerMs: number;
  readonly #spreadOut: boolean;
  readonly #disagreeing = new Map<string, number>();
  #failure: string | undefined;
  #allEndedMs: number | undefined;
  events = 0;
  traceHash = 0x811c9dc5;

  constructor(seed: number, { trace }: ClusterSimulationOptions) {
    const random = seededRandom(seed);
    const clock = this.#clock;
    this.#random = random;
    this.#trace = trace;
    this.#chaosEndMs = random.nextInt(8) === 0 ? 0 : 3000 + random.nextInt(12_000);
    // Some applications stay after their last job, so that what they hold is compared with what the masters think.
    this.#lingerMs = random.next() < 0.4 ? this.#chaosEndMs + settleMs + disagreeMs + 5000 : 0;
    this.#spreadOut = random.next() < 0.5;
    const line = (text: string): void => this.#line(text);
    const network: SimulatedNetwork = new SimulatedNetwork({
      clock,
      random,
      faults: this.#linkFaults(),
      trace: line,
    });
    const failureRate = random.next() * 0.03;
    const hitsMastersOnly = random.next() < 0.15;
    this.#world = {
      clock,
      random,
      network,
      server: new SimulatedServer(network, clock),
      checker: this.#checker,
      applications: new Map(),
      hitsMastersOnly,
      failureRate: () => (clock.now() < this.#chaosEndMs ? failureRate : 0),
      trace: line,
      broken: (error) => this.#broken(error),
    };
  }

  get jobs(): readonly string[] {
    return this.#applications.flatMap(({ user }) => user.outcomes);
  }

  get terms(): number {
    return this.#checker.terms;
  }

  get launches(): number {
    return this.#checker.launches;
  }

  get #applications(): SimulatedApplication[] {
    return [...this.#world.applications.values()];
  }

  #start(): void {
    const random = this.#random;
    const [masters, hosts, applications] = [2 + random.nextInt(2), 1 + random.nextInt(4), 1 + random.nextInt(3)];
    for (let index = 0; index < masters; index++) this.#startMaster(`master-${index}`);
    for (let index = 0; index < hosts; index++) {
      this.#hosts.push(new SimulatedHost(this.#world, `host${index}`, 2 + random.nextInt(4), (4 + 2 * random.nextInt(5)) * 2 ** 20));
    }
    for (let index = 0; index < applications; index++) {
      const appId = `app${index}`;
      this.#world.applications.set(appId, new SimulatedApplication(this.#world, appId));
    }
    unleash(
      {
        world: this.#world,
        partitions: this.#partitions,
        hosts: this.#hosts,
        applications: this.#applications,
        masters: () => this.#masters,
        restartMaster: (dead) => this.#restartMaster(dead),
      },
      this.#chaosEndMs,
    );
  }

  #startMaster(masterId: string): void {
    this.#masters.push(new SimulatedMaster(this.#world, masterId, this.#masters.length, this.#spreadOut));
  }

  #restartMaster(dead: SimulatedMaster): void {
    this.#startMaster(dead.process.name.replace(/-p\d+$/, ""));
  }

  /** Runs to the end; gives the first rule that was broken. */
  async run(): Promise<string | undefined> {
    this.#start();
    while (this.events < stepsMax && this.#clock.now() < simulatedMsMax) {
      this.#advance();
      // Whatever waits for a promise goes on now; nothing but simulated promises is awaited.
      for (let turn = 0; turn < microtaskTurns; turn++) await Promise.resolve();
      if (this.events % 16 === 0) this.#checkCluster();
      const failure = this.#firstFailure();
      if (failure !== undefined) return failure;
      if (this.#isOver()) return undefined;
    }
    return `it does not end: ${this.#leftovers().join(", ")}`;
  }

  #firstFailure(): string | undefined {
    const failure = this.#failure ?? this.#checker.broken;
    if (failure !== undefined) return failure;
    for (const { checker, user, streams, appId } of this.#world.applications.values()) {
      const broken = checker.broken ?? user.broken ?? streams.broken;
      if (broken !== undefined) return `${appId}: ${broken}`;
    }
    return undefined;
  }

  #advance(): void {
    this.events++;
    try {
      if (!this.#clock.runNext()) this.#failure ??= "nothing is left to happen";
    } catch (error) {
      this.#broken(error);
    }
  }

  #isOver(): boolean {
    const nowMs = this.#clock.now();
    let areEnded = true;
    for (const application of this.#world.applications.values()) {
      if (nowMs >= this.#lingerMs) application.stopWhenDone();
      areEnded &&= application.state === "ended" || application.state === "crashed";
    }
    if (!areEnded || nowMs < this.#chaosEndMs) return false;
    this.#allEndedMs ??= nowMs;
    const leftovers = this.events % 16 === 0 ? this.#leftovers() : ["not looked"];
    if (leftovers.length === 0) return true;
    if (leftovers[0] !== "not looked" && nowMs > this.#allEndedMs + giveBackMs + settleMs)
      this.#failure ??= `not given back: ${leftovers.join(", ")}`;
    return false;
  }

  /** What is left that the cluster should have got back. */
  #leftovers(): string[] {
    const { server, applications } = this.#world;
    const crashed = [...applications.values()].filter(({ state }) => state === "crashed").map(({ appId }) => `vonk-${appId}-`);
    const { leader } = this;
    return [
      ...this.#applications.flatMap(({ appId, state, checker, user }) =>
        state === "running" || state === "stopping"
          ? [`${appId} ${state} (${user.outcomes.join()}): ${checker.leftovers().join(", ")}`]
          : [],
      ),
      ...this.#hosts.flatMap((host) => [...host.executors].map((executor) => executor.process.name)),
      // Nobody sweeps the streams of a driver that died; they expire.
      ...server.streamNames.filter((name) => !crashed.some((prefix) => name.startsWith(prefix))).map((name) => `stream ${name}`),
      ...server.keptApplications(leader?.term ?? 0).map((appId) => `the record of ${appId}`),
      ...(leader?.applications.map(({ appId }) => `application ${appId} at ${leader.masterId}`) ?? ["no leader"]),
      ...(leader?.workers.flatMap(({ workerId, coresUsed }) => (coresUsed === 0 ? [] : [`${coresUsed} cores of ${workerId}`])) ?? []),
    ];
  }

  /** The cluster as the newest leader sees it. */
  get leader(): ClusterStatus | undefined {
    let newest: ClusterStatus | undefined;
    for (const { process, shell } of this.#masters) {
      if (!process.isAlive || !shell.isLeading) continue;
      const status = shell.status();
      if (newest === undefined || status.term > newest.term) newest = status;
    }
    return newest;
  }

  /** A master that was stopped may take itself for the leader until it has looked at its clock, others never. */
  #checkLeaders(): void {
    const leading = this.#masters.filter(
      ({ process, shell }) => process.isAlive && !process.isPaused && process.resumedMs < this.#clock.now() && shell.isLeading,
    );
    if (leading.length > 1) this.#failure ??= `${leading.map(({ process }) => process.name).join(" and ")} lead at once`;
  }

  #checkCluster(): void {
    this.#checkLeaders();
    for (const { process, shell } of this.#masters) {
      if (!process.isAlive || !shell.isLeading) continue;
      for (const { workerId, cores, coresUsed, memoryBytes, memoryUsedBytes } of shell.status().workers) {
        if (coresUsed > cores || memoryUsedBytes > memoryBytes)
          this.#failure ??= `${process.name} gave ${coresUsed} of ${cores} cores and ${memoryUsedBytes} of ${memoryBytes} bytes of ${workerId}`;
      }
    }
    if (this.#clock.now() > this.#chaosEndMs + settleMs) this.#checkAgreement();
  }

  /** With no faults any more the leader's view and the workers' are the same before long, and nobody waits for what is free. */
  #checkAgreement(): void {
    const { leader } = this;
    const problems =
      leader === undefined
        ? ["no master leads"]
        : [...this.#differences(leader), ...this.#strangers(), ...starving(leader, this.#applications)];
    const nowMs = this.#clock.now();
    for (const problem of this.#disagreeing.keys()) if (!problems.includes(problem)) this.#disagreeing.delete(problem);
    for (const problem of problems) {
      const sinceMs = this.#disagreeing.get(problem) ?? nowMs;
      this.#disagreeing.set(problem, sinceMs);
      if (nowMs - sinceMs > disagreeMs) this.#failure ??= `for ${Math.round(nowMs - sinceMs)} ms: ${problem}`;
    }
  }

  /** Executors that run and that their driver does not know. */
  #strangers(): string[] {
    return this.#hosts.flatMap((host) =>
      [...host.executors].flatMap(({ start, process, isEnding }) => {
        const application = this.#world.applications.get(start.appId);
        const isKnown = application?.checker.last?.tasks.executors.has(start.executorId) === true;
        return isEnding || isKnown || application?.state !== "running" ? [] : [`its driver does not know ${process.name}`];
      }),
    );
  }

  #differences(leader: ClusterStatus): string[] {
    return this.#hosts.flatMap((host) => {
      const { worker, executors } = host;
      if (worker?.process.isAlive !== true) return [`the worker on ${host.hostName} is dead`];
      const known = leader.workers.find(({ workerId }) => workerId === worker.workerId);
      if (known === undefined) return [`${leader.masterId} does not know ${worker.workerId}`];
      const launched = [...executors].filter(({ isEnding }) => !isEnding);
      const running = launched.reduce((sum, { start }) => sum + start.cores, 0);
      const memoryBytes = launched.reduce((sum, { start }) => sum + (this.#world.applications.get(start.appId)?.memoryBytes ?? 0), 0);
      const names = launched.map(({ process }) => process.name).join(", ");
      if (running > host.cores || memoryBytes > host.memoryBytes) return [`${worker.workerId} runs more than it has: ${names}`];
      if (running === known.coresUsed && memoryBytes === known.memoryUsedBytes) return [];
      return [`${worker.workerId} runs ${running} cores (${names}), ${leader.masterId} has ${known.coresUsed} in use there`];
    });
  }

  #broken(error: unknown): void {
    this.#failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }

  #line(text: string): void {
    const line = `${this.#clock.now().toFixed(3)} ${text}`;
    for (let index = 0; index < line.length; index++) this.traceHash = Math.imul(this.traceHash ^ line.charCodeAt(index), 0x01000193) >>> 0;
    this.#trace?.(line);
  }

  /** The threads of a driver's process lose nothing between them; a client has one connection to the server's JetStream. */
  #linkFaults(): (from: string, to: string) => LinkFaults {
    const random = this.#random;
    const calm: LinkFaults = { delayMsMin: 0.1, delayMsMax: 1 + random.next() * 10, dropRate: 0, duplicateRate: 0, inOrder: false };
    const rates = { dropRate: random.next() * 0.08, duplicateRate: random.next() * 0.08 };
    const faulty: LinkFaults = { ...calm, ...rates, delayMsMax: calm.delayMsMax * 8 };
    const stream: LinkFaults = { ...calm, inOrder: true };
    const faultyStream: LinkFaults = { ...stream, dropRate: rates.dropRate };
    const cut: LinkFaults = { ...calm, dropRate: 1 };
    return (from, to) => {
      if (from.startsWith("user-") || to.startsWith("user-")) return reliableLink;
      if (this.#world.server.isDown || this.#partitions.isCut(from, to)) return cut;
      const isChaos = this.#clock.now() < this.#chaosEndMs;
      if (from === serverName || to === serverName) return isChaos ? faultyStream : stream;
      return isChaos ? faulty : calm;
    };
  }
}

function starving(leader: ClusterStatus, applications: readonly SimulatedApplication[]): string[] {
  return applications.flatMap(({ appId, state, coresPerExecutor, memoryBytes }) => {
    if (state !== "running") return [];
    const known = leader.applications.find((each) => each.appId === appId);
    if (known === undefined) return [`${leader.masterId} does not know ${appId}`];
    const fits = leader.workers.find(
      (worker) => worker.cores - worker.coresUsed >= coresPerExecutor && worker.memoryBytes - worker.memoryUsedBytes >= memoryBytes,
    );
    return known.executors === 0 && fits !== undefined ? [`${appId} has no executor although ${fits.workerId} has room`] : [];
  });
}
