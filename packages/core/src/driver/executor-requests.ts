import { assert, type Clock } from "@vonk/common/internal";
import type { ServiceHandlers } from "@vonk/bus/internal";
import { coreErrors } from "../errors.ts";
import type { SchedulerMessages, ShuffleLayout } from "../message/services.ts";
import type { MapStatus } from "../message/task-result.ts";
import type { DriverBroadcasts } from "./driver-broadcasts.ts";
import type { DriverCluster } from "./driver-cluster.ts";
import type { DriverSettings } from "./driver-settings.ts";
import type { EventPost } from "./event-post.ts";
import { type ExecutorDirectory, forget } from "./executor-directory.ts";
import type { ExecutorWatch } from "./executor-watch.ts";
import { fetchResult, isHeld } from "./fetch-result.ts";
import type { SchedulerShell } from "./scheduler-shell.ts";
import type { AddedModule } from "./served-files.ts";
import { bucketCount, ShuffleLayouts } from "./shuffle-layouts.ts";
import type { StatusTable } from "./status-table.ts";

/** What {@link ExecutorRequests} works with. */
export interface ExecutorRequestsOptions {
  readonly settings: DriverSettings;
  readonly clock: Clock;
  readonly executors: ExecutorDirectory;
  readonly schedulers: SchedulerShell;
  readonly watch: ExecutorWatch;
  readonly broadcasts: DriverBroadcasts;
  readonly events: EventPost;
  readonly status: StatusTable;
  readonly cluster: DriverCluster | undefined;
}

/** Answers what executors ask of the driver, and takes what they tell: results, blocks, output, files. */
export class ExecutorRequests {
  readonly #options: ExecutorRequestsOptions;
  readonly #layouts: ShuffleLayouts | undefined;
  /** The modules that the program consists of, for executors in other processes. */
  #modules: readonly AddedModule[] = [];

  constructor(options: ExecutorRequestsOptions) {
    this.#options = options;
    const streams = options.cluster?.streams;
    this.#layouts = streams === undefined ? undefined : new ShuffleLayouts(streams);
  }

  handlers(): ServiceHandlers<SchedulerMessages> {
    const { broadcasts, cluster, executors, schedulers, watch } = this.#options;
    return {
      executorSetup: ({ executorId, version }) => {
        this.#checkVersion(executorId, version);
        assert(cluster !== undefined, "an executor of the driver's own process gets its settings with its thread");
        return cluster.setup;
      },
      broadcast: ({ id, offset }) => broadcasts.part(id, offset),
      addedFiles: () => ({ version: cluster?.files.version ?? 0, files: cluster?.files.list() ?? [], modules: this.#modules }),
      addedFilePart: ({ path, offset, isModule }) => (isModule ? cluster?.modules : cluster?.files)?.read(path, offset) ?? new Uint8Array(),
      blockLocations: ({ rddId, partition }) => schedulers.dag.cachedOn(rddId, partition),
      peers: ({ executorId }) => executors.peersOf(executorId),
      shuffleLayout: (request) => this.#shuffleLayout(request),
      registerExecutor: (request) => {
        this.#checkVersion(request.executorId, request.version);
        return watch.registered(request);
      },
      heartbeat: (request) => watch.heard(request),
      statusUpdate: (request) => this.#statusUpdate(request),
      mapOutputs: ({ shuffleId }): readonly (MapStatus | undefined)[] => schedulers.dag.mapOutputs.statuses(shuffleId) ?? [undefined],
      blockUpdated: (update) => this.#blockUpdated(update),
      barrierSync: (request) => schedulers.barriers.request(request),
      canCommit: ({ stageId, stageAttempt, partition, taskId }) => schedulers.canCommit(stageId, stageAttempt, partition, taskId),
    };
  }

  /** The program has added files, or refers to modules; executors look for them before their next task. */
  filesAdded(modules: readonly AddedModule[]): null {
    const { cluster } = this.#options;
    this.#modules = modules;
    if (cluster !== undefined) cluster.files.version++;
    return null;
  }

  /** Deletes the streams of a shuffle; nobody waits for it. */
  removeShuffle(shuffleId: number): void {
    forget(this.#layouts?.remove(shuffleId));
  }

  #checkVersion(executorId: string, theirs: string): void {
    const { version } = this.#options.settings;
    if (theirs !== version) throw coreErrors.create("EXECUTOR_VERSION_MISMATCH", { executorId, executor: theirs, driver: version });
  }

  /** Large results are fetched before their tasks count as done: an executor may die with them. */
  #statusUpdate({ executorId, reports }: SchedulerMessages["statusUpdate"]["request"]): null {
    const { clock, executors, schedulers, settings } = this.#options;
    const executor = executors.client(executorId);
    const held = executor === undefined ? [] : reports.filter((report) => isHeld(report));
    for (const report of held) {
      if (executor === undefined || !schedulers.tasks.liveTasks.has(report.taskId)) continue;
      void fetchResult(report, executor, settings.maxResultBytes).then((fetched) => {
        forget(executor.call("dropResult", { taskId: report.taskId }));
        schedulers.taskEvent({ kind: "StatusUpdate", executorId, reports: [fetched], nowMs: clock.monotonicMs() });
      });
    }
    const direct = held.length === 0 ? reports : reports.filter((report) => !held.includes(report));
    if (direct.length === 0) return null;
    return schedulers.taskEvent({ kind: "StatusUpdate", executorId, reports: direct, nowMs: clock.monotonicMs() });
  }

  #shuffleLayout({ shuffleId, outputBytes, lostEpoch }: SchedulerMessages["shuffleLayout"]["request"]): Promise<ShuffleLayout> {
    const { clock, schedulers } = this.#options;
    const shuffle = schedulers.dag.shuffle(shuffleId);
    if (this.#layouts === undefined || shuffle === undefined) throw coreErrors.create("SHUFFLE_UNKNOWN", { shuffleId });
    const layout = this.#layouts.layout(shuffleId, bucketCount(outputBytes, shuffle.numMaps, shuffle.numReducers), lostEpoch);
    if (lostEpoch !== undefined) schedulers.dagEvent({ kind: "ShuffleStreamsLost", shuffleId, epoch: lostEpoch, nowMs: clock.now() });
    layout.then(
      ({ buckets }) => schedulers.dagEvent({ kind: "ShuffleLaidOut", shuffleId, buckets }),
      () => undefined,
    );
    return layout;
  }

  #blockUpdated(update: SchedulerMessages["blockUpdated"]["request"]): null {
    const { events, executors, schedulers, status } = this.#options;
    status.blockUpdated(update);
    const { rddId, partition, executorId, stored, memoryBytes, diskBytes } = update;
    events.block(executors.identity(executorId), `rdd_${rddId}_${partition}`, memoryBytes, diskBytes);
    return schedulers.dagEvent({ kind: "BlockUpdated", rddId, partition, executorId, stored });
  }
}
