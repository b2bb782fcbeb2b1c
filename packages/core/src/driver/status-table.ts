import type { JobStatus, StageStatus, StorageStatus } from "../message/status.ts";
import type { SchedulerFact } from "../scheduler/scheduler-event.ts";

/** Ended jobs and stages that are remembered, as `spark.ui.retainedJobs`. */
const retainedMax = 1000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type StageRow = Writable<StageStatus>;
type JobRow = Writable<JobStatus>;

interface StoredPartition {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** What is known of jobs, stages and stored RDDs, for status questions and the progress bar; built from facts alone. */
export class StatusTable {
  readonly #jobs = new Map<number, JobRow>();
  readonly #stages = new Map<number, StageRow>();
  readonly #stored = new Map<number, Map<string, StoredPartition>>();

  note(fact: SchedulerFact): void {
    switch (fact.kind) {
      case "JobStart": {
        const tags = fact.properties["spark.job.tags"] ?? "";
        this.#jobs.set(fact.jobId, {
          jobId: fact.jobId,
          status: "RUNNING",
          stageIds: fact.stages.map((stage) => stage.stageId),
          group: fact.properties["spark.jobGroup.id"],
          tags: tags === "" ? [] : tags.split(","),
        });
        trim(this.#jobs);
        return;
      }
      case "JobEnd": {
        const job = this.#jobs.get(fact.jobId);
        if (job !== undefined) job.status = fact.error === undefined ? "SUCCEEDED" : "FAILED";
        return;
      }
      case "StageSubmitted": {
        const { stageId, attempt, name, numTasks } = fact.stage;
        const counts = { numActiveTasks: 0, numCompletedTasks: 0, numFailedTasks: 0 };
        this.#stages.set(stageId, {
          stageId,
          attempt,
          name,
          numTasks,
          state: "running",
          ...counts,
          submittedAtMs: fact.stage.submittedAtMs ?? 0,
        });
        trim(this.#stages);
        return;
      }
      case "StageCompleted": {
        const stage = this.#stages.get(fact.stage.stageId);
        if (stage !== undefined) stage.state = fact.stage.failureReason === undefined ? "none" : "failed";
        return;
      }
      case "TaskStart": {
        const stage = this.#stages.get(fact.task.stageId);
        if (stage !== undefined) stage.numActiveTasks++;
        return;
      }
      case "TaskGettingResult":
        return;
      case "TaskEnd": {
        const stage = this.#stages.get(fact.task.stageId);
        if (stage === undefined) return;
        stage.numActiveTasks--;
        if (fact.reason.kind === "Success") stage.numCompletedTasks++;
        else stage.numFailedTasks++;
        return;
      }
    }
  }

  blockUpdated(
    update: { readonly rddId: number; readonly partition: number; readonly executorId: string; readonly stored: boolean } & StoredPartition,
  ): void {
    const partitions = this.#stored.get(update.rddId) ?? new Map<string, StoredPartition>();
    const key = `${update.executorId} ${update.partition}`;
    if (update.stored) partitions.set(key, update);
    else partitions.delete(key);
    // Removals may still arrive after the RDD was unpersisted as a whole.
    if (partitions.size === 0) this.#stored.delete(update.rddId);
    else this.#stored.set(update.rddId, partitions);
  }

  /** What an executor held is gone with it. */
  removeExecutor(executorId: string): void {
    for (const [rddId, partitions] of this.#stored) {
      for (const key of partitions.keys()) if (key.startsWith(`${executorId} `)) partitions.delete(key);
      if (partitions.size === 0) this.#stored.delete(rddId);
    }
  }

  removeRDD(rddId: number): void {
    this.#stored.delete(rddId);
  }

  job(jobId: number): JobStatus | undefined {
    return this.#jobs.get(jobId);
  }

  stage(stageId: number): StageStatus | undefined {
    return this.#stages.get(stageId);
  }

  active(): { readonly jobs: readonly JobStatus[]; readonly stages: readonly StageStatus[] } {
    return {
      jobs: [...this.#jobs.values()].filter((job) => job.status === "RUNNING"),
      stages: [...this.#stages.values()].filter((stage) => stage.state === "running"),
    };
  }

  storage(): readonly StorageStatus[] {
    return [...this.#stored].map(([rddId, partitions]) => ({
      rddId,
      // Several executors may hold copies of one.
      cachedPartitions: new Set([...partitions.keys()].map((key) => key.slice(key.indexOf(" ")))).size,
      memoryBytes: sum(partitions.values(), (each) => each.memoryBytes),
      diskBytes: sum(partitions.values(), (each) => each.diskBytes),
    }));
  }
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

/** Drops the oldest rows beyond what is retained. */
function trim<V>(rows: Map<number, V>): void {
  for (const key of rows.keys()) {
    if (rows.size <= retainedMax) return;
    rows.delete(key);
  }
}
