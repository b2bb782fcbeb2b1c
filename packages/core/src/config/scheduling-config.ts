import { booleanEntry, type ConfigEntry, durationEntry, integerEntry, numberEntry, stringEntry } from "@vonk/common";
import type { SpeculationOptions } from "../scheduler/speculation.ts";
import type { ExcludeOnFailureOptions } from "../scheduler/exclude-options.ts";
import type { BarrierSlotOptions } from "../scheduler/task-scheduler.ts";
import { coreConfig } from "./core-config.ts";
import type { SparkConf } from "./spark-conf.ts";

/** Configuration keys of scheduling that only several executors show. */
const schedulingConfig: {
  readonly speculation: ConfigEntry<boolean>;
  readonly speculationInterval: ConfigEntry<number>;
  readonly speculationMultiplier: ConfigEntry<number>;
  readonly speculationQuantile: ConfigEntry<number>;
  readonly speculationMinTaskRuntime: ConfigEntry<number>;
  readonly speculationThreshold: ConfigEntry<string>;
  readonly efficiency: ConfigEntry<boolean>;
  readonly efficiencyRate: ConfigEntry<number>;
  readonly efficiencyLongRun: ConfigEntry<number>;
  readonly exclude: ConfigEntry<boolean>;
  readonly excludeTaskAttemptsPerExecutor: ConfigEntry<number>;
  readonly excludeTaskAttemptsPerNode: ConfigEntry<number>;
  readonly excludeStageTasksPerExecutor: ConfigEntry<number>;
  readonly excludeStageExecutorsPerNode: ConfigEntry<number>;
  readonly excludeApplicationTasksPerExecutor: ConfigEntry<number>;
  readonly excludeApplicationExecutorsPerNode: ConfigEntry<number>;
  readonly excludeFetchFailure: ConfigEntry<boolean>;
  readonly excludeTimeout: ConfigEntry<number>;
  readonly excludeKills: ConfigEntry<boolean>;
  readonly unschedulableTimeout: ConfigEntry<number>;
  readonly barrierSyncTimeout: ConfigEntry<number>;
  readonly barrierCheckInterval: ConfigEntry<number>;
  readonly barrierCheckFailures: ConfigEntry<number>;
  readonly mergesProfiles: ConfigEntry<boolean>;
  readonly coresWait: ConfigEntry<number>;
} = {
  speculation: booleanEntry("spark.speculation", false, { doc: "Run a second attempt of tasks that are slower than the others." }),
  speculationInterval: durationEntry("spark.speculation.interval", "100ms", {
    doc: "How often slow tasks are looked for.",
    bareUnit: "ms",
  }),
  speculationMultiplier: numberEntry("spark.speculation.multiplier", 3, {
    doc: "How many times slower than the median a task has to be.",
    min: 0,
  }),
  speculationQuantile: numberEntry("spark.speculation.quantile", 0.9, {
    doc: "Share of a stage's tasks that must be done before slow ones are looked for.",
    min: 0,
    max: 1,
  }),
  speculationMinTaskRuntime: durationEntry("spark.speculation.minTaskRuntime", "100ms", {
    doc: "Tasks that run less than this are never slow.",
    bareUnit: "ms",
  }),
  speculationThreshold: stringEntry("spark.speculation.task.duration.threshold", "", {
    doc: "A duration after which a task of a stage that fits into one executor is slow, however few tasks are done; unset: none.",
  }),
  efficiency: booleanEntry("spark.speculation.efficiency.enabled", true, {
    doc: "Give a slow task no second attempt while it reads its records as fast as the others did.",
  }),
  efficiencyRate: numberEntry("spark.speculation.efficiency.processRateMultiplier", 0.75, {
    doc: "Share of the mean rate of the stage's finished tasks below which a slow task gets a second attempt.",
    min: 0,
    max: 1,
  }),
  efficiencyLongRun: numberEntry("spark.speculation.efficiency.longRunTaskFactor", 2, {
    doc: "How many times longer than a slow task one has to run to get a second attempt whatever its rate.",
    min: 1,
  }),
  exclude: booleanEntry("spark.excludeOnFailure.enabled", false, {
    doc: "Launch no tasks on executors and hosts where too many have failed.",
  }),
  excludeTaskAttemptsPerExecutor: limitEntry("task.maxTaskAttemptsPerExecutor", 1, "Failures of one task on an executor"),
  excludeTaskAttemptsPerNode: limitEntry("task.maxTaskAttemptsPerNode", 2, "Failures of one task on a host"),
  excludeStageTasksPerExecutor: limitEntry("stage.maxFailedTasksPerExecutor", 2, "Tasks of a stage that failed on an executor"),
  excludeStageExecutorsPerNode: limitEntry("stage.maxFailedExecutorsPerNode", 2, "Executors of a host that are excluded for a stage"),
  excludeApplicationTasksPerExecutor: limitEntry("application.maxFailedTasksPerExecutor", 2, "Tasks that failed on an executor"),
  excludeApplicationExecutorsPerNode: limitEntry("application.maxFailedExecutorsPerNode", 2, "Executors of a host that are excluded"),
  excludeFetchFailure: booleanEntry("spark.excludeOnFailure.application.fetchFailure.enabled", false, {
    doc: "Exclude an executor at once when its map output cannot be read.",
  }),
  excludeTimeout: durationEntry("spark.excludeOnFailure.timeout", "1h", {
    doc: "How long an executor or host stays excluded for the application.",
    bareUnit: "ms",
  }),
  excludeKills: booleanEntry("spark.excludeOnFailure.killExcludedExecutors", false, {
    doc: "End executors when they are excluded for the application; the cluster replaces them.",
  }),
  unschedulableTimeout: durationEntry("spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout", "120s", {
    doc: "How long a task that may run nowhere waits for a new executor.",
    bareUnit: "s",
  }),
  barrierSyncTimeout: durationEntry("spark.barrier.sync.timeout", "365d", {
    doc: "How long barrier() and allGather() wait for the other tasks; from 25 days on for good.",
    bareUnit: "s",
  }),
  barrierCheckInterval: durationEntry("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "15s", {
    doc: "How often a barrier stage without enough slots looks for them again.",
    bareUnit: "s",
  }),
  barrierCheckFailures: integerEntry("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", 40, {
    doc: "How often it does so before it fails; 0 in local mode, where no slots can come.",
    min: 0,
  }),
  mergesProfiles: booleanEntry("spark.scheduler.resource.profileMergeConflicts", false, {
    doc: "Let a stage whose RDDs have different resource profiles take the most of each, instead of failing the job.",
  }),
  coresWait: durationEntry("vonk.scheduler.coresWait", "30s", {
    doc: "How long a stage whose tasks take more cores than any executor has waits for a larger one; local mode does not wait.",
    bareUnit: "s",
  }),
};

function limitEntry(name: string, fallback: number, what: string): ConfigEntry<number> {
  return integerEntry(`spark.excludeOnFailure.${name}`, fallback, { doc: `${what} at which it is excluded.`, min: 1 });
}

/** What of scheduling is switched on; plain data. */
export interface SchedulingSettings {
  readonly speculation?: SpeculationOptions;
  readonly exclude?: ExcludeOnFailureOptions;
  readonly barrier?: BarrierSlotOptions;
  readonly barrierSyncTimeoutMs?: number;
  readonly mergesProfiles?: boolean;
  readonly taskCpus?: number;
  readonly coresWaitMs?: number;
}

/**
 * Reads the settings.
 * @param isCluster whether executors can be ended and replaced
 * @throws CONFIG_INVALID_VALUE
 */
export function schedulingSettings(conf: SparkConf, isCluster: boolean): SchedulingSettings {
  const speculation = conf.read(schedulingConfig.speculation) ? speculationOptions(conf) : undefined;
  const exclude = conf.read(schedulingConfig.exclude) ? excludeOptions(conf, isCluster) : undefined;
  return {
    barrier: {
      checkIntervalMs: conf.read(schedulingConfig.barrierCheckInterval),
      checkFailuresMax: isCluster ? conf.read(schedulingConfig.barrierCheckFailures) : 0,
    },
    barrierSyncTimeoutMs: conf.read(schedulingConfig.barrierSyncTimeout),
    mergesProfiles: conf.read(schedulingConfig.mergesProfiles),
    taskCpus: conf.read(coreConfig.taskCpus),
    coresWaitMs: isCluster ? conf.read(schedulingConfig.coresWait) : 0,
    ...(speculation === undefined ? {} : { speculation }),
    ...(exclude === undefined ? {} : { exclude }),
  };
}

function speculationOptions(conf: SparkConf): SpeculationOptions {
  const threshold = conf.read(schedulingConfig.speculationThreshold);
  const { key } = schedulingConfig.speculationThreshold;
  const thresholdMs = threshold === "" ? undefined : conf.read(durationEntry(key, threshold, { doc: "", bareUnit: "ms" }));
  const efficiency = {
    processRateMultiplier: conf.read(schedulingConfig.efficiencyRate),
    longRunTaskFactor: conf.read(schedulingConfig.efficiencyLongRun),
  };
  return {
    intervalMs: conf.read(schedulingConfig.speculationInterval),
    multiplier: conf.read(schedulingConfig.speculationMultiplier),
    quantile: conf.read(schedulingConfig.speculationQuantile),
    minTaskRuntimeMs: conf.read(schedulingConfig.speculationMinTaskRuntime),
    ...(thresholdMs === undefined ? {} : { durationThresholdMs: thresholdMs }),
    ...(conf.read(schedulingConfig.efficiency) ? { efficiency } : {}),
  };
}

function excludeOptions(conf: SparkConf, isCluster: boolean): ExcludeOnFailureOptions {
  return {
    taskAttemptsPerExecutorMax: conf.read(schedulingConfig.excludeTaskAttemptsPerExecutor),
    taskAttemptsPerNodeMax: conf.read(schedulingConfig.excludeTaskAttemptsPerNode),
    stageTasksPerExecutorMax: conf.read(schedulingConfig.excludeStageTasksPerExecutor),
    stageExecutorsPerNodeMax: conf.read(schedulingConfig.excludeStageExecutorsPerNode),
    applicationTasksPerExecutorMax: conf.read(schedulingConfig.excludeApplicationTasksPerExecutor),
    applicationExecutorsPerNodeMax: conf.read(schedulingConfig.excludeApplicationExecutorsPerNode),
    onFetchFailure: conf.read(schedulingConfig.excludeFetchFailure),
    timeoutMs: conf.read(schedulingConfig.excludeTimeout),
    killsExcluded: isCluster && conf.read(schedulingConfig.excludeKills),
    ...(isCluster ? { unschedulableTimeoutMs: conf.read(schedulingConfig.unschedulableTimeout) } : {}),
  };
}
