import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  ACTION_INSIDE_TASK: {
    message:
      "{call} was called inside a task. Transformations and actions run on the driver only; collect or broadcast the data first, or use a join.",
    fault: "user",
  },
  ARCHIVE_UNREADABLE: {
    message: "The archive {path} cannot be unpacked: {problem}.",
    fault: "data",
  },
  ASYNC_FUNCTION_NOT_DECLARED: {
    message:
      "The function given to {call} returned a promise but is not declared async. Write `async` before it, so that its calls can be run side by side.",
    fault: "user",
  },
  BARRIER_CHAIN_UNSUPPORTED: {
    message:
      "Job {jobId} cannot run as a barrier stage what was made by {callSite}. A barrier stage computes all partitions, reads no RDD with another number of them in the same stage (as after union, coalesce, or for first and take), and reads one barrier RDD only. Put a repartition between, or collect() instead of take().",
    fault: "user",
  },
  BARRIER_CONTEXT_MISSING: {
    message: "BarrierTaskContext.get() was called outside of a barrier stage. Use it in rdd.barrier().mapPartitions().",
    fault: "user",
  },
  BARRIER_SLOTS_MISSING: {
    message:
      "Barrier stage {stageId} needs {tasks} tasks at once, and the executors have {slots} slots. Give the application more cores, or repartition the RDD into fewer partitions.",
    fault: "resource",
  },
  BARRIER_STAGE_FAILED: {
    message: "Barrier stage {stageId} ({name}) failed {attempts} times, the last time: {reason}",
    fault: "user",
  },
  BARRIER_SYNC_FAILED: {
    message:
      "{call} in stage {stageId}, partition {partition}, was given up: {reason}. Every task has to make the same calls, equally often.",
    fault: "user",
  },
  BLOCK_CORRUPT: {
    message: "Block {block} is damaged: met {actual}, {expected} was written. It will be computed again.",
    fault: "external",
    retryable: true,
  },
  BROADCAST_DESTROYED: {
    message: "Broadcast {id} was destroyed and cannot be used any more. Broadcast the value again.",
    fault: "user",
  },
  CHECKPOINT_BLOCK_LOST: {
    message:
      "Partition {partition} of RDD {rddId} was checkpointed locally and its stored copy is gone. Local checkpoints do not survive their executor; use checkpoint() with a folder.",
    fault: "external",
  },
  CHECKPOINT_DIR_MISSING: {
    message: "checkpoint() needs a folder. Call sc.setCheckpointDir(folder) or set spark.checkpoint.dir first.",
    fault: "user",
  },
  CLUSTER_MANAGER_INVALID: {
    message: "The package at {url} exports no `clusterManager`. Install a version of it that fits this version of @vonk/core.",
    fault: "user",
  },
  CONTEXT_OPTION_INVALID: {
    message: "{option} is {value}, expected {expected}.",
    fault: "user",
  },
  CONTEXT_STOPPED: {
    message: "{call} was called on a SparkContext that has been stopped. Create a new SparkContext.",
    fault: "user",
  },
  DRIVER_THREAD_LOST: {
    message: "The driver's service thread ended: {reason}. Running jobs are lost; create a new SparkContext. Please report this.",
    fault: "internal",
  },
  EMPTY_COLLECTION: {
    message: "{call} needs at least one record, but the RDD is empty. Check with isEmpty() first, or use fold().",
    fault: "user",
  },
  EXECUTOR_THREAD_LOST: {
    message: "The thread that ran the task ended: {reason}",
    fault: "resource",
    retryable: true,
  },
  EXECUTOR_VERSION_MISMATCH: {
    message: "Executor {executorId} runs Vonk {executor}, the driver {driver}. Install the same version of @vonk packages on both.",
    fault: "user",
  },
  INDETERMINATE_STAGE_LOST: {
    message:
      "Output of stage {stageId} ({name}) was lost. Making it again may give other records, and stage {resultStageId} has given results from the old ones already. Checkpoint the RDD before the shuffle, or sort it, and run the job again.",
    fault: "external",
    retryable: true,
  },
  INVALID_ARGUMENT: {
    message: "{call}: {name} is {value}, expected {expected}.",
    fault: "user",
  },
  JOB_ABORTED_BY_SIGNAL: {
    message: "Job {jobId} was cancelled by its AbortSignal: {reason}",
    fault: "user",
  },
  JOB_CANCELLED: {
    message: "Job {jobId} was cancelled: {reason}",
    fault: "user",
  },
  JOB_GROUP_CANCELLED: {
    message: "Job group '{group}' was cancelled together with its future jobs. Use another group with setJobGroup().",
    fault: "user",
  },
  JOB_TIMEOUT: {
    message: "Job {jobId} did not end within {timeoutMs} ms and was cancelled. Give the action a longer timeoutMs.",
    fault: "resource",
    retryable: true,
  },
  KEY_NOT_FOUND: {
    message: "{call}: nothing is registered under {key}.",
    fault: "user",
  },
  MASTER_URL_INVALID: {
    message:
      "Master URL '{master}' is not understood. Expected local, local[K], local[K,F], local[*] or local[*,F] with K and F at least 1, or a cluster's: vonk://host:port[,host:port], local-cluster[N,C,M], yarn, k8s://….",
    fault: "user",
  },
  MASTER_URL_UNSUPPORTED: {
    message: "Master URL '{master}' needs the package {package}. Run: npm install {package}",
    fault: "user",
  },
  NUMERIC_RDD_EXPECTED: {
    message: "{call} needs numbers, but met a record of type {type}.",
    fault: "user",
  },
  PAIR_EXPECTED: {
    message: "{call} needs records that are [key, value] pairs, but met a record of type {type}.",
    fault: "user",
  },
  PARTITIONS_DIFFER: {
    message: "{call}: the RDDs have {left} and {right} partitions, expected the same number. Use repartition() on one of them.",
    fault: "user",
  },
  PIPE_FAILED: {
    message: "The command '{command}' of pipe() ended with {status}. Its error output: {stderr}",
    fault: "user",
  },
  RESOURCE_PROFILE_CONFLICT: {
    message:
      "Job {jobId} has a stage, made by {callSite}, whose RDDs ask for tasks of different sizes: {cpus} cores. Give them one resource profile, put a shuffle between them, or set spark.scheduler.resource.profileMergeConflicts=true to take the largest.",
    fault: "user",
  },
  RESOURCE_PROFILE_UNSUPPORTED: {
    message: "The resource profile asks for {requests}, and {problem}. {advice}",
    fault: "user",
  },
  RESULT_NOT_SENDABLE: {
    message: "The result of {call} holds a value that cannot be sent to the driver: {reason}",
    fault: "user",
  },
  RESULT_TOO_LARGE: {
    message:
      "The results of job {jobId} take {bytes} bytes, more than spark.driver.maxResultSize ({limit} bytes). Aggregate or filter on the executors, save to files, or raise the limit.",
    fault: "resource",
  },
  SHUFFLE_BLOCK_MISSING: {
    message: "Output {mapPartition} of shuffle {shuffleId}, written by task {taskId} on executor {executorId}, is not there: {reason}",
    fault: "external",
    retryable: true,
  },
  SHUFFLE_UNKNOWN: {
    message: "Shuffle {shuffleId} is not known to the driver or not kept in streams. It was removed while a task still wrote to it.",
    fault: "external",
    retryable: true,
  },
  STAGE_ATTEMPTS_EXHAUSTED: {
    message: "Stage {stageId} ({name}) failed to fetch its input {attempts} times in a row, the last time: {reason}",
    fault: "external",
  },
  TASK_CORES_MISSING: {
    message:
      "Stage {stageId} was given up: each of its tasks takes {cpus} cores, and the largest executor has {cores}. Ask for fewer in its resource profile or spark.task.cpus, or give executors more (spark.executor.cores, or K of local[K]).",
    fault: "resource",
  },
  TASK_EXCLUDED_EVERYWHERE: {
    message:
      "Stage {stageId} was given up: partition {partition} can run nowhere, because every executor and host is excluded after failures. The last failure: {reason}. The limits are spark.excludeOnFailure.*.",
    fault: "external",
  },
  TASK_FAILED: {
    message:
      "Task {taskId} of stage {stageId} (partition {partition}, attempt {attempt}, executor {executorId}) failed {failures} times; the last failure: {reason}",
    fault: "user",
  },
  TASK_HEAP_EXCEEDED: {
    message:
      "The task's heap reached {used} MiB, its limit is {limit} MiB. Use more partitions, smaller groups, or raise spark.executor.memory.",
    fault: "resource",
  },
  TASK_KILLED: {
    message: "The task was killed: {reason}",
    fault: "user",
  },
  ZIP_LENGTHS_DIFFER: {
    message:
      "zip: partition {partition} has {left} records on one side and more or fewer on the other. Both RDDs must hold equally many in each partition.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/core. */
export const coreErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
