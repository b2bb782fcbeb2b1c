import { version as nodeVersion } from "node:process";
import type { Bus } from "@vonk/bus";
import { publishTopic } from "@vonk/bus/internal";
import { redact } from "@vonk/common";
import type { Clock } from "@vonk/common/internal";
import { EventLog } from "../listener/event-log.ts";
import { type BlockManagerIdentity, blockUpdated, executorMetricsUpdate, type StageMetrics } from "../listener/executor-event.ts";
import { listenerEvent, type SparkListenerEvent } from "../listener/listener-event.ts";
import { StagePeaks } from "../listener/stage-peaks.ts";
import { eventTopic, topicPrefix } from "../message/services.ts";
import type { SchedulerFact } from "../scheduler/scheduler-event.ts";
import type { DriverSettings } from "./driver-settings.ts";

/** Posts Spark's listener events, to the log and to whoever subscribes. */
export class EventPost {
  readonly #settings: DriverSettings;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: EventLog | undefined;
  readonly #peaks: StagePeaks | undefined;

  constructor(settings: DriverSettings, bus: Bus, clock: Clock) {
    this.#settings = settings;
    this.#bus = bus;
    this.#clock = clock;
    this.#log = settings.eventLogDir === undefined ? undefined : new EventLog(settings.eventLogDir, settings.appId);
    this.#peaks = settings.logsStageMetrics && this.#log !== undefined ? new StagePeaks() : undefined;
  }

  /** The first events of an application. */
  applicationStarted(): void {
    const { appId, appName, sparkProperties, version } = this.#settings;
    this.post({ Event: "SparkListenerLogStart", "Spark Version": version });
    this.post({
      Event: "SparkListenerEnvironmentUpdate",
      "JVM Information": { "Node Version": nodeVersion },
      "Spark Properties": Object.fromEntries(sparkProperties.map(([key, value]) => [key, redact(key, value)])),
    });
    this.post({ Event: "SparkListenerApplicationStart", "App Name": appName, "App ID": appId, Timestamp: this.#clock.now(), User: "" });
  }

  /** The last event; the log is complete. */
  applicationEnded(): void {
    this.post({ Event: "SparkListenerApplicationEnd", Timestamp: this.#clock.now() });
    this.#log?.close();
  }

  fact(fact: SchedulerFact): void {
    if (this.#isHeard()) this.post(listenerEvent(fact));
    if (fact.kind !== "StageCompleted") return;
    for (const event of this.#peaks?.take(fact.stage.stageId, fact.stage.attempt) ?? []) this.#log?.append(event);
  }

  block(owner: BlockManagerIdentity | undefined, blockId: string, memoryBytes: number, diskBytes: number): void {
    if (owner === undefined || !this.#isHeard()) return;
    this.post(blockUpdated(owner, blockId, memoryBytes, diskBytes), this.#settings.logsBlockUpdates);
  }

  /** The log has a stage's peaks when it ends, as Spark's has, and never the single updates. */
  metrics(executorId: string, stages: readonly StageMetrics[]): void {
    this.#peaks?.note(executorId, stages);
    if (this.#isHeard()) this.post(executorMetricsUpdate(executorId, stages), false);
  }

  post(event: SparkListenerEvent, isLogged = true): void {
    if (isLogged) this.#log?.append(event);
    publishTopic(this.#bus, eventTopic, topicPrefix(this.#settings.appId), event);
  }

  #isHeard(): boolean {
    if (this.#log !== undefined) return true;
    const { hasSubscribers } = this.#bus as Partial<{ hasSubscribers(subject: string): boolean }>;
    return hasSubscribers === undefined || hasSubscribers.call(this.#bus, `${topicPrefix(this.#settings.appId)}.events.v1`);
  }
}
