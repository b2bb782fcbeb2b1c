/** Property of a barrier stage's tasks: their hosts, by partition, with commas between. */
export const barrierAddressesProperty = "spark.barrier.addresses";

/** The kind of global synchronisation that a barrier task asks for. */
export type BarrierMethod = "barrier" | "allGather";

/** One task's part in a global synchronisation of its stage attempt. */
export interface BarrierRequest {
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly taskId: number;
  readonly partition: number;
  readonly taskCount: number;
  /** How many synchronisations the task has passed. */
  readonly epoch: number;
  readonly method: BarrierMethod;
  readonly message: string;
}

/** What can happen to the coordinator. */
export type BarrierEvent =
  | { readonly kind: "StageStarted"; readonly stageId: number; readonly stageAttempt: number }
  | { readonly kind: "Request"; readonly request: BarrierRequest }
  /** A task ended in whatever way: those that wait for it would wait for good. */
  | {
      readonly kind: "TaskEnded";
      readonly stageId: number;
      readonly stageAttempt: number;
      readonly taskId: number;
      readonly partition: number;
    }
  | { readonly kind: "TimedOut"; readonly stageId: number; readonly stageAttempt: number; readonly epoch: number }
  /** No attempt of the stage runs any more. */
  | { readonly kind: "StageEnded"; readonly stageId: number };

/** What the coordinator wants done. */
export type BarrierAction =
  /** All tasks have asked; `messages` are theirs, by partition. */
  | { readonly kind: "Release"; readonly taskIds: readonly number[]; readonly messages: readonly string[] }
  | { readonly kind: "Refuse"; readonly requests: readonly BarrierRequest[]; readonly reason: string; readonly stageEnded: boolean }
  | { readonly kind: "ScheduleTimeout"; readonly stageId: number; readonly stageAttempt: number; readonly epoch: number };

interface Attempt {
  readonly stageAttempt: number;
  epoch: number;
  readonly waiting: Map<number, BarrierRequest>;
  /** Partition of a task that has ended. */
  ended: number | undefined;
}

/**
 * Lets the tasks of a barrier stage go on when all of them have asked for it, epoch by epoch.
 *
 * Pure. A request that can never be granted is refused at once: another task has ended, asks for the other method, or the epoch is
 * over. Spark leaves the first of these to its time-out.
 * @see Spark's core/BarrierCoordinator.scala
 */
export class BarrierCoordinator {
  readonly #stages = new Map<number, Attempt>();

  step(event: BarrierEvent): BarrierAction[] {
    switch (event.kind) {
      case "StageStarted": {
        const { stageId, stageAttempt } = event;
        const refused = this.step({ kind: "StageEnded", stageId });
        this.#stages.set(stageId, { stageAttempt, epoch: 0, waiting: new Map(), ended: undefined });
        return refused;
      }
      case "Request":
        return this.#request(event.request);
      case "TaskEnded": {
        const attempt = this.#stages.get(event.stageId);
        if (attempt?.stageAttempt !== event.stageAttempt) return [];
        attempt.ended = event.partition;
        attempt.waiting.delete(event.taskId);
        return this.#refuseAll(attempt, `the task of partition ${event.partition} has ended`);
      }
      case "TimedOut": {
        const attempt = this.#stages.get(event.stageId);
        if (attempt?.stageAttempt !== event.stageAttempt || attempt.epoch !== event.epoch) return [];
        return this.#refuseAll(attempt, `only ${attempt.waiting.size} tasks had asked when spark.barrier.sync.timeout was over`);
      }
      case "StageEnded": {
        const attempt = this.#stages.get(event.stageId);
        this.#stages.delete(event.stageId);
        return attempt === undefined ? [] : this.#refuseAll(attempt, "its stage attempt has ended", true);
      }
    }
  }

  #request(request: BarrierRequest): BarrierAction[] {
    const { stageId, stageAttempt, taskCount, epoch, method, taskId } = request;
    const attempt = this.#stages.get(stageId);
    if (attempt?.stageAttempt !== stageAttempt) return [refusal([request], "its stage attempt has ended", true)];
    if (attempt.ended !== undefined) return [refusal([request], `the task of partition ${attempt.ended} has ended`)];
    if (epoch !== attempt.epoch) return [refusal([request], `synchronisation ${epoch} is over`)];
    const [first] = attempt.waiting.values();
    if (first !== undefined && first.method !== method) {
      return [refusal([request], `the task of partition ${first.partition} calls ${first.method}() and this one ${method}()`)];
    }
    attempt.waiting.set(taskId, request);
    if (attempt.waiting.size === taskCount) return [this.#release(attempt)];
    return first === undefined ? [{ kind: "ScheduleTimeout", stageId, stageAttempt, epoch }] : [];
  }

  #release(attempt: Attempt): BarrierAction {
    const requests = [...attempt.waiting.values()].toSorted((a, b) => a.partition - b.partition);
    attempt.waiting.clear();
    attempt.epoch++;
    return { kind: "Release", taskIds: requests.map(({ taskId }) => taskId), messages: requests.map(({ message }) => message) };
  }

  #refuseAll(attempt: Attempt, reason: string, stageEnded = false): BarrierAction[] {
    const requests = [...attempt.waiting.values()];
    attempt.waiting.clear();
    return requests.length === 0 ? [] : [refusal(requests, reason, stageEnded)];
  }
}

function refusal(requests: readonly BarrierRequest[], reason: string, stageEnded = false): BarrierAction {
  return { kind: "Refuse", requests, reason, stageEnded };
}
