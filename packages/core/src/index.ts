// The door to the engine
export { SparkContext } from "./context/spark-context.ts";
export type { SparkContextOptions } from "./context/spark-context.ts";
export type { ActionOptions } from "./context/job-client.ts";
export { SparkFiles } from "./context/spark-files.ts";
export { SparkConf } from "./config/spark-conf.ts";

// Distributed data
export { RDD } from "./rdd/rdd.ts";
export type { Partition } from "./rdd/lineage-functions.ts";
export { RDDBarrier } from "./rdd/rdd-barrier.ts";
export { PartitionPruningRDD } from "./rdd/partition-pruning-rdd.ts";
export { CustomRDD } from "./rdd/custom-rdd.ts";
export type { ComputedRecords } from "./rdd/custom-rdd.ts";
export { ShuffleDependency } from "./rdd/dependency.ts";
export type { RecordIterator } from "./rdd/record-iterator.ts";
export type { Dependency, NarrowDependency } from "./rdd/dependency.ts";
export { withEnv } from "./plan/closure-environment.ts";
export { HashPartitioner, Partitioner } from "./partitioner/partitioner.ts";
export { RangePartitioner } from "./partitioner/range-partitioner.ts";
export type { Compare } from "./partitioner/range-partitioner.ts";
export type { CoalesceInput, PartitionCoalescer } from "./rdd/coalesced-rdd.ts";
export type { PipeOptions } from "./rdd/pipe-step.ts";
export type { PartitionEvaluator, PartitionEvaluatorFactory } from "./rdd/transformations.ts";
export { StatCounter } from "./rdd/stat-counter.ts";
export { PartialResult } from "./partial/partial-result.ts";
export type { ApproximateEvaluator } from "./partial/approximate-evaluator.ts";
export type { BoundedDouble } from "./partial/bounded-double.ts";
export type { FutureAction } from "./rdd/future-action.ts";
export { StorageLevels } from "./storage/storage-level.ts";
export type { StorageLevel } from "./storage/storage-level.ts";

// Resources of a stage's tasks
export { ResourceProfile, ResourceProfileBuilder } from "./resource/resource-profile.ts";
export { ExecutorResourceRequests, TaskResourceRequests } from "./resource/resource-requests.ts";
export type { ExecutorResourceRequest, TaskResourceRequest } from "./resource/resource-requests.ts";

// Shared variables
export { AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from "./accumulator/accumulator.ts";
export { Broadcast } from "./broadcast/broadcast.ts";

// Observation
export { SparkStatusTracker } from "./context/status-tracker.ts";
export type { SparkListenerEvent } from "./listener/listener-event.ts";
export type { ExecutorStatus, JobStatus, StageStatus, StorageStatus } from "./message/status.ts";

// Inside tasks
export { TaskContext } from "./executor/task-context.ts";
export { BarrierTaskContext } from "./executor/barrier-task-context.ts";
export type { BarrierTaskInfo } from "./executor/barrier-task-context.ts";

// Errors
export { coreErrors } from "./errors.ts";
