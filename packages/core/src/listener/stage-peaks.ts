import { type ExecutorMetrics, peakMetrics, stageExecutorMetrics, type StageMetrics } from "./executor-event.ts";
import type { SparkListenerEvent } from "./listener-event.ts";

/** The peaks of executors' metrics by stage, as heartbeats brought them, until the stage ends. */
export class StagePeaks {
  readonly #stages = new Map<string, Map<string, ExecutorMetrics>>();

  note(executorId: string, stages: readonly StageMetrics[]): void {
    for (const { stageId, stageAttempt, metrics } of stages) {
      if (stageId < 0) continue;
      const key = `${stageId}.${stageAttempt}`;
      const peaks = this.#stages.get(key) ?? new Map<string, ExecutorMetrics>();
      const before = peaks.get(executorId);
      peaks.set(executorId, before === undefined ? metrics : peakMetrics(before, metrics));
      this.#stages.set(key, peaks);
    }
  }

  /** The events for a stage that ended; its peaks are forgotten. */
  take(stageId: number, stageAttempt: number): SparkListenerEvent[] {
    const key = `${stageId}.${stageAttempt}`;
    const peaks = this.#stages.get(key) ?? [];
    this.#stages.delete(key);
    return [...peaks].map(([executorId, metrics]) => stageExecutorMetrics(executorId, stageId, stageAttempt, metrics));
  }
}
