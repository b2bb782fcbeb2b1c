// The door to the engine
export { SparkContext, version } from "./context/spark-context.ts";
export type { SparkContextOptions } from "./context/spark-context.ts";
export type { ActionOptions } from "./context/job-client.ts";
export { SparkConf } from "./config/spark-conf.ts";

// Distributed data
export { RDD } from "./rdd/rdd.ts";
export { withEnv } from "./plan/closure-environment.ts";
export { HashPartitioner, Partitioner } from "./partitioner/partitioner.ts";
export { RangePartitioner } from "./partitioner/range-partitioner.ts";
export { StorageLevels } from "./storage/storage-level.ts";
export type { StorageLevel } from "./storage/storage-level.ts";

// Inside tasks
export { TaskContext } from "./executor/task-context.ts";
