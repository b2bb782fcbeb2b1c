import type { Clock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { ActionOptions } from "./job-client.ts";

/** What ends an action before its time: its caller's signal and its time-out, counted from the call on, over all its jobs. */
export class JobLimit {
  /** The job that runs for the action, or will be submitted next. */
  jobId = -1;
  readonly #controller = new AbortController();
  readonly #end: () => void;

  constructor({ signal, timeoutMs }: ActionOptions, clock: Clock) {
    const onAbort = (): void => {
      const reason = String((signal?.reason as Error | undefined)?.message ?? signal?.reason ?? "aborted");
      const { jobId } = this;
      this.#controller.abort(coreErrors.create("JOB_ABORTED_BY_SIGNAL", { jobId, reason }, { cause: signal?.reason }));
    };
    const timer =
      timeoutMs === undefined
        ? undefined
        : clock.schedule(timeoutMs, () => this.#controller.abort(coreErrors.create("JOB_TIMEOUT", { jobId: this.jobId, timeoutMs })));
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    this.#end = () => {
      timer?.cancel();
      signal?.removeEventListener("abort", onAbort);
    };
  }

  /** The limit that options ask for; undefined when they ask for none. */
  static of(options: ActionOptions | undefined, clock: Clock): JobLimit | undefined {
    return options?.signal === undefined && options?.timeoutMs === undefined ? undefined : new JobLimit(options, clock);
  }

  /** Aborted with JOB_ABORTED_BY_SIGNAL or JOB_TIMEOUT as its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops looking at clock and signal; for an action that is over. */
  close(): void {
    this.#end();
  }
}
