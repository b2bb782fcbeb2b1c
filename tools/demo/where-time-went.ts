import type { SparkListenerEvent } from "@vonk/core";
import { type Cell, table } from "./table.ts";

interface JobTimes {
  readonly id: number;
  readonly name: string;
  readonly startMs: number;
  readonly stages: ReadonlySet<number>;
  /** Stages of which a task ran; the output of the others was still there. */
  readonly ran: Set<number>;
  endMs: number;
  tasks: number;
  taskMs: number;
  shuffleBytes: number;
}

/** Adds up listener events into one row a job: what it took on the clock, in tasks and through shuffles. */
export class WhereTimeWent {
  readonly #jobs = new Map<number, JobTimes>();

  /** Takes one of Spark's listener events. */
  note(event: SparkListenerEvent): void {
    if (event.Event === "SparkListenerJobStart") this.#jobStarted(event);
    else if (event.Event === "SparkListenerJobEnd") {
      const job = this.#jobs.get(event["Job ID"] as number);
      if (job !== undefined) job.endMs = event["Completion Time"] as number;
    } else if (event.Event === "SparkListenerTaskEnd") this.#taskEnded(event);
  }

  #jobStarted(event: SparkListenerEvent): void {
    const id = event["Job ID"] as number;
    const properties = event["Properties"] as Readonly<Record<string, string>>;
    const startMs = event["Submission Time"] as number;
    const stages = new Set(event["Stage IDs"] as readonly number[]);
    const name = properties["spark.job.description"] ?? "";
    this.#jobs.set(id, { id, name, startMs, stages, ran: new Set(), endMs: startMs, tasks: 0, taskMs: 0, shuffleBytes: 0 });
  }

  #taskEnded(event: SparkListenerEvent): void {
    const metrics = event["Task Metrics"] as Readonly<Record<string, unknown>> | undefined;
    const job = [...this.#jobs.values()].find((each) => each.stages.has(event["Stage ID"] as number));
    if (job === undefined || metrics === undefined) return;
    job.ran.add(event["Stage ID"] as number);
    job.tasks++;
    job.taskMs += metrics["Executor Run Time"] as number;
    job.shuffleBytes += (metrics["Shuffle Write Metrics"] as Readonly<Record<string, number>>)["Shuffle Bytes Written"] ?? 0;
  }

  /** The rows as text. */
  toString(): string {
    const rows = [...this.#jobs.values()].map((job): Cell[] => [
      `${job.id}`,
      job.name,
      job.ran.size,
      job.tasks,
      job.endMs - job.startMs,
      job.taskMs,
      job.shuffleBytes / 1024,
    ]);
    return table(["job", "of", "stages", "tasks", "ms", "ms in tasks", "shuffled (KiB)"], rows);
  }
}
