import type { Subscription } from "@vonk/bus";
import { subscribeTopic } from "@vonk/bus/internal";
import { coreConfig } from "../config/core-config.ts";
import type { SparkListenerEvent } from "../listener/listener-event.ts";
import { eventTopic, topicPrefix } from "../message/services.ts";
import type { StorageStatus } from "../message/status.ts";
import type { PoolSettings, SchedulingMode } from "../scheduler/pool.ts";
import { contextParts } from "./context-parts.ts";
import type { SparkContext } from "./spark-context.ts";

/** What a SparkContext tells of what happens in it. */
export class ContextObservation {
  /** Calls `listener` for each of Spark's listener events until the result is closed. */
  addSparkListener(this: SparkContext, listener: (event: SparkListenerEvent) => void): Subscription {
    return subscribeTopic(contextParts(this).runtime.bus, eventTopic, topicPrefix(this.applicationId), listener);
  }

  /** FIFO or FAIR, between the jobs of this application. */
  getSchedulingMode(this: SparkContext): SchedulingMode {
    return this.conf.read(coreConfig.schedulerMode) === "FAIR" ? "FAIR" : "FIFO";
  }

  getAllPools(this: SparkContext): Promise<readonly PoolSettings[]> {
    return contextParts(this).jobs.client.driver.call("pools", {});
  }

  async getPoolForName(this: SparkContext, name: string): Promise<PoolSettings | undefined> {
    return (await this.getAllPools()).find((pool) => pool.name === name);
  }

  /** How much of each persisted RDD is stored. */
  getRDDStorageInfo(this: SparkContext): Promise<readonly StorageStatus[]> {
    return contextParts(this).jobs.client.driver.call("storage", {});
  }
}
