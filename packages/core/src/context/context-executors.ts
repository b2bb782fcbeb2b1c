import { coreErrors } from "../errors.ts";
import { contextParts } from "./context-parts.ts";
import type { SparkContext } from "./spark-context.ts";

/** What a SparkContext asks of its cluster's executors. */
export class ContextExecutors {
  /** Wants `count` more executors of the cluster; false when it did not take the wish, as in local mode. */
  requestExecutors(this: SparkContext, count: number): Promise<boolean> {
    return request(this, "requestExecutors", count, false);
  }

  /** Wants `count` executors in all from now on, be they more or less; false when the cluster did not take the wish, as in local mode. */
  requestTotalExecutors(this: SparkContext, count: number): Promise<boolean> {
    return request(this, "requestTotalExecutors", count, true);
  }

  /** Ends an executor and asks for no other in its place; false when there was none of that id, as in local mode. */
  killExecutor(this: SparkContext, executorId: string): Promise<boolean> {
    return this.killExecutors([executorId]);
  }

  /** Ends executors and asks for no others in their place; false when none of the ids was known, as in local mode. */
  async killExecutors(this: SparkContext, executorIds: readonly string[]): Promise<boolean> {
    if (refuses(this, "killExecutors")) return false;
    return (await contextParts(this).jobs.client.driver.call("killExecutors", { executorIds })).length > 0;
  }

  /** Bytes of shared memory by executor id: in all, and not in use; of executors on a cluster as of their last heartbeat. */
  async getExecutorMemoryStatus(
    this: SparkContext,
  ): Promise<ReadonlyMap<string, { readonly totalBytes: number; readonly freeBytes: number }>> {
    const { jobs, runtime } = contextParts(this);
    const executors = this.isLocal ? [] : await jobs.client.driver.call("executorMemory", {});
    const { capacityBytes, usedBytes } = runtime.allocator;
    const all = [{ executorId: "driver", totalBytes: capacityBytes, usedBytes }, ...executors];
    return new Map(all.map(({ executorId, totalBytes, usedBytes: used }) => [executorId, { totalBytes, freeBytes: totalBytes - used }]));
  }
}

async function request(context: SparkContext, call: string, count: number, isTotal: boolean): Promise<boolean> {
  if (!Number.isInteger(count) || count < 0) {
    const params = { call: `${call}()`, name: "count", value: String(count), expected: "a whole number, 0 or more" };
    throw coreErrors.create("INVALID_ARGUMENT", params);
  }
  if (refuses(context, call)) return false;
  return contextParts(context).jobs.client.driver.call("requestExecutors", { count, isTotal });
}

function refuses(context: SparkContext, call: string): boolean {
  context.assertRunning(call);
  if (context.isLocal) context.log.warn(`${call}() does nothing in local mode: its one executor is the program itself`);
  return context.isLocal;
}
