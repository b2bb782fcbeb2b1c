import type { SparkContext } from "../context/spark-context.ts";
import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import { coreErrors } from "../errors.ts";

/** The result of an async action: a promise that can be cancelled and knows its jobs. */
export interface FutureAction<T> extends Promise<T> {
  /** Ids of the jobs submitted so far. */
  readonly jobIds: readonly number[];
  readonly isCancelled: boolean;
  /** Cancels the running job and submits no further ones; the promise is rejected with JOB_CANCELLED. */
  cancel(reason?: string): void;
}

/** Starts an action whose jobs can be cancelled together. */
export function futureAction<T>(
  context: SparkContext,
  method: string,
  options: ActionOptions | undefined,
  run: (options: JobOptions) => Promise<T>,
): FutureAction<T> {
  const controller = new AbortController();
  const jobIds: number[] = [];
  const signal = options?.signal === undefined ? controller.signal : AbortSignal.any([controller.signal, options.signal]);
  const callSite = context.callSite(method);
  const running = run({ ...options, signal, callSite, onJob: (jobId) => jobIds.push(jobId) });
  const result = running.catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
    throw coreErrors.create("JOB_CANCELLED", { jobId: jobIds.at(-1) ?? -1, reason: String(controller.signal.reason) }, { cause: error });
  });
  return Object.defineProperties(result, {
    jobIds: { get: () => [...jobIds] },
    isCancelled: { get: () => controller.signal.aborted },
    cancel: { value: (reason = "cancelled by the user") => controller.abort(reason) },
  }) as FutureAction<T>;
}
