import type { ServiceClient } from "@vonk/bus/internal";
import type { DriverMessages } from "../message/services.ts";
import type { ExecutorStatus, JobStatus, StageStatus } from "../message/status.ts";

/** What jobs, stages and executors are doing; a snapshot with each call. */
export class SparkStatusTracker {
  readonly #driver: ServiceClient<DriverMessages>;

  constructor(driver: ServiceClient<DriverMessages>) {
    this.#driver = driver;
  }

  /** Running jobs of a group, or of no group. */
  async getJobIdsForGroup(groupId?: string): Promise<number[]> {
    const { jobs } = await this.#driver.call("activeWork", {});
    return jobs.filter((job) => job.group === groupId).map((job) => job.jobId);
  }

  async getJobIdsForTag(tag: string): Promise<number[]> {
    const { jobs } = await this.#driver.call("activeWork", {});
    return jobs.filter((job) => job.tags.includes(tag)).map((job) => job.jobId);
  }

  async getActiveJobIds(): Promise<number[]> {
    return (await this.#driver.call("activeWork", {})).jobs.map((job) => job.jobId);
  }

  async getActiveStageIds(): Promise<number[]> {
    return (await this.#driver.call("activeWork", {})).stages.map((stage) => stage.stageId);
  }

  /** Running stages with their counts. */
  async getActiveStages(): Promise<readonly StageStatus[]> {
    return (await this.#driver.call("activeWork", {})).stages;
  }

  /** A job, running or one of the last thousand; undefined when unknown. */
  getJobInfo(jobId: number): Promise<JobStatus | undefined> {
    return this.#driver.call("jobStatus", { jobId });
  }

  getStageInfo(stageId: number): Promise<StageStatus | undefined> {
    return this.#driver.call("stageStatus", { stageId });
  }

  getExecutorInfos(): Promise<readonly ExecutorStatus[]> {
    return this.#driver.call("executors", {});
  }
}
