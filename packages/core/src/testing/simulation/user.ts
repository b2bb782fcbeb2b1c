import { serviceClient, subscribeTopic, type ServiceClient } from "@vonk/bus/internal";
import type { SimulatedBus } from "@vonk/bus/testing";
import type { Clock } from "@vonk/common/internal";
import { type DriverMessages, driverService, driverSubject, topicPrefix, type UserNotice, userTopic } from "../../message/services.ts";
import type { JobSubmission } from "../../message/job.ts";
import type { TaskIdentity } from "../../scheduler/scheduler-event.ts";
import { simulatedAppId } from "./simulated-executor.ts";
import { commitProperty, expectedValue, type Workload } from "./workload.ts";

interface JobRecord {
  readonly submission: JobSubmission;
  readonly results: Map<number, { readonly value: number; readonly taskId: number }>;
  readonly accumulated: Map<number, number>;
  outcome?: string;
}

/** Codes with which a simulated job may fail. */
const allowedFailures = new Set([
  "TASK_FAILED",
  "STAGE_ATTEMPTS_EXHAUSTED",
  "JOB_CANCELLED",
  "TASK_EXCLUDED_EVERYWHERE",
  "BARRIER_CHAIN_UNSUPPORTED",
  "BARRIER_SLOTS_MISSING",
  "RESOURCE_PROFILE_CONFLICT",
  "TASK_CORES_MISSING",
  "BARRIER_STAGE_FAILED",
  "INDETERMINATE_STAGE_LOST",
]);

/** The user's program of a simulation: submits the workload's jobs, cancels some, and judges what comes back. */
export class SimulatedUser {
  readonly #workload: Workload;
  readonly #driver: ServiceClient<DriverMessages>;
  readonly #jobs = new Map<number, JobRecord>();
  readonly #commits = new Set<number>();
  readonly #expected = new Map<string, number | undefined>();
  #cancelled = false;
  #abandoned = false;
  /** The first wrong result, in words. */
  broken: string | undefined;

  constructor(bus: SimulatedBus, clock: Clock, workload: Workload, appId: string = simulatedAppId) {
    this.#workload = workload;
    this.#driver = serviceClient(bus, driverService, driverSubject(appId));
    subscribeTopic(bus, userTopic, topicPrefix(appId), (notices) => {
      for (const notice of notices) this.#notice(notice);
    });
    for (const { atMs, submission } of workload.jobs) clock.schedule(atMs, () => this.#submit(submission));
    for (const { atMs, selector } of workload.cancellations) {
      clock.schedule(atMs, () => {
        this.#cancelled = true;
        this.#tell(this.#driver.call("cancelJobs", { selector, reason: "the simulated user said so" }));
      });
    }
    for (const { atMs, rddId } of workload.unpersists) clock.schedule(atMs, () => this.#tell(this.#driver.call("unpersistRDD", { rddId })));
  }

  /** True when every job was submitted and has ended. */
  get isDone(): boolean {
    if (this.#abandoned) return true;
    return this.#jobs.size === this.#workload.jobs.length && [...this.#jobs.values()].every((job) => job.outcome !== undefined);
  }

  /** How each job ended: `ok` or the code of its error. */
  get outcomes(): readonly string[] {
    return [...this.#jobs.values()].map((job) => job.outcome ?? (this.#abandoned ? "DRIVER_DIED" : "unfinished"));
  }

  /** The program has died: nobody waits for its jobs any more. */
  abandon(): void {
    this.#abandoned = true;
  }

  #tell(call: Promise<unknown>): void {
    call.catch((error: unknown) => {
      if (!this.#abandoned) this.#fault((error as Error).message);
    });
  }

  /** Ends the program: the driver gives everything back. */
  stop(): Promise<unknown> {
    return this.#driver.call("stop", {});
  }

  committed(task: TaskIdentity): void {
    if (this.#commits.has(task.taskId)) this.#fault(`task ${task.taskId} committed its output twice`);
    this.#commits.add(task.taskId);
  }

  #submit(submission: JobSubmission): void {
    if (this.#abandoned) return;
    this.#jobs.set(submission.jobId, { submission, results: new Map(), accumulated: new Map() });
    this.#tell(this.#driver.call("submitJob", submission));
  }

  #fault(message: string): void {
    this.broken ??= message;
  }

  #notice(notice: UserNotice): void {
    if (notice.kind === "warning" || notice.kind === "accumulators") return;
    const job = this.#jobs.get(notice.jobId);
    if (job === undefined) return this.#fault(`a notice for job ${notice.jobId}, which was not submitted`);
    if (job.outcome !== undefined) return this.#fault(`job ${notice.jobId} got a ${notice.kind} after its end`);
    if (notice.kind === "jobEnded") {
      job.outcome = notice.error?.code ?? "ok";
      return notice.error === undefined ? this.#judge(job) : this.#judgeFailure(notice.jobId, notice.error.code, notice.error.message);
    }
    if (job.results.has(notice.index)) return this.#fault(`job ${notice.jobId} got result ${notice.index} twice`);
    if (notice.value.kind === "plain") job.results.set(notice.index, notice.value.value as { value: number; taskId: number });
  }

  #judge({ submission, results }: JobRecord): void {
    const { jobId, rddId, partitions, properties } = submission;
    partitions.forEach((partition, index) => {
      const expected = expectedValue(this.#workload, rddId, partition, this.#expected);
      const result = results.get(index);
      if (result === undefined) return this.#fault(`job ${jobId} succeeded without result ${index}`);
      if (result.value !== expected)
        this.#fault(`job ${jobId}, partition ${partition}: got ${result.value}, expected ${expected ?? "a failure"}`);
      const commits = properties[commitProperty] === undefined || this.#commits.has(result.taskId);
      if (!commits) this.#fault(`job ${jobId}, partition ${partition}: task ${result.taskId} succeeded without committing`);
    });
  }

  #judgeFailure(jobId: number, code: string, message: string): void {
    // Streams that are gone are made again.
    if (message.includes("There is no stream")) this.#fault(`job ${jobId} failed because streams were gone: ${message}`);
    if (!allowedFailures.has(code)) this.#fault(`job ${jobId} failed for no allowed reason: ${code}`);
    if (code === "JOB_CANCELLED" && !this.#cancelled) this.#fault(`job ${jobId} was cancelled by nobody`);
  }
}
