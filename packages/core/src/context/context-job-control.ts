import { coreErrors } from "../errors.ts";
import type { JobSelector } from "../scheduler/scheduler-event.ts";
import { contextParts } from "./context-parts.ts";
import type { SparkContext } from "./spark-context.ts";

/** How jobs of a SparkContext are named, grouped and ended. */
export class ContextJobControl {
  cancelJob(this: SparkContext, jobId: number, reason = "cancelled by the user"): Promise<void> {
    return cancel(this, { kind: "job", jobId }, reason);
  }

  cancelStage(this: SparkContext, stageId: number, reason = "cancelled by the user"): Promise<void> {
    return cancel(this, { kind: "stage", stageId }, reason);
  }

  cancelJobGroup(this: SparkContext, groupId: string, reason = "cancelled by the user"): Promise<void> {
    return cancel(this, { kind: "group", groupId }, reason);
  }

  /** Cancels the group's jobs, and refuses those submitted later. */
  async cancelJobGroupAndFutureJobs(this: SparkContext, groupId: string, reason = "cancelled by the user"): Promise<void> {
    contextParts(this).cancelledGroups.add(groupId);
    await this.cancelJobGroup(groupId, reason);
  }

  cancelJobsWithTag(this: SparkContext, tag: string, reason = "cancelled by the user"): Promise<void> {
    return cancel(this, { kind: "tag", tag }, reason);
  }

  cancelAllJobs(this: SparkContext): Promise<void> {
    return cancel(this, { kind: "all" }, "all jobs were cancelled");
  }

  /** Kills a running task attempt; it is tried again. False when it does not run. */
  killTaskAttempt(this: SparkContext, taskId: number, reason = "killed by the user"): Promise<boolean> {
    return contextParts(this).jobs.client.driver.call("killTask", { taskId, reason });
  }

  setJobGroup(this: SparkContext, groupId: string, description = ""): void {
    contextParts(this).properties.setGroup(groupId, description);
  }

  clearJobGroup(this: SparkContext): void {
    contextParts(this).properties.clearGroup();
  }

  setJobDescription(this: SparkContext, description: string | undefined): void {
    contextParts(this).properties.setDescription(description);
  }

  /** Tags of jobs submitted from now on. @throws INVALID_ARGUMENT for an empty tag or one with a comma */
  addJobTag(this: SparkContext, tag: string): void {
    if (tag === "" || tag.includes(",")) {
      throw coreErrors.create("INVALID_ARGUMENT", { call: "addJobTag()", name: "tag", value: `'${tag}'`, expected: "text without commas" });
    }
    contextParts(this).properties.addTag(tag);
  }

  addJobTags(this: SparkContext, tags: Iterable<string>): void {
    for (const tag of tags) this.addJobTag(tag);
  }

  removeJobTag(this: SparkContext, tag: string): void {
    contextParts(this).properties.removeTag(tag);
  }

  getJobTags(this: SparkContext): ReadonlySet<string> {
    return new Set(contextParts(this).properties.tags);
  }

  clearJobTags(this: SparkContext): void {
    contextParts(this).properties.clearTags();
  }

  /** A setting for jobs submitted from now on; `spark.scheduler.pool` chooses the pool. Undefined takes it away. */
  setLocalProperty(this: SparkContext, key: string, value: string | undefined): void {
    contextParts(this).properties.set(key, value);
  }

  /** False lets cancelled tasks of jobs submitted from now on run to the end of their batch, however long that takes. */
  setInterruptOnCancel(this: SparkContext, interrupt: boolean): void {
    contextParts(this).properties.set("spark.job.interruptOnCancel", String(interrupt));
  }

  getLocalProperty(this: SparkContext, key: string): string | undefined {
    return contextParts(this).properties.get(key);
  }
}

async function cancel(context: SparkContext, selector: JobSelector, reason: string): Promise<void> {
  await contextParts(context).jobs.client.driver.call("cancelJobs", { selector, reason });
}
