import type { Random } from "@vonk/common/internal";
import type { SimulatedApplication } from "./simulated-application.ts";
import type { SimulatedExecutorProcess, SimulatedHost } from "./simulated-host.ts";
import type { SimulatedMaster } from "./simulated-master.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { serverName } from "./simulated-server.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** What the faults of a simulated cluster act on. */
export interface ChaosTargets {
  readonly world: SimulatedWorld;
  readonly partitions: Partitions;
  readonly hosts: readonly SimulatedHost[];
  readonly applications: readonly SimulatedApplication[];
  masters(): readonly SimulatedMaster[];
  restartMaster(dead: SimulatedMaster): void;
}

/** Which pairs of processes do not hear each other. */
export class Partitions {
  readonly #cuts = new Map<string, number>();

  isCut(from: string, to: string): boolean {
    if (this.#cuts.size === 0) return false;
    return this.#cuts.has(pairOf(from, to)) || this.#cuts.has(from) || this.#cuts.has(to);
  }

  /** Cuts two processes off from each other, or one off from everybody; gives what ends that. */
  cut(one: string, other?: string): () => void {
    const key = other === undefined ? one : pairOf(one, other);
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#cuts.get(key) ?? 1) - 1;
      if (left > 0) this.#cuts.set(key, left);
      else this.#cuts.delete(key);
    };
  }
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one}|${other}` : `${other}|${one}`;
}

type Fault = (targets: ChaosTargets, random: Random, forMs: number) => string;

/** Injects a random fault now and again until `untilMs`; those that last end some seconds after that. */
export function unleash(targets: ChaosTargets, untilMs: number): void {
  const { world } = targets;
  const { clock, random } = world;
  const next = (): void => {
    if (clock.monotonicMs() >= untilMs) return;
    const fault = pick(random, world.hitsMastersOnly ? masterFaults : faults);
    // Most last shorter than the time-outs, some much longer.
    const forMs = random.next() < 0.6 ? random.nextInt(1500) : 1500 + random.nextInt(6000);
    if (fault !== undefined) world.trace(`fault: ${fault(targets, random, forMs)}`);
    clock.schedule(50 + random.nextInt(1500), next);
  };
  clock.schedule(random.nextInt(1500), next);
}

function pick<T>(random: Random, all: readonly T[]): T | undefined {
  return all[random.nextInt(Math.max(all.length, 1))];
}

function executors({ hosts }: ChaosTargets): SimulatedExecutorProcess[] {
  return hosts.flatMap((host) => [...host.executors]);
}

/** Everybody who may be cut off. */
function parties(targets: ChaosTargets): SimulatedProcess[] {
  const { hosts, applications } = targets;
  return [
    ...hosts.flatMap(({ worker }) => (worker === undefined ? [] : [worker.process])),
    ...executors(targets).map((executor) => executor.process),
    ...targets.masters().map((master) => master.process),
    ...applications.map((application) => application.process),
  ].filter((process) => process.isAlive);
}

function pause({ world }: ChaosTargets, process: SimulatedProcess | undefined, forMs: number): string {
  const wasReading = world.random.next() < 0.3;
  process?.pause();
  world.clock.schedule(forMs, () => process?.resume(wasReading));
  return `${process?.name ?? "nobody"} is stopped for ${forMs} ms`;
}

/** The leading master more often than another. */
function someMaster(targets: ChaosTargets, random: Random): SimulatedMaster | undefined {
  const alive = targets.masters().filter((master) => master.process.isAlive);
  const leading = alive.filter((master) => master.shell.isLeading);
  return pick(random, random.next() < 0.7 && leading.length > 0 ? leading : alive);
}

/** Faults that cost nobody else anything: who leads next goes on with all that runs. */
const masterFaults: readonly Fault[] = [
  (targets, random, forMs) => {
    const master = someMaster(targets, random);
    master?.process.kill();
    if (master !== undefined) targets.world.clock.schedule(forMs, () => targets.restartMaster(master));
    return `kill -9 of ${master?.process.name ?? "nobody"}`;
  },
  (targets, random, forMs) => pause(targets, someMaster(targets, random)?.process, forMs),
  (targets, random, forMs) => {
    const master = someMaster(targets, random)?.process;
    if (master !== undefined) targets.world.clock.schedule(forMs, targets.partitions.cut(master.name, serverName));
    return `${master?.name ?? "nobody"} does not reach JetStream for ${forMs} ms`;
  },
];

const faults: readonly Fault[] = [
  ...masterFaults,
  (targets, random) => {
    const victim = pick(random, executors(targets));
    victim?.crash();
    return `kill -9 of ${victim?.process.name ?? "nobody"}`;
  },
  (targets, random) => {
    const victim = pick(random, executors(targets));
    victim?.crash();
    return `kill -9 of ${victim?.process.name ?? "nobody"}`;
  },
  (targets, random, forMs) => {
    const host = pick(random, targets.hosts);
    host?.crashWorker();
    targets.world.clock.schedule(forMs, () => host?.startWorker());
    return `kill -9 of the worker on ${host?.hostName ?? "nowhere"}`;
  },
  (targets, random, forMs) => {
    const host = pick(random, targets.hosts);
    host?.crash();
    targets.world.clock.schedule(forMs, () => host?.startWorker());
    return `${host?.hostName ?? "nothing"} is lost with its files`;
  },
  ({ world }, random, forMs) => {
    const { server, clock } = world;
    const losesPower = random.next() < 0.3;
    if (losesPower) server.losePower();
    server.isDown = true;
    clock.schedule(Math.min(forMs, 4000), () => (server.isDown = false));
    return `nats-server restarts${losesPower ? " after a loss of power" : ""} within ${forMs} ms`;
  },
  (targets, random, forMs) => pause(targets, pick(random, executors(targets))?.process, forMs),
  // It hangs for good. One that hangs before its driver has heard of it is noticed by nobody.
  (targets, random) => {
    const known = executors(targets).filter(({ start }) => {
      const { applications } = targets.world;
      return applications.get(start.appId)?.checker.last?.tasks.executors.has(start.executorId) === true;
    });
    return pause(targets, pick(random, known)?.process, 1_000_000);
  },
  (targets, random, forMs) => pause(targets, pick(random, targets.applications)?.process, forMs),
  (targets, random, forMs) => pause(targets, pick(random, targets.hosts)?.worker?.process, forMs),
  (targets, random, forMs) => {
    const all = parties(targets);
    const [one, other] = [pick(random, all), pick(random, all)];
    if (one !== undefined && other !== undefined) targets.world.clock.schedule(forMs, targets.partitions.cut(one.name, other.name));
    return `${one?.name ?? "nobody"} and ${other?.name ?? "nobody"} do not hear each other for ${forMs} ms`;
  },
  (targets, random, forMs) => {
    const one = pick(random, parties(targets));
    if (one !== undefined) targets.world.clock.schedule(forMs, targets.partitions.cut(one.name));
    return `${one?.name ?? "nobody"} is cut off for ${forMs} ms`;
  },
  (targets, random, forMs) => {
    const one = pick(random, parties(targets));
    if (one !== undefined) targets.world.clock.schedule(forMs, targets.partitions.cut(one.name, serverName));
    return `${one?.name ?? "nobody"} does not reach JetStream for ${forMs} ms`;
  },
  (targets, random, forMs) => {
    const victim = pick(random, executors(targets));
    if (victim !== undefined) {
      victim.slowness = 20;
      targets.world.clock.schedule(forMs, () => (victim.slowness = 1));
    }
    return `${victim?.process.name ?? "nobody"} is slow for ${forMs} ms`;
  },
  ({ world }, random) => {
    world.server.deleteOne(random);
    return "a stream is deleted";
  },
  ({ world }, _, forMs) => {
    world.server.isFull = true;
    world.clock.schedule(forMs, () => (world.server.isFull = false));
    return `the streams are full for ${forMs} ms`;
  },
  (targets, random) => {
    if (random.next() < 0.7) return "none";
    const victim = pick(random, targets.applications);
    victim?.crash();
    return `kill -9 of ${victim?.process.name ?? "nobody"}`;
  },
];
