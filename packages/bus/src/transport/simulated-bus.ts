import { errorFromData, errorToData } from "@vonk/common";
import type { Clock, Random, Timer } from "@vonk/common/internal";
import type { Bus, RequestOptions, Subscription } from "../bus.ts";
import { busErrors } from "../errors.ts";
import { withRequestLimits } from "./request-limits.ts";

/** How the way from one endpoint to another treats messages. Rates are probabilities in [0, 1]. */
export interface LinkFaults {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  readonly dropRate: number;
  readonly duplicateRate: number;
  /** Keeps the order of what arrives; without it each message has a delay of its own and may overtake others. */
  readonly inOrder: boolean;
}

/** A link that loses and reorders nothing. */
export const reliableLink: LinkFaults = { delayMsMin: 0.05, delayMsMax: 0.5, dropRate: 0, duplicateRate: 0, inOrder: true };

/** Options of {@link SimulatedNetwork}. */
export interface SimulatedNetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Asked for every message; {@link reliableLink} when absent. */
  readonly faults?: (from: string, to: string) => LinkFaults;
  /** Time until a request without a reply is sent again; doubles up to 16 times this. */
  readonly retryMs?: number;
  /** Told of each message that arrives, is lost or finds nobody. */
  readonly trace?: (line: string) => void;
  /** Told what a handler threw, besides the requester. */
  readonly onHandlerError?: (error: unknown) => void;
}

const retryFactorMax = 16;

/**
 * A network in one process that delays, loses, repeats and reorders messages as its random numbers say.
 *
 * What a sender may rely on, as with any transport over a network:
 * - `publish` is sent once: it arrives never, once or twice.
 * - `request` is sent again until a reply arrives, the endpoint closes, or its time-out or signal ends it. So a request whose
 *   endpoint lives is handled **at least once**, perhaps more often and perhaps after later ones: handlers are idempotent.
 * - Nobody serving the subject is an answer (BUS_NO_RESPONDER), not silence; a cut endpoint is silence.
 */
export class SimulatedNetwork {
  readonly #options: SimulatedNetworkOptions;
  readonly #endpoints = new Set<SimulatedBus>();
  readonly #cut = new Set<string>();
  /** What has arrived at endpoints that are stopped, in order. */
  readonly #held = new Map<string, (() => void)[]>();
  readonly #lastArrivalMs = new Map<string, number>();
  #inFlight = 0;

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options;
  }

  /** Messages that were sent and have neither arrived nor been lost. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * A new endpoint. Names need not be unique; faults and cuts go by name.
   * @param clock of the endpoint's process, when that is not the network's: for its repeats and time-outs
   */
  connect(name: string, clock: Clock = this.#options.clock): SimulatedBus {
    const { retryMs = 50, onHandlerError } = this.#options;
    const carrier: Carrier = { clock, retryMs, network: this, onHandlerError, leave: (bus) => this.#endpoints.delete(bus) };
    const bus = new SimulatedBus(name, carrier);
    this.#endpoints.add(bus);
    return bus;
  }

  /** Loses every message to and from the endpoint until {@link heal}. */
  cut(name: string): void {
    this.#cut.add(name);
  }

  heal(name: string): void {
    this.#cut.delete(name);
  }

  /** Keeps what arrives at the endpoint until {@link resume}, as the kernel does for a process that is stopped. */
  pause(name: string): void {
    if (!this.#held.has(name)) this.#held.set(name, []);
  }

  /** Gives the endpoint what has arrived meanwhile, each message in a turn of its own. */
  resume(name: string): void {
    const held = this.#held.get(name) ?? [];
    this.#held.delete(name);
    for (const arrive of held) this.#options.clock.schedule(0, () => this.#arrive(name, arrive));
  }

  /** Forgets what has arrived at an endpoint that died while it was stopped. */
  drop(name: string): void {
    this.#held.delete(name);
  }

  #arrive(to: string, arrive: () => void): void {
    const held = this.#held.get(to);
    if (held === undefined) arrive();
    else held.push(arrive);
  }

  /** The endpoint that serves `subject`; any one of several, as from a queue. */
  serverOf(subject: string): SimulatedBus | undefined {
    const servers = [...this.#endpoints].filter((endpoint) => endpoint.serves(subject));
    return servers.length < 2 ? servers[0] : servers[this.#options.random.nextInt(servers.length)];
  }

  /** Endpoints with a subscriber of `subject`. */
  subscribersOf(subject: string): SimulatedBus[] {
    return [...this.#endpoints].filter((endpoint) => endpoint.listensTo(subject));
  }

  /** Carries one message: `arrive` runs never, once or twice, later. `label` names it in the trace. */
  carry(from: string, to: string, label: string, arrive: () => void): void {
    const { random, faults } = this.#options;
    const link = faults?.(from, to) ?? reliableLink;
    if (random.next() < link.dropRate) return this.#options.trace?.(`lost ${from} > ${to} ${label}`);
    this.#copy(link, from, to, label, arrive);
    if (random.next() < link.duplicateRate) this.#copy(link, from, to, `${label} (again)`, arrive);
  }

  #copy(link: LinkFaults, from: string, to: string, label: string, arrive: () => void): void {
    const { clock, random, trace } = this.#options;
    const nowMs = clock.monotonicMs();
    let atMs = nowMs + link.delayMsMin + random.next() * (link.delayMsMax - link.delayMsMin);
    if (link.inOrder) {
      const key = `${from}>${to}`;
      atMs = Math.max(atMs, this.#lastArrivalMs.get(key) ?? 0);
      this.#lastArrivalMs.set(key, atMs);
    }
    this.#inFlight++;
    clock.schedule(atMs - nowMs, () => {
      this.#inFlight--;
      if (this.#cut.has(from) || this.#cut.has(to)) return trace?.(`cut ${from} > ${to} ${label}`);
      trace?.(`${from} > ${to} ${label}`);
      this.#arrive(to, arrive);
    });
  }
}

interface Carrier {
  readonly clock: Clock;
  readonly retryMs: number;
  readonly network: SimulatedNetwork;
  readonly onHandlerError: ((error: unknown) => void) | undefined;
  leave(bus: SimulatedBus): void;
}

/** One endpoint of a {@link SimulatedNetwork}. Every message is cloned when it is sent, as a wire would. */
export class SimulatedBus implements Bus {
  readonly name: string;
  readonly #carrier: Carrier;
  readonly #handlers = new Map<string, Set<(message: unknown, subject: string) => void>>();
  readonly #servers = new Map<string, (message: unknown) => unknown>();
  readonly #pending = new Set<() => void>();
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(name: string, carrier: Carrier) {
    this.name = name;
    this.#carrier = carrier;
  }

  publish(subject: string, message: unknown): void {
    if (this.#closed) return;
    const { network } = this.#carrier;
    for (const endpoint of network.subscribersOf(subject)) {
      const copy = structuredClone(message);
      network.carry(this.name, endpoint.name, `publish ${subject}`, () => endpoint.#deliver(subject, structuredClone(copy)));
    }
  }

  subscribe(subject: string, handler: (message: unknown, subject: string) => void): Subscription {
    const handlers = this.#handlers.get(subject) ?? new Set();
    this.#handlers.set(subject, handlers.add(handler));
    return { close: () => void handlers.delete(handler) };
  }

  /** True when a publish to `subject` would reach anyone. */
  hasSubscribers(subject: string): boolean {
    return this.#carrier.network.subscribersOf(subject).length > 0;
  }

  request(subject: string, message: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(busErrors.create("BUS_CLOSED", { subject }));
    let end: () => void = () => {};
    const reply = new Promise<unknown>((resolve, reject) => {
      end = this.#sendUntilAnswered(subject, structuredClone(message), resolve, reject);
    });
    return withRequestLimits(reply, subject, options, this.#carrier.clock).finally(end);
  }

  serve(subject: string, handler: (message: unknown) => unknown): Subscription {
    this.#servers.set(subject, handler);
    return {
      close: () => {
        if (this.#servers.get(subject) === handler) this.#servers.delete(subject);
      },
    };
  }

  close(): void {
    this.#leave();
    for (const fail of this.#pending) fail();
    this.#pending.clear();
  }

  /** Ends the endpoint as a dying process does: its requests get no answer, not even an error. */
  crash(): void {
    this.#leave();
    this.#pending.clear();
  }

  /** True when this endpoint answers requests to `subject`. */
  serves(subject: string): boolean {
    return this.#servers.has(subject);
  }

  /** True when this endpoint has a subscription that matches `subject`. */
  listensTo(subject: string): boolean {
    for (const [pattern, handlers] of this.#handlers) if (handlers.size > 0 && matches(pattern, subject)) return true;
    return false;
  }

  #leave(): void {
    this.#closed = true;
    this.#carrier.leave(this);
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#handlers.clear();
    this.#servers.clear();
  }

  #deliver(subject: string, message: unknown): void {
    for (const [pattern, handlers] of this.#handlers) {
      if (matches(pattern, subject)) for (const handler of handlers) handler(message, subject);
    }
  }

  /** Sends the request now and again until one of the callbacks ran; gives what stops it. */
  #sendUntilAnswered(subject: string, message: unknown, resolve: (reply: unknown) => void, reject: (error: unknown) => void): () => void {
    const { clock, retryMs, network } = this.#carrier;
    let timer: Timer | undefined;
    const fail = (): void => reject(busErrors.create("BUS_CLOSED", { subject }));
    const end = (): void => {
      timer?.cancel();
      if (timer !== undefined) this.#timers.delete(timer);
      this.#pending.delete(fail);
    };
    const settle = (act: () => void): void => {
      if (this.#pending.delete(fail)) act();
    };
    const send = (factor: number): void => {
      if (timer !== undefined) this.#timers.delete(timer);
      const server = network.serverOf(subject);
      network.carry(this.name, server?.name ?? subject, describe(subject, message), () =>
        this.#answer(server, subject, message, (act) => settle(act === undefined ? noResponder : () => act(resolve, reject))),
      );
      timer = clock.schedule(retryMs * factor, () => send(Math.min(2 * factor, retryFactorMax)));
      this.#timers.add(timer);
    };
    const noResponder = (): void => reject(busErrors.create("BUS_NO_RESPONDER", { subject }));
    this.#pending.add(fail);
    send(1);
    return end;
  }

  /** Runs at the time of arrival: hands the message to whom it was sent, or to whoever serves the subject then, and carries the reply back. */
  #answer(sentTo: SimulatedBus | undefined, subject: string, message: unknown, settle: (act?: Settle) => void): void {
    const server = sentTo?.serves(subject) === true ? sentTo : this.#carrier.network.serverOf(subject);
    if (server === undefined) return settle();
    const handler = server.#servers.get(subject);
    if (handler === undefined) return settle();
    const back = (act: Settle): void => {
      if (!server.#closed) this.#carrier.network.carry(server.name, this.name, `reply ${subject}`, () => settle(act));
    };
    const succeed = (value: unknown): void => {
      const copy = structuredClone(value);
      back((resolve) => resolve(copy));
    };
    const fail = (error: unknown): void => {
      this.#carrier.onHandlerError?.(error);
      const data = errorToData(error);
      back((_, reject) => reject(errorFromData(data)));
    };
    try {
      const value = handler(structuredClone(message));
      if (value instanceof Promise) value.then(succeed, fail);
      else succeed(value);
    } catch (error) {
      fail(error);
    }
  }
}

type Settle = (resolve: (reply: unknown) => void, reject: (error: unknown) => void) => void;

function matches(pattern: string, subject: string): boolean {
  return pattern.endsWith(">") ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;
}

/** A request for the trace: the name of the service's message where there is one. */
function describe(subject: string, message: unknown): string {
  const named = typeof message === "object" && message !== null && "message" in message ? ` ${String(message.message)}` : "";
  return `request ${subject}${named}`;
}
