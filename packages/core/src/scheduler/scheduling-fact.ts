import type { TaskIdentity } from "./scheduler-event.ts";

/** What the task scheduler tells the listeners. */
export type SchedulingFact =
  /** A second attempt of the task is wanted. */
  | { readonly kind: "SpeculativeTaskSubmitted"; readonly task: TaskIdentity }
  | { readonly kind: "ExecutorExcluded"; readonly executorId: string; readonly taskFailures: number }
  | { readonly kind: "ExecutorUnexcluded"; readonly executorId: string }
  | { readonly kind: "NodeExcluded"; readonly host: string; readonly executorFailures: number }
  | { readonly kind: "NodeUnexcluded"; readonly host: string }
  | {
      readonly kind: "ExecutorExcludedForStage";
      readonly executorId: string;
      readonly taskFailures: number;
      readonly stageId: number;
      readonly stageAttempt: number;
    }
  | {
      readonly kind: "NodeExcludedForStage";
      readonly host: string;
      readonly executorFailures: number;
      readonly stageId: number;
      readonly stageAttempt: number;
    }
  /** Some task of the set may run nowhere, and new executors are waited for. */
  | { readonly kind: "UnschedulableTaskSetAdded"; readonly stageId: number; readonly stageAttempt: number }
  | { readonly kind: "UnschedulableTaskSetRemoved"; readonly stageId: number; readonly stageAttempt: number };
