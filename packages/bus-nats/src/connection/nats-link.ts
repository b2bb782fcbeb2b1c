import { connect, createInbox, type Msg, type NatsConnection, PermissionViolationError, type Status } from "@nats-io/transport-node";
import type { Subscription } from "@vonk/bus";
import type { EngineError } from "@vonk/common";
import { randomSeed, seededRandom, systemClock, type Clock, type Random, type Timer } from "@vonk/common/internal";
import { natsErrors } from "../errors.ts";
import { compareVersions, versionFloor, versionRecommended } from "../server/server-version.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { BulkConnection } from "./bulk-connection.ts";
import { connectFailure, isPermanent, permissionFailure, reasonOf, type FailedAttempt } from "./failure.ts";
import { detach, KeepAlive } from "./keep-alive.ts";
import { StallWatch } from "./stall-watch.ts";
import { clientOptions, type NatsOptions } from "./options.ts";

/** What a link is told of or tells. */
export type LinkStatus =
  | { readonly type: "connected" | "reconnected"; readonly server: string; readonly version: string }
  | { readonly type: "disconnected"; readonly server: string; readonly reason: string }
  /** An attempt to connect again failed for a reason that somebody must correct; the attempts go on. */
  | { readonly type: "refused"; readonly error: EngineError }
  /** The connection broke after this thread had not read for `blockedMs`: the server has probably cut it off. Follows `disconnected`. */
  | { readonly type: "slowConsumer"; readonly server: string; readonly blockedMs: number }
  | { readonly type: "denied"; readonly error: EngineError }
  /** A handler threw. */
  | { readonly type: "handlerError"; readonly error: unknown; readonly subject: string };

/** A message as it came. `data` may be a view of a larger buffer that is used again: read or copy it at once. */
export interface LinkMessage {
  readonly subject: string;
  readonly reply: string;
  readonly data: Uint8Array;
  /** Status of a message that the server itself sent, such as 503; 0 else. */
  readonly status: number;
  readonly description: string;
}

/** The server that a link is connected to. */
export interface ServerDescription {
  readonly address: string;
  readonly version: string;
  readonly maxPayloadBytes: number;
  readonly jetStream: boolean;
}

/** What a link is made of while it is connected. */
interface Lines {
  readonly connection: NatsConnection;
  readonly bulk: BulkConnection | undefined;
}

interface Registration {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly handler: (message: LinkMessage) => void;
  unsubscribe: () => void;
}

const connectTimeoutMs = 5000;
const pingIntervalMs = 10_000;
const closeFlushMsMax = 1000;
const backOffMsMin = 20;
const backOffMsMax = 2000;

/**
 * A connection to NATS that outlives disconnects. It tries again for ever, with a bounded back-off, and renews its subscriptions.
 *
 * Each connection is one of the client library's with reconnecting switched off: what is under way fails at once when the connection
 * breaks, instead of waiting for a time-out, and nothing is sent later than its sender thinks. What is published while there is no
 * connection is not sent, and {@link publish} says so; repeating is the business of those above.
 */
export class NatsLink implements AsyncDisposable {
  readonly inbox: string;
  readonly clock: Clock;
  readonly #options: NatsOptions;
  readonly #random: Random;
  readonly #addresses: readonly string[];
  readonly #listeners = new Set<(status: LinkStatus) => void>();
  readonly #registrations = new Set<Registration>();
  readonly #keepAlive = new KeepAlive();
  readonly #stalls: StallWatch;
  readonly #waiting = new Set<{ readonly resolve: (connection: NatsConnection) => void; readonly reject: (error: unknown) => void }>();
  #connection: NatsConnection | undefined;
  #bulk: BulkConnection | undefined;
  #server: ServerDescription | undefined;
  #pinging: Timer | undefined;
  #retry: { timer: Timer; wake(): void } | undefined;
  #closed = false;
  #reconnectedAtMs: number | undefined;

  /** Not connected yet: {@link connect} makes links. */
  protected constructor(options: NatsOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#random = options.random ?? seededRandom(randomSeed());
    this.#addresses = options.servers.map((server) => formatAddress(parseAddress(server, 4222)));
    this.inbox = createInbox(options.inboxPrefix);
    if (this.#addresses.length === 0) throw natsErrors.create("NATS_ADDRESS_INVALID", { address: "", problem: "no server is named" });
    this.#stalls = new StallWatch(this.clock);
  }

  /**
   * Connects to the first server that answers.
   * @throws NATS_UNREACHABLE after one round, or after `connectWaitMs`
   * @throws NATS_AUTHENTICATION, NATS_TLS, NATS_SERVER_TOO_OLD, NATS_JETSTREAM_MISSING, NATS_CREDENTIALS_UNREADABLE, NATS_ADDRESS_INVALID
   */
  static async connect(options: NatsOptions): Promise<NatsLink> {
    const link = new NatsLink(options);
    const deadlineMs = link.clock.monotonicMs() + (options.connectWaitMs ?? 0);
    for (let delayMs = backOffMsMin; ; delayMs = Math.min(2 * delayMs, backOffMsMax)) {
      try {
        link.#use(await link.#dial(), "connected");
        return link;
      } catch (error) {
        if (isPermanent(error as EngineError) || link.clock.monotonicMs() + delayMs >= deadlineMs) {
          await link.close();
          throw error;
        }
      }
      await link.#pause(delayMs);
    }
  }

  /** A subject of this link's own under which replies may come, different at each call. */
  newInbox(): string {
    return createInbox(this.#options.inboxPrefix);
  }

  /** The server, or the last one while there is no connection. */
  get server(): ServerDescription {
    return this.#server ?? { address: "", version: "0.0.0", maxPayloadBytes: 0, jetStream: false };
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Milliseconds of the clock at which the connection was last made again; undefined while the first one lasts. */
  get reconnectedAtMs(): number | undefined {
    return this.#reconnectedAtMs;
  }

  /**
   * Sends now; false when there is no connection. A message larger than the server takes is an error of the caller. On a link for bulk data
   * `payload` must not change until its receiver has answered.
   */
  publish(subject: string, payload: Uint8Array, reply?: string): boolean {
    if (this.#connection === undefined || this.#connection.isClosed()) return false;
    if (this.#bulk !== undefined) return this.#bulk.publish(subject, payload, reply);
    this.#connection.publish(subject, payload, reply === undefined ? undefined : { reply });
    return true;
  }

  /** Calls `handler` for each message, on this connection and those that follow it. With `queue`, one member of the queue gets each. */
  subscribe(subject: string, handler: (message: LinkMessage) => void, queue?: string): Subscription {
    const registration: Registration = { subject, queue, handler, unsubscribe: () => {} };
    this.#registrations.add(registration);
    if (this.#connection !== undefined) this.#register({ connection: this.#connection, bulk: this.#bulk }, registration);
    return {
      close: () => {
        if (this.#registrations.delete(registration)) registration.unsubscribe();
      },
    };
  }

  /** Gives the memory of a message back that a link for bulk data has delivered and nobody looks at any more. */
  reuse(data: Uint8Array): void {
    this.#bulk?.reuse(data);
  }

  /**
   * The client library's connection, once there is one. It does not outlive a disconnect.
   * @throws NATS_UNREACHABLE when the link is closed
   */
  connection(): Promise<NatsConnection> {
    if (this.#connection !== undefined) return Promise.resolve(this.#connection);
    if (this.#closed) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  /** Calls `listener` at each change until the subscription is closed. */
  onStatus(listener: (status: LinkStatus) => void): Subscription {
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** Lets the process end although the link is open, unless something holds it. */
  unref(): void {
    this.#keepAlive.unref();
  }

  /** Keeps the process alive until the result is called, for work that waits for the server. */
  hold(): () => void {
    return this.#keepAlive.hold();
  }

  /** Resolves when the server has processed what was published before; at once when there is no connection. */
  async flush(): Promise<void> {
    await this.#bulk?.flush();
    await this.#connection?.flush().catch(() => {});
  }

  /** Ends the connection; what was published before is sent first, where the server still takes it. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#pinging?.cancel();
    this.#stalls.close();
    this.#retry?.timer.cancel();
    this.#retry?.wake();
    this.#registrations.clear();
    for (const { reject } of this.#waiting) reject(this.#closedError());
    this.#waiting.clear();
    const connection = this.#connection;
    const bulk = this.#bulk;
    this.#connection = undefined;
    this.#bulk = undefined;
    if (connection !== undefined) {
      const late = Promise.withResolvers<void>();
      const timer = this.clock.schedule(closeFlushMsMax, () => late.resolve());
      await Promise.race([Promise.all([connection.flush().catch(() => {}), bulk?.flush()]), late.promise]);
      timer.cancel();
      bulk?.close();
      await connection.close().catch(() => {});
    }
    this.#keepAlive.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Tells listeners; theirs are the only eyes on what goes wrong in the background. */
  report(status: LinkStatus): void {
    for (const listener of this.#listeners) {
      try {
        listener(status);
      } catch (error) {
        // Nobody here can handle it, and it must not break the connection: it surfaces as what it is, uncaught.
        this.clock.schedule(0, () => {
          throw error;
        });
      }
    }
  }

  #closedError(): EngineError {
    return natsErrors.create("NATS_UNREACHABLE", { servers: this.#addresses, reason: "this side has closed the connection" });
  }

  /** One round over all servers. */
  async #dial(): Promise<Lines> {
    const attempts: FailedAttempt[] = [];
    for (const address of this.#addresses) {
      try {
        const timeoutMs = this.#options.connectTimeoutMs ?? connectTimeoutMs;
        const connection = await connect(clientOptions(this.#options, address, timeoutMs));
        const problem = this.#unfit(connection, address);
        if (problem === undefined) return { connection, bulk: await this.#openBulk(connection, address, timeoutMs) };
        await connection.close();
        attempts.push({ address, error: problem });
      } catch (error) {
        attempts.push({ address, error });
      }
      if (this.#closed) break;
    }
    throw connectFailure(attempts, this.#options);
  }

  async #openBulk(connection: NatsConnection, address: string, timeoutMs: number): Promise<BulkConnection | undefined> {
    if (this.#options.bulk !== true) return undefined;
    const secure = connection.info?.tls_required === true || connection.info?.tls_available === true;
    try {
      return await BulkConnection.connect({ nats: this.#options, address, timeoutMs, secure }, (error, subject) =>
        this.report({ type: "handlerError", error, subject }),
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Why a server cannot be used although it let us in. */
  #unfit({ info }: NatsConnection, server: string): EngineError | undefined {
    const version = info?.version ?? "0.0.0";
    if (compareVersions(version, versionFloor) < 0)
      return natsErrors.create("NATS_SERVER_TOO_OLD", { server, version, floor: versionFloor, recommended: versionRecommended });
    if (this.#options.needsJetStream === true && info?.jetstream !== true) return natsErrors.create("NATS_JETSTREAM_MISSING", { server });
    return undefined;
  }

  #use(lines: Lines, type: "connected" | "reconnected"): void {
    const { connection, bulk } = lines;
    if (this.#closed) {
      bulk?.close();
      return void connection.close().catch(() => {});
    }
    detach(connection);
    const { info } = connection;
    const server: ServerDescription = {
      address: connection.getServer(),
      version: info?.version ?? "0.0.0",
      maxPayloadBytes: info?.max_payload ?? 2 ** 20,
      jetStream: info?.jetstream === true,
    };
    this.#connection = connection;
    this.#bulk = bulk;
    this.#server = server;
    if (type === "reconnected") this.#reconnectedAtMs = this.clock.monotonicMs();
    for (const registration of this.#registrations) this.#register(lines, registration);
    void this.#watch(connection);
    void connection.closed().then((error) => this.#lost(connection, error instanceof Error ? error : undefined));
    // One without the other is of no use.
    void bulk?.closed.then((error) => {
      this.#lost(connection, error);
      void connection.close().catch(() => {});
    });
    this.#schedulePing(connection, 0);
    for (const { resolve } of this.#waiting) resolve(connection);
    this.#waiting.clear();
    this.report({ type, server: server.address, version: server.version });
  }

  #register({ connection, bulk }: Lines, registration: Registration): void {
    // The connection has just broken: the next one gets the registration.
    if (connection.isClosed()) return;
    const { subject, queue, handler } = registration;
    if (bulk !== undefined) {
      registration.unsubscribe = bulk.subscribe(subject, queue, handler);
      return;
    }
    const callback = (error: Error | null, message: Msg): void => {
      if (error !== null) return;
      try {
        handler(linkMessage(message));
      } catch (thrown) {
        this.report({ type: "handlerError", error: thrown, subject: message.subject });
      }
    };
    const subscription = connection.subscribe(subject, { callback, ...(queue === undefined ? {} : { queue }) });
    registration.unsubscribe = () => {
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
  }

  /** Follows what the client library says until the connection ends. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) this.#onClientStatus(status);
  }

  #onClientStatus(status: Status): void {
    if (status.type === "error" && status.error instanceof PermissionViolationError)
      this.report({ type: "denied", error: permissionFailure(status.error) });
  }

  /** Gives a connection up that left two pings unanswered: a machine that vanished closes no socket. */
  #schedulePing(connection: NatsConnection, unanswered: number): void {
    this.#pinging?.cancel();
    this.#pinging = this.clock.schedule(this.#options.pingIntervalMs ?? pingIntervalMs, () => {
      if (this.#connection !== connection) return;
      if (unanswered >= 2) return void connection.close().catch(() => {});
      this.#schedulePing(connection, unanswered + 1);
      connection.flush().then(
        () => this.#connection === connection && this.#schedulePing(connection, 0),
        () => {},
      );
    });
  }

  #lost(connection: NatsConnection, error: Error | undefined): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#bulk?.close();
    this.#bulk = undefined;
    this.#pinging?.cancel();
    this.report({ type: "disconnected", server: this.server.address, reason: reasonOf(error) });
    const blockedMs = this.#stalls.recentStallMs();
    if (blockedMs > 0) this.report({ type: "slowConsumer", server: this.server.address, blockedMs });
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let delayMs = backOffMsMin; !this.#closed; delayMs = Math.min(2 * delayMs, backOffMsMax)) {
      await this.#pause(delayMs * (0.5 + 0.5 * this.#random.next()));
      if (this.#closed) return;
      try {
        return this.#use(await this.#dial(), "reconnected");
      } catch (error) {
        if (isPermanent(error as EngineError)) this.report({ type: "refused", error: error as EngineError });
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#retry = { timer: this.clock.schedule(ms, resolve), wake: resolve };
    });
    this.#retry = undefined;
  }
}

function linkMessage(message: Msg): LinkMessage {
  const { headers } = message;
  return {
    subject: message.subject,
    reply: message.reply ?? "",
    data: message.data,
    status: headers?.code ?? 0,
    description: headers?.description ?? "",
  };
}
