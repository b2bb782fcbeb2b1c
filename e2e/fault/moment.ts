import { setTimeout as sleep } from "node:timers/promises";
import type { SparkListenerEvent } from "@vonk/core";
import type { Random } from "./random.ts";

/** When a fault strikes, as seen in the listener's events of the job. */
export type Moment =
  | { readonly kind: "task"; readonly stage: number; readonly afterTasks: number; readonly delayMs: number }
  | { readonly kind: "between"; readonly stage: number };

/** A moment while the tasks of a stage run: after some of them, and some part of a task later. */
export function duringStage(random: Random, stage: number, tasks: number, taskMs: number): Moment {
  return { kind: "task", stage, afterTasks: Math.floor(random.next() * (tasks - 2)), delayMs: Math.floor(random.next() * taskMs) };
}

export function describeMoment(moment: Moment): string {
  if (moment.kind === "between") return `at the end of stage ${moment.stage}`;
  return `${moment.delayMs} ms after ${moment.afterTasks} tasks of stage ${moment.stage}`;
}

/** Counts what happens in the job and calls `strike` once, at the moment. */
export class Striker {
  readonly #moment: Moment;
  readonly #strike: () => Promise<void> | void;
  readonly #ended = new Map<number, number>();
  readonly #succeeded = new Map<string, number>();
  readonly removed: { readonly executorId: string; readonly reason: string; readonly atMs: number }[] = [];
  /** Why task attempts failed. */
  readonly failures: string[] = [];
  #struck: Promise<void> | undefined;
  struckAtMs = 0;

  constructor(moment: Moment, strike: () => Promise<void> | void) {
    this.#moment = moment;
    this.#strike = strike;
    if (moment.kind === "task" && moment.afterTasks === 0) this.#ended.set(moment.stage, 0);
  }

  see(event: SparkListenerEvent): void {
    const moment = this.#moment;
    if (event.Event === "SparkListenerTaskEnd") {
      const stage = Number(event["Stage ID"]);
      const end = event["Task End Reason"] as { readonly Reason?: string } | undefined;
      const reason = end?.Reason;
      if (reason !== "Success") this.failures.push(JSON.stringify(end));
      this.#ended.set(stage, (this.#ended.get(stage) ?? 0) + 1);
      if (reason === "Success") {
        const info = event["Task Info"] as { readonly Index?: number; readonly "Partition ID"?: number };
        const key = `${stage}/${info["Partition ID"] ?? info.Index}`;
        this.#succeeded.set(key, (this.#succeeded.get(key) ?? 0) + 1);
      }
      if (moment.kind === "task" && moment.stage === stage && this.#ended.get(stage) === moment.afterTasks) this.#later(moment.delayMs);
    }
    if (event.Event === "SparkListenerStageSubmitted" && moment.kind === "task" && moment.afterTasks === 0) {
      if (stageOf(event) === moment.stage) this.#later(moment.delayMs);
    }
    if (event.Event === "SparkListenerStageCompleted" && moment.kind === "between" && stageOf(event) === moment.stage) this.#later(0);
    if (event.Event === "SparkListenerExecutorRemoved") {
      this.removed.push({ executorId: String(event["Executor ID"]), reason: String(event["Removed Reason"]), atMs: Date.now() });
    }
  }

  /** Times that a partition of a stage was computed to the end. */
  successes(stage: number): number[] {
    return [...this.#succeeded].filter(([key]) => key.startsWith(`${stage}/`)).map(([, count]) => count);
  }

  /** Resolves when the fault has struck and its effect is in place; false when the job was over before. */
  async struck(): Promise<boolean> {
    await this.#struck;
    return this.#struck !== undefined;
  }

  #later(delayMs: number): void {
    this.#struck ??= sleep(delayMs).then(async () => {
      this.struckAtMs = Date.now();
      await this.#strike();
    });
  }
}

function stageOf(event: SparkListenerEvent): number {
  return Number((event["Stage Info"] as { readonly "Stage ID"?: number } | undefined)?.["Stage ID"]);
}
