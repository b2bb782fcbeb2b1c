import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { StagePlan } from "../plan/stage-plan.ts";
import type { HandedBlock } from "../executor/handed-blocks.ts";
import type { ExecutorSettings } from "../executor/executor-runtime.ts";
import type { TaskReport } from "./task-result.ts";
import type { MessagePort } from "node:worker_threads";
import type { SegmentHandle } from "@vonk/columnar/internal";

/** What a task thread is started with. */
export interface TaskThreadStart {
  readonly thread: number;
  readonly settings: ExecutorSettings;
  readonly segment: SegmentHandle;
  /** For {@link ControlChannel}. */
  readonly controlPort: MessagePort;
  readonly words: SharedArrayBuffer;
}

/**
 * Tasks that several threads share: each claims the next position with `Atomics.add` on word 0.
 * Word 1 + position is 0 while the task is unclaimed, the thread's number + 1 once claimed, -1 once withdrawn.
 */
export interface ClaimTable {
  readonly words: SharedArrayBuffer;
}

/** What a thread needs for the tasks of a stage. */
export interface StageDefinition {
  readonly plan: StagePlan;
  readonly properties: Readonly<Record<string, string>>;
}

/** From the control thread to a task thread. */
export type ToTaskThread =
  | {
      readonly kind: "run";
      readonly stageKey: string;
      /** Present when the thread does not have the stage yet. */
      readonly stage?: StageDefinition;
      /** A stage that the thread is to forget. */
      readonly droppedStage?: string;
      readonly tasks: readonly TaskIdentity[];
      readonly claims?: ClaimTable;
      readonly blocks: readonly HandedBlock[];
    }
  | { readonly kind: "forgetShuffle"; readonly shuffleId: number }
  | { readonly kind: "forgetBroadcast"; readonly id: number }
  /** The thread is about to be ended: what user functions have printed is to leave it first. */
  | { readonly kind: "flushOutput" };

/** From a task thread to the control thread. */
export type FromTaskThread =
  | { readonly kind: "ready" }
  | { readonly kind: "outputFlushed" }
  | {
      readonly kind: "reports";
      readonly reports: readonly TaskReport[];
      /** Run messages finished since the last report. */ readonly runsDone: number;
    };
