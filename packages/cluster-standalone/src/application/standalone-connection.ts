import type { Bus, Subscription } from "@vonk/bus";
import { serveService, subscribeTopic } from "@vonk/bus/internal";
import type { Clock, Timer } from "@vonk/common/internal";
import type { ClusterConnection, ClusterEvents, ShuffleStreams } from "@vonk/core/spi";
import { standaloneErrors } from "../errors.ts";
import type { ApplicationDescription } from "../message/cluster-state.ts";
import { MasterClient } from "../message/master-client.ts";
import { applicationService, applicationSubject, clusterPrefix, leaderTopic, type MasterMessages } from "../message/services.ts";

/** The bucket streams of an application. */
export interface ApplicationStreams extends ShuffleStreams {
  /** Deletes all of them. */
  removeAll(): Promise<void>;
}

/** What an application's standing needs. */
export interface StandaloneConnectionOptions {
  readonly bus: Bus;
  readonly cluster: string;
  readonly description: ApplicationDescription;
  readonly events: ClusterEvents;
  readonly clock: Clock;
  readonly heartbeatIntervalMs: number;
  /** Absent when shuffles go through files alone. */
  readonly streams?: ApplicationStreams;
  /** Ends what was started for this application alone. */
  readonly onClosed?: () => Promise<void>;
}

const masterTimeoutMs = 5000;
const farewellTimeoutMs = 1000;

/** An application's standing with a standalone cluster; lives on the driver's service thread. */
export class StandaloneConnection implements ClusterConnection {
  readonly bus: Bus;
  readonly streams?: ShuffleStreams;
  readonly #options: StandaloneConnectionOptions;
  readonly #master: MasterClient;
  readonly #subscriptions: Subscription[];
  readonly #executorIds = new Set<string>();
  /** Executors that were to be ended: a master that takes over has not heard of it. */
  readonly #unwanted = new Set<string>();
  readonly #creating = new Set<Promise<void>>();
  /** Executors that it wants at most, as it last said: a master that takes over has not heard of it. */
  #executorLimit: number | undefined;
  #term = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: StandaloneConnectionOptions) {
    const { bus, cluster, description, events } = options;
    this.#options = options;
    this.#executorLimit = description.executorLimit;
    this.bus = bus;
    if (options.streams !== undefined) this.streams = this.#whileOpen(options.streams);
    this.#master = new MasterClient(bus, cluster, options.clock);
    this.#subscriptions = [
      serveService(bus, applicationService, applicationSubject(description.appId), {
        executorGranted: ({ term, executor: { executorId } }) =>
          this.#heed(term, () => {
            this.#executorIds.add(executorId);
            events.executorGranted(executorId);
          }),
        executorLost: ({ term, executorId, message, causedByApp }) =>
          this.#heed(term, () => {
            this.#executorIds.delete(executorId);
            events.executorLost(executorId, message, causedByApp);
          }),
        warn: ({ term, message }) => this.#heed(term, () => events.warn(message)),
        applicationRemoved: ({ term, message }) => this.#heed(term, () => this.#removed(message)),
      }),
      // Heartbeats go on when this fails, and lead to another attempt.
      subscribeTopic(bus, leaderTopic, clusterPrefix(cluster), () => void this.register().catch(() => undefined)),
    ];
  }

  #whileOpen(streams: ShuffleStreams): ShuffleStreams {
    return {
      create: async (shuffleId, layout) => {
        const { appId } = this.#options.description;
        if (this.#closed) throw standaloneErrors.create("APPLICATION_REMOVED", { appId, reason: "it has ended" });
        const created = streams.create(shuffleId, layout);
        this.#creating.add(created);
        return created.finally(() => this.#creating.delete(created));
      },
      remove: (shuffleId, layout) => streams.remove(shuffleId, layout),
    };
  }

  /** Asks for executors. @throws MASTER_NOT_FOUND, and what the master throws, as BUS_VERSION_MISMATCH */
  async register(): Promise<void> {
    await this.#master.call("registerApplication", () => this.#registration(), { timeoutMs: masterTimeoutMs });
    if (this.#unwanted.size > 0) void this.killExecutors([...this.#unwanted], true).catch(() => undefined);
    this.#later();
  }

  #registration(): MasterMessages["registerApplication"]["request"] {
    const { description } = this.#options;
    const limit = this.#executorLimit === undefined ? {} : { executorLimit: this.#executorLimit };
    return { application: { ...description, ...limit }, executorIds: [...this.#executorIds] };
  }

  #heed(term: number, run: () => void): null {
    if (term < this.#term) return null;
    this.#term = term;
    run();
    return null;
  }

  #removed(message: string): void {
    this.#closed = true;
    this.#timer?.cancel();
    const { description, events } = this.#options;
    events.applicationLost(standaloneErrors.create("APPLICATION_REMOVED", { appId: description.appId, reason: message }));
  }

  #later(): void {
    this.#timer?.cancel();
    if (!this.#closed) this.#timer = this.#options.clock.schedule(this.#options.heartbeatIntervalMs, () => this.#heartbeat());
  }

  #heartbeat(): void {
    const { description, heartbeatIntervalMs } = this.#options;
    this.#master.call("applicationHeartbeat", { appId: description.appId }, { timeoutMs: heartbeatIntervalMs }).then(
      (known) => {
        if (known || this.#closed) return this.#later();
        this.register().catch(() => this.#later());
      },
      // The executors go on while no master leads.
      () => this.#later(),
    );
  }

  async requestTotalExecutors(total: number): Promise<boolean> {
    const { appId } = this.#options.description;
    this.#executorLimit = total;
    return this.#master.call("requestTotalExecutors", { appId, total }, { timeoutMs: masterTimeoutMs });
  }

  async killExecutors(executorIds: readonly string[], replace: boolean): Promise<readonly string[]> {
    const { appId } = this.#options.description;
    for (const executorId of executorIds) {
      this.#unwanted.add(executorId);
      // As the master counts.
      if (!replace && this.#executorIds.has(executorId))
        this.#executorLimit = Math.max(0, Math.min(this.#executorLimit ?? Number.POSITIVE_INFINITY, this.#executorIds.size) - 1);
      this.#executorIds.delete(executorId);
    }
    return this.#master.call("killExecutors", { appId, executorIds, replace }, { timeoutMs: masterTimeoutMs });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const subscription of this.#subscriptions) subscription.close();
    const { appId } = this.#options.description;
    // A master that does not hear it notices the silence.
    await this.#master.call("unregisterApplication", { appId }, { timeoutMs: farewellTimeoutMs }).catch(() => undefined);
    this.#master.close();
    // A stream that is made after the others were deleted would stay.
    await Promise.allSettled(this.#creating);
    await this.#options.streams?.removeAll().catch(() => undefined);
    this.bus.close();
    await this.#options.onClosed?.();
  }
}
