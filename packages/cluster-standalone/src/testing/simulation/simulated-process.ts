import type { SimulatedBus, SimulatedNetwork } from "@vonk/bus/testing";
import type { Clock, Timer } from "@vonk/common/internal";

interface HeldTimer extends Timer {
  readonly run: () => void;
  cancelled: boolean;
}

/** The clock of one process: it may go a little fast or slow, stands still while the process is stopped, and ends with it. */
class ProcessClock implements Clock {
  readonly #base: Clock;
  readonly #rate: number;
  #held: HeldTimer[] | undefined;
  #isDead = false;

  constructor(base: Clock, rate: number) {
    this.#base = base;
    this.#rate = rate;
  }

  now(): number {
    return this.#base.now();
  }

  monotonicMs(): number {
    return this.#base.monotonicMs() * this.#rate;
  }

  schedule(delayMs: number, task: () => void): Timer {
    const timer: HeldTimer = {
      cancelled: false,
      cancel() {
        this.cancelled = true;
      },
      run: () => {
        if (!timer.cancelled && !this.#isDead) task();
      },
    };
    this.#base.schedule(Math.max(0, delayMs) / this.#rate, () => {
      if (this.#held === undefined) timer.run();
      else this.#held.push(timer);
    });
    return timer;
  }

  pause(): void {
    this.#held ??= [];
  }

  /** Runs what came due meanwhile, each timer in a turn of its own. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const timer of held) this.#base.schedule(0, timer.run);
  }

  kill(): void {
    this.#isDead = true;
    this.#held = undefined;
  }
}

/** A process of the simulated cluster: its clock and its way to the others. It can be stopped (SIGSTOP), go on, and die. */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly bus: SimulatedBus;
  readonly #clock: ProcessClock;
  readonly #network: SimulatedNetwork;
  isAlive = true;
  isPaused = false;
  /** When it last went on. */
  resumedMs: number = Number.NEGATIVE_INFINITY;
  readonly #base: Clock;

  /** @param name no other process has, dead ones included */
  constructor(network: SimulatedNetwork, base: Clock, name: string, rate = 1) {
    this.name = name;
    this.#network = network;
    this.#base = base;
    this.#clock = new ProcessClock(base, rate);
    this.clock = this.#clock;
    this.bus = network.connect(name, this.clock);
  }

  pause(): void {
    if (!this.isAlive) return;
    this.isPaused = true;
    this.#clock.pause();
    this.#network.pause(this.name);
  }

  /** What was due and what has arrived is handled now: timers first, unless the process was stopped while it read messages. */
  resume(wasReading: boolean): void {
    if (!this.isAlive || !this.isPaused) return;
    this.isPaused = false;
    this.resumedMs = this.#base.monotonicMs();
    if (wasReading) this.#network.resume(this.name);
    this.#clock.resume();
    if (!wasReading) this.#network.resume(this.name);
  }

  /** Ends without a word. */
  kill(): void {
    this.isAlive = false;
    this.#clock.kill();
    this.bus.crash();
    this.#network.drop(this.name);
  }
}
