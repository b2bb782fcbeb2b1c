import { assert } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import { barrierAddressesProperty, type BarrierMethod } from "../scheduler/barrier-coordinator.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { taskRuntime } from "./running-task.ts";
import { TaskContext } from "./task-context.ts";

/** A task of a barrier stage, as {@link BarrierTaskContext.getTaskInfos} shows it. */
export interface BarrierTaskInfo {
  /** The host that the task runs on. */
  readonly address: string;
}

/** The context of a task whose stage runs all its tasks at once, so that they can wait for and tell each other. */
export class BarrierTaskContext extends TaskContext {
  readonly #identity: TaskIdentity;
  readonly #addresses: readonly string[];
  #epoch = 0;

  constructor(task: TaskIdentity, properties: Readonly<Record<string, string>>, isKilled: () => boolean) {
    super(task, properties, isKilled);
    this.#identity = task;
    this.#addresses = (properties[barrierAddressesProperty] ?? "").split(",");
  }

  /** The context of the running barrier task. @throws BARRIER_CONTEXT_MISSING outside of barrier stages */
  static override get(): BarrierTaskContext {
    const context = TaskContext.get();
    if (context instanceof BarrierTaskContext) return context;
    throw coreErrors.create("BARRIER_CONTEXT_MISSING", {});
  }

  /**
   * Returns when every task of the stage has called it, each as often as the others.
   * @throws BARRIER_SYNC_FAILED when one of them ends without, or not all come within `spark.barrier.sync.timeout`
   */
  barrier(): void {
    this.#sync("barrier", "");
  }

  /** Waits like {@link barrier}; the messages of all tasks, by partition. @throws BARRIER_SYNC_FAILED */
  allGather(message: string): string[] {
    return [...this.#sync("allGather", message)];
  }

  /** All tasks of the stage, by partition. */
  getTaskInfos(): BarrierTaskInfo[] {
    return this.#addresses.map((address) => ({ address }));
  }

  #sync(method: BarrierMethod, message: string): readonly string[] {
    const { stageId, stageAttempt, taskId, partition } = this.#identity;
    const runtime = taskRuntime();
    assert(runtime !== undefined, "a barrier task runs on a task thread");
    const request = { stageId, stageAttempt, taskId, partition, taskCount: this.#addresses.length, epoch: this.#epoch, method, message };
    const messages = runtime.control.call("barrierSync", request);
    this.#epoch++;
    return messages;
  }
}
