import type { ServiceClient } from "@vonk/bus/internal";
import { errorToData } from "@vonk/common";
import { assert, type Clock } from "@vonk/common/internal";
import type { SchedulerMessages } from "../message/services.ts";
import type { TaskReport } from "../message/task-result.ts";
import type { OutputWindow } from "../shuffle/output-window.ts";
import type { ShuffleStore } from "../shuffle/shuffle-store.ts";
import { bytesOfOutput } from "../shuffle/stored-output.ts";
import type { HeldResults } from "./held-results.ts";

/** What {@link TaskReports} works with. */
export interface TaskReportsOptions {
  readonly executorId: string;
  readonly clock: Clock;
  readonly driver: ServiceClient<SchedulerMessages>;
  /** Holds large results back; absent in the driver's own process. */
  readonly results: HeldResults | undefined;
  /** Takes map output to where other processes find it; absent in the driver's own process. */
  readonly shuffle: ShuffleStore | undefined;
  /** Output on its way there. */
  readonly publishing: OutputWindow;
}

/** Takes reports of ended tasks to the driver, those of map tasks once their output lies in the shuffle store. */
export class TaskReports {
  readonly #options: TaskReportsOptions;
  #stopped = false;

  constructor(options: TaskReportsOptions) {
    this.#options = options;
  }

  send(reports: readonly TaskReport[]): void {
    const stored = reports.filter((report) => report.mapStatus?.chunks !== undefined);
    this.#tell(stored.length === 0 ? reports : reports.filter((report) => report.mapStatus?.chunks === undefined));
    for (const report of stored) void this.#store(report);
  }

  /** Output that cannot be stored from now on fails with its executor. */
  stop(): void {
    this.#stopped = true;
  }

  #tell(reports: readonly TaskReport[]): void {
    if (reports.length === 0) return;
    const { driver, executorId, results } = this.#options;
    const light = results === undefined ? reports : reports.map((report) => results.hold(report) ?? report);
    // A driver that cannot be reached is noticed by its missing answers to heartbeats.
    driver.call("statusUpdate", { executorId, reports: light }).catch(() => undefined);
  }

  /** A map task has succeeded when its output lies where other processes find it; its thread runs the next task meanwhile. */
  async #store(report: TaskReport): Promise<void> {
    const { mapStatus } = report;
    const { shuffle, publishing, clock } = this.#options;
    assert(mapStatus !== undefined && shuffle !== undefined, "output for other processes is given to a shuffle store");
    const release = publishing.enter(bytesOfOutput(mapStatus));
    try {
      this.#tell([{ ...report, mapStatus: await shuffle.store(mapStatus) }]);
    } catch (error) {
      const { taskId, startedAtMs, metrics } = report;
      const failed: TaskReport = {
        taskId,
        reason: { kind: "ExceptionFailure", error: errorToData(error) },
        startedAtMs,
        finishedAtMs: clock.now(),
        ...(metrics === undefined ? {} : { metrics }),
      };
      if (!this.#stopped) this.#tell([failed]);
    } finally {
      release();
    }
  }
}
