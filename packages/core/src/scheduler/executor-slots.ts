/** The property of a task that says how many cores it has; absent means one. */
export const taskCpusProperty = "vonk.task.cpus";

/** An executor as the task scheduler sees it. */
export interface ExecutorSlots {
  readonly executorId: string;
  readonly host: string;
  /** Task threads: tasks that run at once at most. */
  readonly slots: number;
  readonly cores: number;
  /** Tasks launched and not ended. */
  launched: number;
  /** Cores that they take. */
  coresUsed: number;
  /** How many of them take another number of cores than `spark.task.cpus`: beside those nothing is queued ahead. */
  weighted: number;
}

/** An executor that runs nothing. */
export function executorSlots(executorId: string, host: string, slots: number, cores: number = slots): ExecutorSlots {
  return { executorId, host, slots, cores, launched: 0, coresUsed: 0, weighted: 0 };
}

/** How many tasks of so many cores run at once when nothing else does. */
export function slotsFor({ slots, cores }: ExecutorSlots, cpus: number): number {
  return Math.min(slots, Math.floor(cores / cpus));
}

/** How many tasks of so many cores can start now. */
export function freeSlotsFor({ slots, cores, launched, coresUsed }: ExecutorSlots, cpus: number): number {
  return Math.max(0, Math.min(slots - launched, Math.floor((cores - coresUsed) / cpus)));
}
