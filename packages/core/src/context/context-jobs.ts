import { systemClock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import { taskRuntime } from "../executor/running-task.ts";
import type { TaskContext } from "../executor/task-context.ts";
import type { ApproximateEvaluator } from "../partial/approximate-evaluator.ts";
import { PartialResult } from "../partial/partial-result.ts";
import type { PlanFunction } from "../rdd/dependency.ts";
import type { RDD } from "../rdd/rdd.ts";
import type { RecordIterator } from "../rdd/record-iterator.ts";
import { contextParts } from "./context-parts.ts";
import type { ActionOptions, JobOptions } from "./job-client.ts";
import { JobLimit } from "./job-limit.ts";
import type { SparkContext } from "./spark-context.ts";

/** The jobs of a SparkContext: everything that runs a function on the partitions of an RDD. */
export class ContextJobs {
  /**
   * Runs `func` on each (given) partition's records; the values in the order of `partitions`.
   * Every action is one call of this.
   */
  async runJob<T, U>(
    this: SparkContext,
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    partitions?: readonly number[],
    options?: ActionOptions,
  ): Promise<U[]> {
    return this.runPlanned<U>(rdd, "runJob", { user: func, call: "sc.runJob()" }, options, partitions);
  }

  /** Like {@link runJob}, giving each value to `onResult` as it arrives, with its position in `partitions`. */
  async submitJob<T, U>(
    this: SparkContext,
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    partitions: readonly number[],
    onResult: (index: number, value: U) => void,
    options?: ActionOptions,
  ): Promise<void> {
    await run(
      this,
      rdd,
      "submitJob",
      { user: func, call: "sc.submitJob()" },
      (index, value) => onResult(index, value as U),
      options,
      partitions,
    );
  }

  /**
   * Runs `func` on each partition's records and gives what `evaluator` makes of the results that are there after `timeoutMs`; the job
   * goes on and brings the final value.
   */
  runApproximateJob<T, U, R>(
    this: SparkContext,
    rdd: RDD<T>,
    func: (records: RecordIterator<T>, context: TaskContext) => U | Promise<U>,
    evaluator: ApproximateEvaluator<U, R>,
    timeoutMs: number,
    options?: ActionOptions,
  ): Promise<PartialResult<R>> {
    const call = "sc.runApproximateJob()";
    return this.runApproximately(rdd, "runApproximateJob", { user: func, call }, evaluator, timeoutMs, options);
  }

  /** {@link runApproximateJob} with a function of either sort; for actions. */
  async runApproximately<U, R>(
    this: SparkContext,
    rdd: RDD<unknown>,
    method: string,
    func: PlanFunction,
    evaluator: ApproximateEvaluator<U, R>,
    timeoutMs: number,
    options?: ActionOptions,
  ): Promise<PartialResult<R>> {
    if (!(timeoutMs >= 0)) {
      const params = { call: `${method}()`, name: "timeoutMs", value: String(timeoutMs), expected: "milliseconds, 0 or more" };
      throw coreErrors.create("INVALID_ARGUMENT", params);
    }
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = systemClock.schedule(timeoutMs, () => resolve("late"));
    const job = { ...options, callSite: this.callSite(method) };
    const done = run(this, rdd, method, func, (index, value) => evaluator.merge(index, value as U), job);
    const final = done.then(async () => evaluator.currentResult(await rdd.getNumPartitions()));
    const first = await Promise.race([final.then((value) => ({ value })), late]).finally(() => timer.cancel());
    if (first !== "late") return new PartialResult(first.value);
    // Until files are listed nobody knows how many partitions there are, and nothing can be estimated.
    const total = await Promise.race([rdd.prepare().then(({ numPartitions }) => numPartitions), final.then(() => 0)]);
    return new PartialResult(evaluator.currentResult(total), final);
  }

  /** Runs a result function of the user's or the engine's; for actions. */
  async runPlanned<R>(
    this: SparkContext,
    rdd: RDD<unknown>,
    method: string,
    func: PlanFunction,
    options?: JobOptions,
    partitions?: readonly number[],
  ): Promise<R[]> {
    const results: R[] = [];
    await run(this, rdd, method, func, (index, value) => (results[index] = value as R), options, partitions);
    return results;
  }

  /** {@link runPlanned} with one of the engine's result functions. */
  runBuiltin<R>(
    this: SparkContext,
    rdd: RDD<unknown>,
    method: string,
    name: string,
    args?: unknown,
    options?: JobOptions,
    partitions?: readonly number[],
  ): Promise<R[]> {
    return this.runPlanned<R>(rdd, method, { builtin: name, args }, options, partitions);
  }

  /** Runs an action of several jobs under one limit, made from its options. */
  async limited<R>(this: SparkContext, options: JobOptions | undefined, action: (options: JobOptions) => Promise<R>): Promise<R> {
    const limit = options?.limit ?? JobLimit.of(options, systemClock);
    if (limit === undefined || limit === options?.limit) return action(options ?? {});
    limit.jobId = contextParts(this).jobs.nextJobId;
    try {
      return await action({ ...options, limit });
    } finally {
      limit.close();
    }
  }
}

async function run(
  context: SparkContext,
  rdd: RDD<unknown>,
  method: string,
  func: PlanFunction,
  onResult: (index: number, value: unknown) => void,
  options?: JobOptions,
  partitions?: readonly number[],
): Promise<void> {
  if (taskRuntime() !== undefined) throw coreErrors.create("ACTION_INSIDE_TASK", { call: `${method}()` });
  context.assertRunning(method);
  const { jobs, properties, cancelledGroups } = contextParts(context);
  const group = properties.get("spark.jobGroup.id");
  if (group !== undefined && cancelledGroups.has(group)) throw coreErrors.create("JOB_GROUP_CANCELLED", { group });
  const request = { rdd, callSite: options?.callSite ?? context.callSite(method), properties: properties.snapshot(), func, options };
  await jobs.run(partitions === undefined ? request : { ...request, partitions }, onResult);
  await rdd.afterJob(request.callSite);
}
