import type { SchedulingFact } from "../scheduler/scheduling-fact.ts";
import type { SparkListenerEvent } from "./listener-event.ts";

/**
 * The event that tells listeners of a fact of the task scheduler. Spark writes these by the fields of their classes, so these
 * have other names than those of jobs, stages and tasks.
 * @see Spark's core/scheduler/SparkListener.scala
 */
export function schedulingEvent(fact: SchedulingFact, timeMs: number): SparkListenerEvent {
  const Event = `SparkListener${fact.kind}`;
  switch (fact.kind) {
    case "SpeculativeTaskSubmitted": {
      const { stageId, stageAttempt, partition } = fact.task;
      return { Event, stageId, stageAttemptId: stageAttempt, taskIndex: partition, partitionId: partition };
    }
    case "ExecutorExcluded":
      return { Event, time: timeMs, executorId: fact.executorId, taskFailures: fact.taskFailures };
    case "ExecutorUnexcluded":
      return { Event, time: timeMs, executorId: fact.executorId };
    case "NodeExcluded":
      return { Event, time: timeMs, hostId: fact.host, executorFailures: fact.executorFailures };
    case "NodeUnexcluded":
      return { Event, time: timeMs, hostId: fact.host };
    case "ExecutorExcludedForStage":
    case "NodeExcludedForStage": {
      const { stageId, stageAttempt } = fact;
      const who =
        fact.kind === "NodeExcludedForStage"
          ? { hostId: fact.host, executorFailures: fact.executorFailures }
          : { executorId: fact.executorId, taskFailures: fact.taskFailures };
      return { Event, time: timeMs, ...who, stageId, stageAttemptId: stageAttempt };
    }
    case "UnschedulableTaskSetAdded":
    case "UnschedulableTaskSetRemoved":
      return { Event, stageId: fact.stageId, stageAttemptId: fact.stageAttempt };
  }
}
