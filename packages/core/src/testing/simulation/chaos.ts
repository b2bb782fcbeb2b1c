import type { Clock, Random } from "@vonk/common/internal";
import type { SimulatedNetwork } from "@vonk/bus/testing";
import type { SimulatedExecutor } from "./simulated-executor.ts";

/** What the faults of a simulation act on. */
export interface ChaosTargets {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  executors(): readonly SimulatedExecutor[];
  join(): void;
  readonly trace: (line: string) => void;
}

/** Injects a random fault now and again until `untilMs`; from then on executors stay as they are, at least one of them. */
export function unleash(targets: ChaosTargets, untilMs: number): void {
  const { clock, random } = targets;
  const next = (): void => {
    if (clock.monotonicMs() >= untilMs) {
      if (targets.executors().length === 0) targets.join();
      return;
    }
    oneFault(targets);
    clock.schedule(20 + random.nextInt(700), next);
  };
  clock.schedule(random.nextInt(500), next);
}

function oneFault(targets: ChaosTargets): void {
  const { random, clock, trace } = targets;
  const alive = targets.executors();
  const victim = alive[random.nextInt(Math.max(alive.length, 1))];
  if (victim === undefined) return targets.join();
  const kind = random.nextInt(9);
  const forMs = 200 + random.nextInt(5000);
  trace(`fault ${kind} on ${victim.executorId}`);
  if (kind === 0) {
    victim.crash();
    clock.schedule(random.nextInt(3000), () => targets.join());
  } else if (kind === 1) {
    cutOff(targets, victim, forMs);
  } else if (kind === 2) {
    // A pause: no heartbeats, but its tasks go on and report, perhaps after it was given up.
    victim.isMute = true;
    clock.schedule(forMs, () => (victim.isMute = false));
  } else if (kind === 3) {
    victim.slowness = 20;
    clock.schedule(forMs, () => (victim.slowness = 1));
  } else if (kind === 4 && alive.length < 5) {
    targets.join();
  } else if (kind === 5 || kind === 7) {
    for (let count = 1 + random.nextInt(4); count > 0; count--) victim.damage(random);
  } else if (kind === 6 || kind === 8) {
    victim.evict(random, random.next() < 0.6);
  }
}

function cutOff({ network, clock }: ChaosTargets, victim: SimulatedExecutor, forMs: number): void {
  network.cut(victim.executorId);
  victim.isReachable = false;
  clock.schedule(forMs, () => {
    network.heal(victim.executorId);
    victim.isReachable = true;
  });
}
