import { IdentityPartitioner } from "../partitioner/partitioner.ts";
import type { RDD } from "./rdd.ts";
import { ShuffledRDD } from "./shuffled-rdd.ts";

/** Records in the partitions that stand before them: of `[partition, record]`. A record of a batch of columns travels as it is. */
export function placeRecords<T>(placed: RDD<unknown>, partitions: number, method = "placeRecords"): RDD<T> {
  return new ShuffledRDD<T>(placed, method, () => new IdentityPartitioner(partitions), { keepsPartitioner: false });
}
