import type { Bus } from "@vonk/bus";
import { serviceClient, type ServiceClient, subscribeTopic } from "@vonk/bus/internal";
import { errorFromData, type ErrorData } from "@vonk/common";
import { assert } from "@vonk/common/internal";
import type { JobLimit } from "./job-limit.ts";
import type { JobSubmission } from "../message/job.ts";
import { driverService, driverSubject, type DriverMessages, topicPrefix, type UserNotice, userTopic } from "../message/services.ts";
import type { AccumulatorUpdate, ResultValue } from "../message/task-result.ts";

/** Options of every action. */
export interface ActionOptions {
  /** Cancels the action when aborted, with the jobs that prepare it. */
  readonly signal?: AbortSignal;
  /** Cancels the action that many milliseconds after it was called. */
  readonly timeoutMs?: number;
}

/** What the engine's actions add to the user's options. */
export interface JobOptions extends ActionOptions {
  /** Where the user called, when the job is not submitted by that very call. */
  readonly callSite?: string;
  /** What ends the action, in place of its signal and time-out, when it has more jobs than one. */
  readonly limit?: JobLimit;
  /** Told the job's id when it is submitted. */
  readonly onJob?: (jobId: number) => void;
}

interface ClientOptions {
  readonly signal: AbortSignal | undefined;
  readonly onJob: JobOptions["onJob"] | undefined;
}

interface RunningJob {
  readonly take: (index: number, value: ResultValue) => void;
  readonly end: (error: ErrorData | undefined) => void;
}

/** What the job client needs from its context. */
export interface JobClientHost {
  readonly bus: Bus;
  readonly appId: string;
  decode(value: ResultValue): unknown;
  applyAccumulators(updates: readonly AccumulatorUpdate[]): void;
  /** Shows the user what the driver has to say. */
  warn(message: string): void;
  /** Keeps the process alive while jobs run. */
  setBusy(busy: boolean): void;
}

/** The user's side of the driver: submits jobs and gathers their results. */
export class JobClient {
  readonly driver: ServiceClient<DriverMessages>;
  readonly #host: JobClientHost;
  readonly #jobs = new Map<number, RunningJob>();
  /** Calls that wait for an answer. */
  #calls = 0;
  /** Why no further job can run. */
  #ended: ErrorData | undefined;

  constructor(host: JobClientHost) {
    this.#host = host;
    const client = serviceClient(host.bus, driverService, driverSubject(host.appId));
    this.driver = {
      call: async (message, request, options) => {
        this.#calls++;
        this.#showBusy();
        try {
          return await client.call(message, request, options);
        } finally {
          this.#calls--;
          this.#showBusy();
        }
      },
    };
    subscribeTopic(host.bus, userTopic, topicPrefix(host.appId), (notices) => {
      for (const notice of notices) this.#receive(notice);
    });
  }

  /**
   * Runs a job; `onResult` gets each partition's value as it arrives, by position in `job.partitions`.
   * @param options its signal is a {@link JobLimit}'s: the reason is the error to end with
   * @throws JOB_CANCELLED, JOB_ABORTED_BY_SIGNAL, JOB_TIMEOUT, TASK_FAILED and what else ends jobs
   */
  run(job: JobSubmission, onResult: (index: number, value: unknown) => void, options: ClientOptions): Promise<void> {
    const { jobId } = job;
    const { signal } = options;
    // The context was stopped while the job was prepared.
    if (this.#ended !== undefined) return Promise.reject(errorFromData(this.#ended));
    options.onJob?.(jobId);
    return new Promise<void>((resolve, reject) => {
      const cancelWith = (error: Error, reason: string): void => {
        finish(() => reject(error));
        this.#tell(this.driver.call("cancelJobs", { selector: { kind: "job", jobId }, reason }), `job ${jobId} was not cancelled`);
      };
      const onAbort = (): void => {
        const error = signal?.reason as Error;
        cancelWith(error, error.message);
      };
      const finish = (settle: () => void): void => {
        if (!this.#jobs.delete(jobId)) return;
        signal?.removeEventListener("abort", onAbort);
        this.#showBusy();
        settle();
      };
      this.#jobs.set(jobId, {
        take: (index, value) => {
          try {
            onResult(index, this.#host.decode(value));
          } catch (error) {
            cancelWith(error as Error, "a result could not be taken");
          }
        },
        end: (error) => finish(() => (error === undefined ? resolve() : reject(errorFromData(error)))),
      });
      this.#showBusy();
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      this.driver.call("submitJob", job).catch((error: unknown) => finish(() => reject(error)));
    });
  }

  /** For requests that nobody waits for; a driver that is gone has said so by itself. */
  #tell(call: Promise<unknown>, failure: string): void {
    call.catch((error: unknown) => {
      if (this.#ended === undefined) this.#host.warn(`${failure}: ${String(error)}`);
    });
  }

  /** Fails every job that still runs or is still being prepared; for a stopped context. */
  failAll(error: ErrorData): void {
    this.#ended = error;
    for (const job of this.#jobs.values()) job.end(error);
  }

  /** The process stays alive while it waits for a job or an answer. */
  #showBusy(): void {
    this.#host.setBusy(this.#jobs.size + this.#calls > 0);
  }

  #receive(notice: UserNotice): void {
    switch (notice.kind) {
      case "result":
        return this.#jobs.get(notice.jobId)?.take(notice.index, notice.value);
      case "accumulators":
        return this.#host.applyAccumulators(notice.updates);
      case "warning":
        return this.#host.warn(notice.message);
      case "jobEnded":
        return this.#jobs.get(notice.jobId)?.end(notice.error);
      default:
        return assert(false, "user notices are known");
    }
  }
}
