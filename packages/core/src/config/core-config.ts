import { booleanEntry, bytesEntry, type ConfigEntry, durationEntry, integerEntry, numberEntry, stringEntry } from "@vonk/common";

/** Configuration keys that @vonk/core reads. Keys that Spark has keep Spark's names, units and defaults where they make sense without a JVM. */
export const coreConfig: {
  readonly appName: ConfigEntry<string>;
  readonly master: ConfigEntry<string>;
  readonly defaultParallelism: ConfigEntry<number>;
  readonly executorMemory: ConfigEntry<number>;
  readonly driverMemory: ConfigEntry<number>;
  readonly coresMax: ConfigEntry<number>;
  readonly executorCores: ConfigEntry<number>;
  readonly networkTimeout: ConfigEntry<number>;
  readonly registrationTimeout: ConfigEntry<number>;
  readonly clusterManager: ConfigEntry<string>;
  readonly shuffleStore: ConfigEntry<string>;
  readonly shuffleWindow: ConfigEntry<number>;
  readonly memoryFraction: ConfigEntry<number>;
  readonly memoryStorageFraction: ConfigEntry<number>;
  readonly driverMaxResultSize: ConfigEntry<number>;
  readonly taskMaxFailures: ConfigEntry<number>;
  readonly taskCpus: ConfigEntry<number>;
  readonly localityWait: ConfigEntry<number>;
  readonly schedulerMode: ConfigEntry<string>;
  readonly schedulerAllocationFile: ConfigEntry<string>;
  readonly stageMaxConsecutiveAttempts: ConfigEntry<number>;
  readonly eventLogEnabled: ConfigEntry<boolean>;
  readonly eventLogDir: ConfigEntry<string>;
  readonly eventLogBlockUpdates: ConfigEntry<boolean>;
  readonly eventLogStageMetrics: ConfigEntry<boolean>;
  readonly heartbeatInterval: ConfigEntry<number>;
  readonly showConsoleProgress: ConfigEntry<boolean>;
  readonly progressLines: ConfigEntry<boolean>;
  readonly localDir: ConfigEntry<string>;
  readonly logLevel: ConfigEntry<string>;
  readonly checkpointDir: ConfigEntry<string>;
  readonly files: ConfigEntry<string>;
  readonly archives: ConfigEntry<string>;
  readonly resubmitDelay: ConfigEntry<number>;
  readonly queueAhead: ConfigEntry<number>;
  readonly killGrace: ConfigEntry<number>;
  readonly asyncConcurrency: ConfigEntry<number>;
  readonly closureWarnBytes: ConfigEntry<number>;
  readonly batchRecords: ConfigEntry<number>;
  readonly spillRecordsMax: ConfigEntry<number>;
  readonly busClone: ConfigEntry<boolean>;
} = {
  appName: stringEntry("spark.app.name", "vonk", { doc: "Name of the application, shown to users and in logs." }),
  master: stringEntry("spark.master", "local[*]", {
    doc: "Where the application runs: local, local[K], local[K,F], local[*], local[*,F], vonk://host:port[,host:port] or local-cluster[N,C,M].",
  }),
  defaultParallelism: integerEntry("spark.default.parallelism", 0, {
    doc: "Partitions of parallelize() and of shuffles that name none; 0 means the cores of the master.",
  }),
  executorMemory: bytesEntry("spark.executor.memory", "1g", {
    doc: "Memory of an executor: blocks in the shared segment plus the heaps of its task threads.",
    bareUnit: "m",
  }),
  driverMemory: bytesEntry("spark.driver.memory", "1g", {
    doc: "Memory of the driver's process for broadcasts when its executors are other processes, and its limit when a worker launches it.",
    bareUnit: "m",
  }),
  coresMax: integerEntry("spark.cores.max", 0, {
    doc: "Cores that the application wants of a standalone cluster; 0 is all it can get.",
    min: 0,
  }),
  executorCores: integerEntry("spark.executor.cores", 0, {
    doc: "Cores of an executor; 0 lets a standalone cluster give all of a worker's to one.",
    min: 0,
  }),
  networkTimeout: durationEntry("spark.network.timeout", "4s", {
    doc: "Silence after which an executor process is given up. Spark waits 120 s; here the control connection is never busy with data.",
    bareUnit: "s",
  }),
  registrationTimeout: durationEntry("vonk.executor.registrationTimeout", "60s", {
    doc: "How long an executor process may take from its launch until it registers; after that it is ended and replaced.",
    bareUnit: "s",
  }),
  clusterManager: stringEntry("vonk.cluster.manager", "", {
    doc: "Package or file: URL of a module that exports a `clusterManager`, in place of the one that the master URL names.",
  }),
  shuffleStore: stringEntry("vonk.shuffle.store", "auto", {
    doc: "Where executor processes keep map output: files of the host, JetStream, or (auto) both, read from files on the same host.",
    values: ["auto", "files", "jetstream"],
  }),
  shuffleWindow: bytesEntry("vonk.shuffle.window", "64m", {
    doc: "Map output of an executor that may be on its way to JetStream before its map tasks wait.",
  }),
  memoryFraction: numberEntry("spark.memory.fraction", 0.6, { doc: "Share of the executor's memory for blocks and shuffles.", max: 1 }),
  memoryStorageFraction: numberEntry("spark.memory.storageFraction", 0.5, {
    doc: "Share of that in which cached blocks are safe from eviction.",
    max: 1,
  }),
  driverMaxResultSize: bytesEntry("spark.driver.maxResultSize", "1g", {
    doc: "Most bytes that the results of one action may take; 0 is no limit.",
    bareUnit: "m",
  }),
  taskMaxFailures: integerEntry("spark.task.maxFailures", 4, {
    doc: "Failures of one task after which its job fails; local masters use 1 or their F.",
    min: 1,
  }),
  taskCpus: integerEntry("spark.task.cpus", 1, { doc: "Cores that each task takes.", min: 1 }),
  localityWait: durationEntry("spark.locality.wait", "3s", { doc: "How long a task waits for a nearer place.", bareUnit: "ms" }),
  schedulerMode: stringEntry("spark.scheduler.mode", "FIFO", { doc: "Order between jobs of one application.", values: ["FIFO", "FAIR"] }),
  schedulerAllocationFile: stringEntry("spark.scheduler.allocation.file", "", {
    doc: "JSON file with pools: [{name, schedulingMode, weight, minShare}].",
  }),
  stageMaxConsecutiveAttempts: integerEntry("spark.stage.maxConsecutiveAttempts", 4, {
    doc: "Fetch failures in a row after which a stage fails.",
    min: 1,
  }),
  eventLogEnabled: booleanEntry("spark.eventLog.enabled", false, { doc: "Write listener events to a file." }),
  eventLogDir: stringEntry("spark.eventLog.dir", "spark-events", { doc: "Folder for event logs." }),
  eventLogBlockUpdates: booleanEntry("spark.eventLog.logBlockUpdates.enabled", false, {
    doc: "Write an event for each block that is stored, moved or removed too.",
  }),
  eventLogStageMetrics: booleanEntry("spark.eventLog.logStageExecutorMetrics", false, {
    doc: "Write the peaks of executors' memory metrics at the end of each stage.",
  }),
  heartbeatInterval: durationEntry("spark.executor.heartbeatInterval", "1s", {
    doc: "How often an executor gives a sign of life and its memory metrics. Spark's 10 s go with its time-out of 120 s.",
    bareUnit: "ms",
  }),
  progressLines: booleanEntry("vonk.ui.progressLines", false, {
    doc: "Write the progress of running stages as lines on standard error; `vonk submit` in cluster mode sets it and shows them.",
  }),
  showConsoleProgress: booleanEntry("spark.ui.showConsoleProgress", false, {
    doc: "Show a progress bar of running stages on a terminal's standard error.",
  }),
  localDir: stringEntry("spark.local.dir", "", {
    doc: "Folder for spilled data and cached blocks on disk; empty means the system's folder for temporary files.",
  }),
  logLevel: stringEntry("spark.log.level", "WARN", {
    doc: "Least severe log line that is printed.",
    values: ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"],
  }),
  files: stringEntry("spark.files", "", { doc: "Local files, apart by commas, that are added as by sc.addFile when the context starts." }),
  archives: stringEntry("spark.archives", "", {
    doc: "Local archives, apart by commas, that are added as by sc.addArchive when the context starts.",
  }),
  checkpointDir: stringEntry("spark.checkpoint.dir", "", { doc: "Folder for RDD checkpoints; setCheckpointDir overrides it." }),
  resubmitDelay: durationEntry("vonk.scheduler.resubmitDelay", "20ms", {
    doc: "How long fetch failures are gathered before stages run again.",
    bareUnit: "ms",
  }),
  queueAhead: durationEntry("vonk.scheduler.queueAhead", "2ms", {
    doc: "Work that is sent to an executor ahead of its free slots.",
    bareUnit: "ms",
  }),
  killGrace: durationEntry("vonk.task.killGrace", "500ms", {
    doc: "How long a cancelled task may go on before its thread is ended.",
    bareUnit: "ms",
  }),
  asyncConcurrency: integerEntry("vonk.task.asyncConcurrency", 32, {
    doc: "Calls of an async user function that a task has in flight.",
    min: 1,
  }),
  closureWarnBytes: bytesEntry("vonk.closure.warnBytes", "1m", {
    doc: "Closures above this size are logged with the advice to broadcast.",
  }),
  busClone: booleanEntry("vonk.bus.clone", false, {
    doc: "Clone messages between parts of one process, so that none can share an object; for tests.",
  }),
  batchRecords: integerEntry("vonk.batch.records", 4096, { doc: "Records that move through a pipeline together.", min: 1, max: 65536 }),
  spillRecordsMax: integerEntry("spark.shuffle.spill.numElementsForceSpillThreshold", 2 ** 31 - 1, {
    doc: "Records that an operator may hold before it spills, however much room there is; for tests.",
    min: 1,
  }),
};
