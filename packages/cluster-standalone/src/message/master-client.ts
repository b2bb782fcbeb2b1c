import type { Bus, Subscription } from "@vonk/bus";
import { publishTopic, serviceClient, subscribeTopic } from "@vonk/bus/internal";
import type { Clock } from "@vonk/common/internal";
import { standaloneErrors } from "../errors.ts";
import {
  clusterPrefix,
  leaderHereTopic,
  leaderTopic,
  leaderWantedTopic,
  masterService,
  type MasterMessages,
  masterSubject,
} from "./services.ts";

interface Leader {
  readonly term: number;
  /** Aborted when another leads. */
  readonly replaced: AbortController;
}

const askEveryMs = 100;
const retryMs = 50;
/** Whoever answers so, or nothing, does not lead. */
const notLeading = new Set(["BUS_NO_RESPONDER", "MASTER_NOT_LEADING", "BUS_REQUEST_TIMEOUT"]);

/**
 * Calls the leading master, whoever that is by the time it answers.
 *
 * Each leader answers under its term: a master that hangs stays subscribed to NATS and would get a share of all requests under a
 * common name. Who leads is heard when it changes, and asked for when nobody is known. A call that waits for a master that was
 * replaced goes to the next one; all messages of the service may come twice.
 */
export class MasterClient {
  readonly #bus: Bus;
  readonly #cluster: string;
  readonly #clock: Clock;
  readonly #subscriptions: Subscription[];
  readonly #waiting = new Set<() => void>();
  #leader: Leader | undefined;

  constructor(bus: Bus, cluster: string, clock: Clock) {
    this.#bus = bus;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#subscriptions = [leaderTopic, leaderHereTopic].map((topic) =>
      subscribeTopic(bus, topic, clusterPrefix(cluster), ({ term }) => this.#heard(term)),
    );
  }

  /**
   * @param request or what makes it, anew for each master that is asked: what the caller has changes while nobody leads
   * @throws MASTER_NOT_FOUND after `timeoutMs`, and what the master throws
   */
  async call<M extends keyof MasterMessages>(
    message: M,
    request: MasterMessages[M]["request"] | (() => MasterMessages[M]["request"]),
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<MasterMessages[M]["reply"]> {
    const deadlineMs = this.#clock.monotonicMs() + timeoutMs;
    for (;;) {
      const leader = this.#leader ?? (await this.#find(deadlineMs));
      const leftMs = deadlineMs - this.#clock.monotonicMs();
      if (leader === undefined || leftMs <= 0) throw standaloneErrors.create("MASTER_NOT_FOUND", { cluster: this.#cluster });
      const master = serviceClient(this.#bus, masterService, masterSubject(this.#cluster, leader.term));
      try {
        const current = typeof request === "function" ? request() : request;
        return await master.call(message, current, { timeoutMs: leftMs, signal: leader.replaced.signal });
      } catch (error) {
        if (leader !== this.#leader) continue;
        if (!notLeading.has((error as { readonly code?: string }).code ?? "")) throw error;
        this.#leader = undefined;
        await this.#pause(retryMs);
      }
    }
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }

  #heard(term: number): void {
    const before = this.#leader;
    if (before !== undefined && before.term >= term) return;
    this.#leader = { term, replaced: new AbortController() };
    before?.replaced.abort(standaloneErrors.create("MASTER_NOT_LEADING", { term: before.term }));
    for (const wake of this.#waiting) wake();
  }

  async #find(deadlineMs: number): Promise<Leader | undefined> {
    while (this.#leader === undefined && this.#clock.monotonicMs() < deadlineMs) {
      publishTopic(this.#bus, leaderWantedTopic, clusterPrefix(this.#cluster), {});
      await this.#pause(Math.min(askEveryMs, Math.max(0, deadlineMs - this.#clock.monotonicMs())));
    }
    return this.#leader;
  }

  /** Ends early when a leader is heard of. */
  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        timer.cancel();
        resolve();
      };
      const timer = this.#clock.schedule(delayMs, wake);
      this.#waiting.add(wake);
    });
  }
}
