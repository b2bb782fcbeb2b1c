import type { SchedulingSettings } from "../config/scheduling-config.ts";
import type { PoolSettings, SchedulingMode } from "../scheduler/pool.ts";

/** Settings of the driver's service thread; plain data. */
export interface DriverSettings {
  readonly appId: string;
  readonly appName: string;
  readonly maxFailures: number;
  readonly localityWaitMs: number;
  readonly schedulingMode: SchedulingMode;
  readonly pools: readonly PoolSettings[];
  readonly maxConsecutiveAttempts: number;
  readonly resubmitDelayMs: number;
  readonly queueAheadMs: number;
  /** Speculation and exclusion; nothing of them when left out. */
  readonly scheduling?: SchedulingSettings;
  readonly maxResultBytes: number;
  /** `spark.network.timeout`: silence after which an executor is given up; absent when driver and executor share a process. */
  readonly executorTimeoutMs?: number;
  /** `vonk.executor.registrationTimeout`: how long an executor may take from its grant to its registration; absent is no limit. */
  readonly registrationTimeoutMs?: number;
  readonly eventLogDir: string | undefined;
  /** `spark.eventLog.logBlockUpdates.enabled` */
  readonly logsBlockUpdates: boolean;
  /** `spark.eventLog.logStageExecutorMetrics` */
  readonly logsStageMetrics: boolean;
  readonly version: string;
  readonly sparkProperties: readonly (readonly [string, string])[];
}
