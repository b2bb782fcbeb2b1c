import { errorFromData, errorToData, type ErrorData } from "@vonk/common";
import type { Bus, RequestOptions, Subscription } from "../bus.ts";
import { busErrors } from "../errors.ts";
import { withRequestLimits } from "./request-limits.ts";

/** The part of a MessagePort or Worker that a {@link PortBus} needs. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "close" | "exit", listener: () => void): unknown;
}

type Frame =
  | { readonly t: "pub"; readonly subject: string; readonly message: unknown }
  | { readonly t: "sub"; readonly subject: string }
  | { readonly t: "unsub"; readonly subject: string }
  | { readonly t: "serve"; readonly subject: string }
  | { readonly t: "unserve"; readonly subject: string }
  | { readonly t: "req"; readonly id: number; readonly subject: string; readonly message: unknown }
  | { readonly t: "rep"; readonly id: number; readonly message: unknown }
  | { readonly t: "err"; readonly id: number; readonly error: ErrorData };

interface Pending {
  readonly subject: string;
  readonly resolve: (message: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for the other side of a port. */
class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;

  add(subject: string): { readonly id: number; readonly reply: Promise<unknown> } {
    const id = this.#nextId++;
    const reply = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { subject, resolve, reject }));
    return { id, reply };
  }

  settle(id: number, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending !== undefined) settle(pending);
  }

  failAll(): void {
    for (const pending of this.#pending.values()) pending.reject(busErrors.create("BUS_CLOSED", { subject: pending.subject }));
    this.#pending.clear();
  }
}

/** The bus of a thread whose hub lives in another thread, at the other end of `port`. */
export class PortBus implements Bus {
  readonly #port: PortLike;
  readonly #handlers = new Map<string, Set<(message: unknown, subject: string) => void>>();
  readonly #servers = new Map<string, (message: unknown) => unknown>();
  readonly #requests = new PendingRequests();
  #closed = false;

  constructor(port: PortLike) {
    this.#port = port;
    port.on("message", (frame) => this.#receive(frame as Frame));
    port.on("close", () => this.close());
    port.on("exit", () => this.close());
  }

  publish(subject: string, message: unknown): void {
    this.#send({ t: "pub", subject, message });
  }

  subscribe(subject: string, handler: (message: unknown, subject: string) => void): Subscription {
    const handlers = this.#handlers.get(subject) ?? new Set();
    if (handlers.size === 0) this.#send({ t: "sub", subject });
    this.#handlers.set(subject, handlers.add(handler));
    return {
      close: () => {
        handlers.delete(handler);
        if (handlers.size > 0 || this.#handlers.get(subject) !== handlers) return;
        this.#handlers.delete(subject);
        this.#send({ t: "unsub", subject });
      },
    };
  }

  async request(subject: string, message: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#closed) throw busErrors.create("BUS_CLOSED", { subject });
    const { id, reply } = this.#requests.add(subject);
    this.#send({ t: "req", id, subject, message });
    return withRequestLimits(reply, subject, options);
  }

  serve(subject: string, handler: (message: unknown) => unknown): Subscription {
    this.#servers.set(subject, handler);
    this.#send({ t: "serve", subject });
    return {
      close: () => {
        if (this.#servers.delete(subject)) this.#send({ t: "unserve", subject });
      },
    };
  }

  close(): void {
    this.#closed = true;
    this.#requests.failAll();
    this.#handlers.clear();
    this.#servers.clear();
  }

  #send(frame: Frame): void {
    if (!this.#closed) this.#port.postMessage(frame);
  }

  #receive(frame: Frame): void {
    switch (frame.t) {
      case "pub": {
        // The hub names the subscription's subject, so that a wide one finds its handlers.
        const [pattern, subject] = frame.subject.split("\n");
        for (const handler of this.#handlers.get(pattern ?? "") ?? []) handler(frame.message, subject ?? pattern ?? "");
        return;
      }
      case "rep":
        return this.#requests.settle(frame.id, (pending) => pending.resolve(frame.message));
      case "err":
        return this.#requests.settle(frame.id, (pending) => pending.reject(errorFromData(frame.error)));
      case "req":
        return void answer(this.#servers.get(frame.subject), frame, (reply) => this.#send(reply));
      default:
        return;
    }
  }
}

async function answer(
  server: ((message: unknown) => unknown) | undefined,
  frame: Extract<Frame, { t: "req" }>,
  send: (reply: Frame) => void,
): Promise<void> {
  try {
    if (server === undefined) throw busErrors.create("BUS_NO_RESPONDER", { subject: frame.subject });
    send({ t: "rep", id: frame.id, message: await server(frame.message) });
  } catch (error) {
    send({ t: "err", id: frame.id, error: errorToData(error) });
  }
}

/** Serves the {@link PortBus} at the other end of `port` from `hub`. Closing it withdraws what that client subscribed and served. */
export function attachPort(hub: Bus, port: PortLike): Subscription {
  const subscriptions = new Map<string, Subscription>();
  const requests = new PendingRequests();
  const send = (frame: Frame): void => port.postMessage(frame);
  const replace = (key: string, subscription?: Subscription): void => {
    subscriptions.get(key)?.close();
    if (subscription === undefined) subscriptions.delete(key);
    else subscriptions.set(key, subscription);
  };
  const receive = (frame: Frame): void => {
    switch (frame.t) {
      case "pub":
        return hub.publish(frame.subject, frame.message);
      case "sub":
        return replace(
          `sub ${frame.subject}`,
          hub.subscribe(frame.subject, (message, subject) => send({ t: "pub", subject: `${frame.subject}\n${subject}`, message })),
        );
      case "unsub":
        return replace(`sub ${frame.subject}`);
      case "serve":
        return replace(
          `serve ${frame.subject}`,
          hub.serve(frame.subject, (message) => {
            const { id, reply } = requests.add(frame.subject);
            send({ t: "req", id, subject: frame.subject, message });
            return reply;
          }),
        );
      case "unserve":
        return replace(`serve ${frame.subject}`);
      case "req":
        return void answer((message) => hub.request(frame.subject, message), frame, send);
      case "rep":
        return requests.settle(frame.id, (pending) => pending.resolve(frame.message));
      case "err":
        return requests.settle(frame.id, (pending) => pending.reject(errorFromData(frame.error)));
    }
  };
  const close = (): void => {
    for (const subscription of subscriptions.values()) subscription.close();
    subscriptions.clear();
    requests.failAll();
  };
  port.on("message", (frame) => receive(frame as Frame));
  port.on("close", close);
  port.on("exit", close);
  return { close };
}
