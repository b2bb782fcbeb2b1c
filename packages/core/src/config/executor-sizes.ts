import { coreConfig } from "./core-config.ts";
import type { SparkConf } from "./spark-conf.ts";

const mebibyte = 2 ** 20;
/** Heap that a task may always use, whatever the memory of the executor. */
const heapBytesMin = 128 * mebibyte;
const spillHeapBytesMin = 48 * mebibyte;

/** What an executor's memory and cores mean for its parts. */
export interface ExecutorSizes {
  /** Task threads. */
  readonly slots: number;
  /** Memory that all threads share. */
  readonly segmentBytes: number;
  /** Heap of a task thread above which operators spill. */
  readonly spillHeapBytes: number;
  /** Heap of a task thread above which its task fails. */
  readonly heapLimitBytes: number;
  /** V8's own limit for a task thread. */
  readonly heapHardLimitMiB: number;
}

/** Divides `spark.executor.memory` between the shared segment and the heaps of the task threads. */
export function executorSizes(conf: SparkConf, cores: number): ExecutorSizes {
  const memoryBytes = conf.read(coreConfig.executorMemory);
  const slots = Math.max(1, Math.floor(cores / conf.read(coreConfig.taskCpus)));
  const heapBytes = memoryBytes * (1 - conf.read(coreConfig.memoryFraction));
  const heapLimitBytes = Math.max(heapBytesMin, memoryBytes);
  return {
    slots,
    segmentBytes: memoryBytes * conf.read(coreConfig.memoryFraction),
    spillHeapBytes: Math.max(spillHeapBytesMin, heapBytes / slots),
    heapLimitBytes,
    // V8 aborts the process for some ways of passing its own limit, so that limit lies far above the one that is watched.
    heapHardLimitMiB: Math.ceil((heapLimitBytes * 2) / mebibyte) + 256,
  };
}
