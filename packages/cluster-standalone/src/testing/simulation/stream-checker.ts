import type { DriverObserver, InvariantChecker } from "@vonk/core/testing";
import type { MapStatus } from "@vonk/core/spi";
import type { SimulatedServer } from "./simulated-server.ts";

type DAGArguments = Parameters<DriverObserver["dagStepped"]>;

/**
 * Watches what the driver does with committed map outputs: one that can be read from its streams is not computed again because its
 * executor died, and a failed fetch costs it only when its bytes were not to be had.
 */
export class StreamChecker implements DriverObserver {
  readonly #appId: string;
  readonly #checker: InvariantChecker;
  readonly #server: SimulatedServer;
  readonly #committed = new Map<string, MapStatus>();
  broken: string | undefined;

  constructor(appId: string, checker: InvariantChecker, server: SimulatedServer) {
    this.#appId = appId;
    this.#checker = checker;
    this.#server = server;
  }

  dagStepped(...args: DAGArguments): void {
    this.#checker.dagStepped(...args);
    const [event, actions, dag] = args;
    if (event.kind === "ExecutorLost" || event.kind === "ShuffleStreamsLost") {
      const rolledBack = rolledBackBy(actions);
      for (const [key, status] of this.#committed) {
        const isMeant = event.kind === "ExecutorLost" || event.shuffleId === status.shuffleId;
        if (isMeant && !rolledBack.has(key)) this.#checkLoss(status, event.kind, dag);
      }
    }
    if (event.kind === "TaskEnded" && event.report.reason.kind === "FetchFailed") {
      // A stage that fails for the second time gives up more than what it names.
      const { shuffleId, mapPartition } = event.report.reason;
      const status = this.#committed.get(`${shuffleId}.${mapPartition}`);
      if (status !== undefined) this.#checkLoss(status, "a failed fetch", dag);
    }
    if (event.kind !== "TaskStarted" && event.kind !== "BlockUpdated") this.#look(dag);
  }

  /** After every event that may withdraw outputs, lest the next one be blamed: stages are rolled back when they are submitted. */
  #look({ mapOutputs }: DAGArguments[2]): void {
    this.#committed.clear();
    for (const shuffleId of mapOutputs.shuffleIds()) {
      for (const status of mapOutputs.statuses(shuffleId) ?? []) {
        if (status?.stream !== undefined) this.#committed.set(`${status.shuffleId}.${status.mapPartition}`, status);
      }
    }
  }

  #checkLoss(status: MapStatus, why: string, { mapOutputs }: DAGArguments[2]): void {
    const { shuffleId, mapPartition, taskId, executorId } = status;
    const isWithdrawn = mapOutputs.isRegistered(shuffleId) && mapOutputs.statuses(shuffleId)?.[mapPartition]?.taskId !== taskId;
    if (!isWithdrawn || !this.#server.holds(this.#appId, status)) return;
    this.broken ??= `output ${shuffleId}.${mapPartition}.${taskId} of executor ${executorId} was withdrawn by ${why} although its streams hold it`;
  }

  tasksStepped(...args: Parameters<DriverObserver["tasksStepped"]>): void {
    this.#checker.tasksStepped(...args);
  }

  turnEnded(...args: Parameters<DriverObserver["turnEnded"]>): void {
    this.#checker.turnEnded(...args);
  }
}

/** Outputs that were given up with their whole stage; of what is lost by itself nothing is left to free. */
function rolledBackBy(actions: DAGArguments[1]): ReadonlySet<string> {
  return new Set(actions.flatMap((action) => (action.kind === "FreeMapOutput" ? [`${action.shuffleId}.${action.mapPartition}`] : [])));
}
