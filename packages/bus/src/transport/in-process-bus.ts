import type { Bus, RequestOptions, Subscription } from "../bus.ts";
import { busErrors } from "../errors.ts";
import { withRequestLimits } from "./request-limits.ts";

type MessageHandler = (message: unknown, subject: string) => void;
type RequestHandler = (message: unknown) => unknown;

/** Options of {@link InProcessBus}. */
export interface InProcessBusOptions {
  /** Clones each message as a wire would, so that sender and receiver cannot share an object. Tests switch it on. */
  readonly clone?: boolean;
}

/**
 * The bus within one thread, and the hub that {@link PortBus} clients of other threads connect to.
 * Subscribers run in the publisher's turn, in the order in which they subscribed.
 */
export class InProcessBus implements Bus {
  readonly #exact = new Map<string, Set<MessageHandler>>();
  readonly #prefixes = new Map<string, Set<MessageHandler>>();
  readonly #servers = new Map<string, RequestHandler>();
  readonly #carry: (message: unknown) => unknown;
  /** Fails a request whose reply is not there yet, for {@link close}. */
  readonly #inFlight = new Set<() => void>();
  #closed = false;

  constructor(options: InProcessBusOptions = {}) {
    this.#carry = options.clone === true ? (message) => structuredClone(message) : (message) => message;
  }

  publish(subject: string, message: unknown): void {
    if (this.#closed) return;
    const exact = this.#exact.get(subject);
    if (exact !== undefined) for (const handler of exact) handler(this.#carry(message), subject);
    for (const [prefix, handlers] of this.#prefixes) {
      if (subject.startsWith(prefix)) for (const handler of handlers) handler(this.#carry(message), subject);
    }
  }

  subscribe(subject: string, handler: MessageHandler): Subscription {
    const wide = subject.endsWith(">");
    const table = wide ? this.#prefixes : this.#exact;
    const key = wide ? subject.slice(0, -1) : subject;
    const handlers = table.get(key) ?? new Set<MessageHandler>();
    table.set(key, handlers.add(handler));
    return {
      close: () => {
        handlers.delete(handler);
        if (handlers.size === 0 && table.get(key) === handlers) table.delete(key);
      },
    };
  }

  /** True when a publish to `subject` would reach anyone; lets a sender skip building the message. */
  hasSubscribers(subject: string): boolean {
    return this.#exact.has(subject) || [...this.#prefixes.keys()].some((prefix) => subject.startsWith(prefix));
  }

  async request(subject: string, message: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#closed) throw busErrors.create("BUS_CLOSED", { subject });
    const server = this.#servers.get(subject);
    if (server === undefined) throw busErrors.create("BUS_NO_RESPONDER", { subject });
    options.signal?.throwIfAborted();
    const reply = server(this.#carry(message));
    if (!(reply instanceof Promise)) return this.#carry(reply);
    return this.#carry(await withRequestLimits(this.#untilClosed(reply, subject), subject, options));
  }

  /** Gives the reply, unless the bus is closed before it is there. */
  #untilClosed(reply: Promise<unknown>, subject: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(busErrors.create("BUS_CLOSED", { subject }));
      this.#inFlight.add(fail);
      reply.then(resolve, reject).finally(() => this.#inFlight.delete(fail));
    });
  }

  serve(subject: string, handler: RequestHandler): Subscription {
    this.#servers.set(subject, handler);
    return {
      close: () => {
        if (this.#servers.get(subject) === handler) this.#servers.delete(subject);
      },
    };
  }

  close(): void {
    this.#closed = true;
    this.#exact.clear();
    this.#prefixes.clear();
    this.#servers.clear();
    for (const fail of this.#inFlight) fail();
    this.#inFlight.clear();
  }
}
