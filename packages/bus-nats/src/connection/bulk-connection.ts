import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Auth } from "@nats-io/transport-node";
import { assert, systemClock } from "@vonk/common/internal";
import { parseAddress } from "./address.ts";
import type { LinkMessage } from "./nats-link.ts";
import { clientOptions, type NatsOptions } from "./options.ts";
import { ProtocolReader } from "./protocol-reader.ts";

/** How to make a {@link BulkConnection}. */
export interface BulkOptions {
  readonly nats: NatsOptions;
  readonly address: string;
  readonly timeoutMs: number;
  /** The server speaks TLS after its greeting. */
  readonly secure: boolean;
}

interface Listener {
  readonly subject: string;
  readonly handler: (message: LinkMessage) => void;
}

interface Greeting {
  readonly nonce?: string;
}

const readBytes = 256 * 1024;
const lineEnd = Buffer.from("\r\n");

/**
 * A connection of our own for bulk data, beside one of the client library that has shown that the server lets us in.
 * The library copies a message twice and puts it into fresh memory each time, on both sides; here what is published goes to
 * the system from where it lies, and what comes is read into memory that is used again. It does not reconnect: {@link closed} tells.
 */
export class BulkConnection {
  /** Resolves with the reason when the connection has ended, whoever ended it. */
  readonly closed: Promise<Error | undefined>;
  readonly #options: BulkOptions;
  readonly #reader: ProtocolReader;
  readonly #end = Promise.withResolvers<Error | undefined>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #listeners = new Map<number, Listener>();
  readonly #report: (thrown: unknown, subject: string) => void;
  readonly #pongs: (() => void)[] = [];
  #socket: Socket;
  #nextListener = 1;
  #isGreeted = false;
  #isClosed = false;

  /** Not connected yet: {@link connect} makes connections. */
  protected constructor(options: BulkOptions, report: (thrown: unknown, subject: string) => void) {
    this.#options = options;
    this.#report = report;
    this.closed = this.#end.promise;
    this.#reader = new ProtocolReader({
      line: (text) => this.#onLine(text),
      message: (subscription, message) => this.#onMessage(subscription, message),
    });
    this.#socket = this.#open();
  }

  /** Connects and shows the credentials. `report` is told what handlers throw. */
  static async connect(options: BulkOptions, report: (thrown: unknown, subject: string) => void): Promise<BulkConnection> {
    const connection = new BulkConnection(options, report);
    const { clock = systemClock } = options.nats;
    const late = clock.schedule(options.timeoutMs, () => connection.#fail(new Error("the server did not answer in time")));
    try {
      await connection.#ready.promise;
    } finally {
      late.cancel();
    }
    // The link that this connection belongs to keeps the process alive, where it is to.
    connection.#socket.unref();
    return connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a message without a copy: `payload` must not change until its receiver has answered. False when the connection has ended. */
  publish(subject: string, payload: Uint8Array, reply?: string): boolean {
    if (this.#isClosed) return false;
    const socket = this.#socket;
    socket.cork();
    socket.write(`PUB ${subject} ${reply === undefined ? "" : `${reply} `}${payload.byteLength}\r\n`, "latin1");
    if (payload.byteLength > 0) socket.write(payload);
    socket.write(lineEnd);
    socket.uncork();
    return true;
  }

  /** Calls `handler` for each message of a subject; the result ends that. */
  subscribe(subject: string, queue: string | undefined, handler: (message: LinkMessage) => void): () => void {
    const id = this.#nextListener++;
    this.#listeners.set(id, { subject, handler });
    this.#send(`SUB ${subject} ${queue === undefined ? "" : `${queue} `}${id}\r\n`);
    return () => {
      if (this.#listeners.delete(id)) this.#send(`UNSUB ${id}\r\n`);
    };
  }

  /** Gives memory of a message back that nobody looks at any more. */
  reuse(data: Uint8Array): void {
    this.#reader.reuse(data);
  }

  /** Resolves when the server has taken what was published before, or when the connection has ended. */
  async flush(): Promise<void> {
    if (this.#isClosed) return;
    const answered = new Promise<void>((resolve) => this.#pongs.push(resolve));
    this.#send("PING\r\n");
    await Promise.race([answered, this.closed]);
  }

  close(): void {
    this.#fail(undefined);
  }

  // ── The socket ──

  #open(): Socket {
    const { address, secure } = this.#options;
    const { host, port } = parseAddress(address);
    // A socket that hands its bytes to TLS must not read into a buffer of ours.
    if (secure) {
      const socket = connect({ host, port, noDelay: true });
      socket.on("data", (bytes: Buffer) => this.#read(bytes));
      return this.#watch(socket);
    }
    const own = Buffer.allocUnsafeSlow(readBytes);
    let into: Buffer = own;
    const buffer = (): Buffer => (into = this.#reader.open ?? own);
    const callback = (count: number): boolean => {
      if (into === own) this.#read(own.subarray(0, count));
      else this.#guard(() => this.#reader.filled(count));
      return true;
    };
    return this.#watch(connect({ host, port, noDelay: true, onread: { buffer, callback } }));
  }

  #watch(socket: Socket): Socket {
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
    return socket;
  }

  #read(bytes: Buffer): void {
    this.#guard(() => this.#reader.read(bytes));
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #send(line: string): void {
    if (!this.#isClosed) this.#socket.write(line, "latin1");
  }

  #fail(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    this.#listeners.clear();
    this.#ready.reject(error ?? new Error("this side has closed the connection"));
    this.#end.resolve(error);
  }

  // ── What the server says ──

  #onLine(text: string): void {
    if (text === "PING") this.#send("PONG\r\n");
    else if (text === "PONG") this.#pongs.shift()?.();
    else if (text.startsWith("-ERR")) this.#fail(new Error(text.slice(5).replaceAll("'", "")));
    else if (text.startsWith("INFO ")) this.#onGreeting(JSON.parse(text.slice(5)) as Greeting);
  }

  #onGreeting(greeting: Greeting): void {
    // Later ones tell of changes in a cluster.
    if (this.#isGreeted) return;
    this.#isGreeted = true;
    if (this.#options.secure) this.#secure(() => this.#introduce(greeting));
    else this.#introduce(greeting);
  }

  #secure(then: () => void): void {
    const plain = this.#socket;
    plain.removeAllListeners("data");
    const { nats, address, timeoutMs } = this.#options;
    const { host } = parseAddress(address);
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectSecurely({ ...tlsOf(clientOptions(nats, address, timeoutMs).tls), ...name, socket: plain, host }, then);
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#socket = this.#watch(socket);
  }

  #introduce({ nonce }: Greeting): void {
    const { nats, address, timeoutMs } = this.#options;
    const { authenticator } = clientOptions(nats, address, timeoutMs);
    assert(!Array.isArray(authenticator), "there is one kind of credentials");
    const credentials: Auth = authenticator?.(nonce);
    const about = { verbose: false, pedantic: false, headers: true, no_responders: true, lang: "vonk", version: "1", protocol: 1 };
    this.#send(`CONNECT ${JSON.stringify({ ...about, name: `${nats.name} data`, ...credentials })}\r\n`);
    void this.flush().then(() => this.#ready.resolve());
  }

  #onMessage(subscription: number, message: LinkMessage): void {
    const listener = this.#listeners.get(subscription);
    if (listener === undefined) return this.reuse(message.data);
    try {
      listener.handler(message);
    } catch (error) {
      this.#report(error, message.subject);
    }
  }
}

function tlsOf(tls: unknown): object {
  return typeof tls === "object" && tls !== null ? tls : {};
}
