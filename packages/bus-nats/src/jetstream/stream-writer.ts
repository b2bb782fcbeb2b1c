import type { Subscription } from "@vonk/bus";
import type { Timer } from "@vonk/common/internal";
import type { LinkMessage, LinkStatus, NatsLink } from "../connection/nats-link.ts";
import { natsErrors } from "../errors.ts";
import { isReturning, streamFailure } from "./api.ts";

/** Bounds of a {@link StreamWriter}. */
export interface StreamWriterOptions {
  /** Bytes sent and not acknowledged at most; a larger message goes alone. 8 MiB. */
  readonly inFlightBytesMax?: number;
  /** Milliseconds without any acknowledgement after which the writer fails; 10 s. */
  readonly ackTimeoutMs?: number;
  /** Milliseconds without a connection after which the writer fails; 60 s. */
  readonly awayMsMax?: number;
  /** Told of each payload that is stored: its memory may be used again. */
  readonly onStored?: (payload: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/** What a writer has written. */
export interface StreamWritten {
  readonly messages: number;
  readonly bytes: number;
  /** Messages that were sent again after a disconnect; the stream may hold these twice. */
  readonly resent: number;
  /** Highest sequence that the writer's messages got, by stream. */
  readonly lastSequences: ReadonlyMap<string, number>;
}

interface InFlight {
  readonly id: number;
  readonly subject: string;
  readonly payload: Uint8Array;
}

interface Waiting {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const checkMs = 250;
const returnRetryMs = 100;

/**
 * Publishes to streams with a window of bytes in flight, in order.
 *
 * A disconnect fails nothing: what is not acknowledged is sent again, in order, once there is a connection, and the stream may then hold it
 * twice; receivers tell by what is in the payload. The first failure is final: it rejects every write and flush from then on.
 */
export class StreamWriter {
  readonly #link: NatsLink;
  readonly #options: Required<Omit<StreamWriterOptions, "signal" | "onStored">>;
  readonly #onStored: ((payload: Uint8Array) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #inbox: string;
  readonly #acks: Subscription;
  readonly #status: Subscription;
  readonly #inFlight = new Map<number, InFlight>();
  readonly #waiting: Waiting[] = [];
  readonly #flushes: { readonly resolve: (written: StreamWritten) => void; readonly reject: (error: unknown) => void }[] = [];
  readonly #lastSequences = new Map<string, number>();
  readonly #release: () => void;
  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);
  #timer: Timer | undefined;
  #inFlightBytes = 0;
  #nextId = 0;
  #messages = 0;
  #bytes = 0;
  #resent = 0;
  /** When something was last acknowledged, sent into an empty window, or sent again. */
  #progressMs: number;
  #awaySinceMs: number | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(link: NatsLink, options: StreamWriterOptions = {}) {
    this.#link = link;
    this.#signal = options.signal;
    this.#onStored = options.onStored;
    this.#options = {
      inFlightBytesMax: options.inFlightBytesMax ?? 8 * 2 ** 20,
      ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
      awayMsMax: options.awayMsMax ?? 60_000,
    };
    this.#inbox = link.newInbox();
    this.#acks = link.subscribe(`${this.#inbox}.*`, (message) => this.#onAck(message));
    this.#status = link.onStatus((status) => this.#onStatus(status));
    this.#release = link.hold();
    this.#progressMs = link.clock.monotonicMs();
    this.#awaySinceMs = link.connected ? undefined : this.#progressMs;
    this.#timer = link.clock.schedule(checkMs, () => this.#check());
    if (this.#signal?.aborted === true) this.#onAbort();
    else this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Bytes sent and not acknowledged. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /**
   * Sends a message to the stream that listens on `subject`; resolves when it is in the window. Await it before the next: that is the
   * back-pressure. `payload` must not change until it is acknowledged.
   * @throws NATS_STREAM_FULL, NATS_STORAGE_FULL, NATS_STREAM_MISSING, NATS_PUBLISH_TIMEOUT, NATS_UNREACHABLE, of this write or an earlier one
   * @throws NATS_MESSAGE_TOO_LARGE beyond the server's limit; the writer goes on
   */
  write(subject: string, payload: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    const bytes = payload.byteLength;
    const limit = this.#link.server.maxPayloadBytes;
    if (bytes > limit) return Promise.reject(natsErrors.create("NATS_MESSAGE_TOO_LARGE", { subject, bytes, limit }));
    if (this.#waiting.length === 0 && this.#hasRoom(payload)) {
      this.#dispatch(subject, payload);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => this.#waiting.push({ subject, payload, resolve, reject }));
  }

  /** Resolves when everything written so far is acknowledged. Throws as {@link write}. */
  flush(): Promise<StreamWritten> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#inFlight.size === 0 && this.#waiting.length === 0) return Promise.resolve(this.#written());
    return new Promise((resolve, reject) => this.#flushes.push({ resolve, reject }));
  }

  /** Ends the writer; what is not acknowledged may or may not be stored. Idempotent. */
  close(): void {
    this.#fail(natsErrors.create("NATS_UNREACHABLE", { servers: [this.#link.server.address], reason: "the writer is closed" }));
  }

  #hasRoom(payload: Uint8Array): boolean {
    return this.#inFlightBytes === 0 || this.#inFlightBytes + payload.byteLength <= this.#options.inFlightBytesMax;
  }

  #dispatch(subject: string, payload: Uint8Array): void {
    const message = { id: this.#nextId++, subject, payload };
    if (this.#inFlight.size === 0) this.#progressMs = this.#link.clock.monotonicMs();
    this.#inFlight.set(message.id, message);
    this.#inFlightBytes += payload.byteLength;
    this.#send(message);
  }

  #send({ id, subject, payload }: InFlight): void {
    this.#link.publish(subject, payload, `${this.#inbox}.${id}`);
  }

  #onAck(message: LinkMessage): void {
    const sent = this.#inFlight.get(Number(message.subject.slice(this.#inbox.length + 1)));
    if (sent === undefined) return;
    if (message.status === 503) return this.#onNobody(sent);
    const ack = parseAck(message.data);
    if (ack.error !== undefined) {
      const { err_code: number = 0, description = "no reason" } = ack.error;
      return this.#fail(streamFailure(number, description, "publishing", `of subject ${sent.subject}`));
    }
    this.#progressMs = this.#link.clock.monotonicMs();
    this.#inFlight.delete(sent.id);
    this.#inFlightBytes -= sent.payload.byteLength;
    this.#messages++;
    this.#bytes += sent.payload.byteLength;
    this.#onStored?.(sent.payload);
    const stream = ack.stream ?? "";
    this.#lastSequences.set(stream, Math.max(this.#lastSequences.get(stream) ?? 0, ack.seq ?? 0));
    this.#advance();
  }

  /** No stream listens: it is missing, unless the server has just come back. */
  #onNobody(sent: InFlight): void {
    if (!isReturning(this.#link)) return this.#fail(natsErrors.create("NATS_STREAM_MISSING", { stream: `of subject ${sent.subject}` }));
    this.#link.clock.schedule(returnRetryMs, () => {
      if (this.#inFlight.has(sent.id)) this.#send(sent);
    });
  }

  #advance(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.payload); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#dispatch(next.subject, next.payload);
      next.resolve();
    }
    if (this.#inFlight.size > 0) return;
    for (const { resolve } of this.#flushes.splice(0)) resolve(this.#written());
  }

  #onStatus(status: LinkStatus): void {
    const nowMs = this.#link.clock.monotonicMs();
    if (status.type === "disconnected") this.#awaySinceMs = nowMs;
    if (status.type !== "reconnected") return;
    this.#awaySinceMs = undefined;
    this.#progressMs = nowMs;
    this.#resent += this.#inFlight.size;
    for (const message of this.#inFlight.values()) this.#send(message);
  }

  #check(): void {
    const nowMs = this.#link.clock.monotonicMs();
    const { ackTimeoutMs, awayMsMax } = this.#options;
    if (this.#awaySinceMs !== undefined) {
      const reason = `the connection was lost and has not come back for ${awayMsMax} ms`;
      if (nowMs - this.#awaySinceMs > awayMsMax)
        return this.#fail(natsErrors.create("NATS_UNREACHABLE", { servers: [this.#link.server.address], reason }));
    } else if (this.#inFlight.size > 0 && nowMs - this.#progressMs > ackTimeoutMs) {
      const [oldest] = this.#inFlight.values();
      return this.#fail(
        natsErrors.create("NATS_PUBLISH_TIMEOUT", { stream: `of subject ${oldest?.subject ?? ""}`, timeoutMs: ackTimeoutMs }),
      );
    }
    this.#timer = this.#link.clock.schedule(checkMs, () => this.#check());
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#timer?.cancel();
    this.#acks.close();
    this.#status.close();
    this.#release();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#inFlight.clear();
    this.#inFlightBytes = 0;
    for (const { reject } of [...this.#waiting.splice(0), ...this.#flushes.splice(0)]) reject(error);
  }

  #written(): StreamWritten {
    return { messages: this.#messages, bytes: this.#bytes, resent: this.#resent, lastSequences: new Map(this.#lastSequences) };
  }
}

interface Ack {
  readonly stream?: string;
  readonly seq?: number;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

function parseAck(data: Uint8Array): Ack {
  try {
    return JSON.parse(new TextDecoder().decode(data)) as Ack;
  } catch {
    return { error: { description: "an acknowledgement that is not JSON" } };
  }
}
