import type { SparkContext } from "@vonk/core";
import { coreConfig, executorSizes } from "@vonk/core/internal";

/** Settings by which plans change between their stages. Sizes are of encoded rows. */
export interface AdaptiveSettings {
  /** `spark.sql.adaptive.enabled` */
  readonly enabled: boolean;
  /** `spark.sql.adaptive.coalescePartitions.enabled` */
  readonly coalesces: boolean;
  /** `spark.sql.adaptive.coalescePartitions.parallelismFirst`: as many partitions as cores rather than partitions of the advisory size. */
  readonly parallelismFirst: boolean;
  /** `spark.sql.adaptive.coalescePartitions.minPartitionSize` */
  readonly partitionBytesMin: number;
  /** `spark.sql.adaptive.coalescePartitions.initialPartitionNum` */
  readonly initialPartitions: number | undefined;
  /** `spark.sql.adaptive.advisoryPartitionSizeInBytes` */
  readonly advisoryBytes: number;
  /** `spark.sql.autoBroadcastJoinThreshold`, for sides whose size is known before they run. */
  readonly broadcastBytes: number;
  /** `spark.sql.adaptive.autoBroadcastJoinThreshold`, for sides that have run. */
  readonly adaptiveBroadcastBytes: number;
  /** `spark.sql.adaptive.skewJoin.enabled` */
  readonly splitsSkew: boolean;
  /** `spark.sql.adaptive.skewJoin.skewedPartitionFactor` */
  readonly skewFactor: number;
  /** `spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes` */
  readonly skewBytesMin: number;
}

/** Rows in a heap take many times their encoded size, and a stage may hold the tables of several joins. */
const broadcastShare = 1 / 16;
const partitionShare = 1 / 8;

/** The settings with sizes that the heaps of the executors bear. */
export function withinMemory(settings: AdaptiveSettings, sparkContext: SparkContext): AdaptiveSettings {
  const conf = sparkContext.getConf();
  const cores = sparkContext.isLocal ? sparkContext.defaultParallelism : Math.max(1, conf.read(coreConfig.executorCores));
  const { spillHeapBytes } = executorSizes(conf, cores);
  const broadcastMax = spillHeapBytes * broadcastShare;
  return {
    ...settings,
    broadcastBytes: Math.min(settings.broadcastBytes, broadcastMax),
    adaptiveBroadcastBytes: Math.min(settings.adaptiveBroadcastBytes, broadcastMax),
    advisoryBytes: Math.min(settings.advisoryBytes, spillHeapBytes * partitionShare),
  };
}
