import type { Clock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import { type BarrierAction, BarrierCoordinator, type BarrierEvent, type BarrierRequest } from "../scheduler/barrier-coordinator.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";

interface Waiting {
  readonly resolve: (messages: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/** Answers the tasks of barrier stages: the shell around {@link BarrierCoordinator}. */
export class BarrierService {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #coordinator = new BarrierCoordinator();
  /** Barrier stages that run. */
  readonly #stages = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();

  /** @param timeoutMs `spark.barrier.sync.timeout` */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves with the messages of all tasks, by partition, when all have asked. Throws BARRIER_SYNC_FAILED, TASK_KILLED. */
  request(request: BarrierRequest): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.taskId, { resolve, reject });
      this.#step({ kind: "Request", request });
    });
  }

  stageStarted({ stageId, stageAttempt }: { readonly stageId: number; readonly stageAttempt: number }): void {
    this.#stages.add(stageId);
    this.#step({ kind: "StageStarted", stageId, stageAttempt });
  }

  stageEnded(stageId: number): void {
    if (this.#stages.delete(stageId)) this.#step({ kind: "StageEnded", stageId });
  }

  /** Comes for every task of every stage. */
  taskEnded({ stageId, stageAttempt, taskId, partition }: TaskIdentity): void {
    if (this.#stages.has(stageId)) this.#step({ kind: "TaskEnded", stageId, stageAttempt, taskId, partition });
  }

  #step(event: BarrierEvent): void {
    for (const action of this.#coordinator.step(event)) this.#perform(action);
  }

  #perform(action: BarrierAction): void {
    switch (action.kind) {
      case "Release":
        for (const taskId of action.taskIds) this.#take(taskId)?.resolve(action.messages);
        return;
      case "Refuse":
        for (const request of action.requests) this.#take(request.taskId)?.reject(refusal(request, action));
        return;
      case "ScheduleTimeout": {
        const { stageId, stageAttempt, epoch } = action;
        const over = (): void => this.#step({ kind: "TimedOut", stageId, stageAttempt, epoch });
        // Timers cannot be set for longer than about 24 days; whoever wants less than that gets it.
        if (this.#timeoutMs < timerMsMax) this.#clock.schedule(this.#timeoutMs, over);
        return;
      }
    }
  }

  #take(taskId: number): Waiting | undefined {
    const waiting = this.#waiting.get(taskId);
    this.#waiting.delete(taskId);
    return waiting;
  }
}

/** What setTimeout takes. */
const timerMsMax = 2 ** 31 - 1;

function refusal(request: BarrierRequest, { reason, stageEnded }: { readonly reason: string; readonly stageEnded: boolean }): Error {
  if (stageEnded) return coreErrors.create("TASK_KILLED", { reason });
  const { stageId, partition, method } = request;
  return coreErrors.create("BARRIER_SYNC_FAILED", { call: `${method}()`, stageId, partition, reason });
}
