interface StageCommits {
  readonly attempt: number;
  /** Partition → the attempt that may commit. */
  readonly allowed: Map<number, number>;
}

/** Lets one attempt at each partition commit its output; the first to ask wins until it fails. Pure state. */
export class OutputCommitCoordinator {
  readonly #stages = new Map<number, StageCommits>();

  /** Stages whose commits are watched; none is left once every job has ended. */
  get openStages(): number {
    return this.#stages.size;
  }

  stageStarted(stageId: number, attempt: number): void {
    const known = this.#stages.get(stageId);
    // A later attempt of a stage runs only partitions that have no result; what was committed stays committed.
    this.#stages.set(stageId, { attempt, allowed: known?.allowed ?? new Map() });
  }

  stageEnded(stageId: number): void {
    this.#stages.delete(stageId);
  }

  canCommit(stageId: number, stageAttempt: number, partition: number, taskId: number): boolean {
    const stage = this.#stages.get(stageId);
    if (stage === undefined || stage.attempt !== stageAttempt) return false;
    const holder = stage.allowed.get(partition);
    if (holder !== undefined) return holder === taskId;
    stage.allowed.set(partition, taskId);
    return true;
  }

  attemptFailed(task: { readonly stageId: number; readonly partition: number; readonly taskId: number }): void {
    const allowed = this.#stages.get(task.stageId)?.allowed;
    if (allowed?.get(task.partition) === task.taskId) allowed.delete(task.partition);
  }
}
