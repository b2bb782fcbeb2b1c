import type { Bus, RequestOptions, Subscription } from "@vonk/bus";
import { busErrors } from "@vonk/bus";
import { withRequestLimits } from "@vonk/bus/spi";
import { errorFromData, errorToData, type ErrorData } from "@vonk/common";
import type { Timer } from "@vonk/common/internal";
import { natsErrors } from "../errors.ts";
import { decodeFrame, encodeFrame, frameKind, kindOfFrame, type FrameKind } from "../message/message-codec.ts";
import { cutFrame, PartAssembler } from "../message/part-assembler.ts";
import { NatsLink, type LinkMessage, type LinkStatus } from "../connection/nats-link.ts";
import type { NatsOptions } from "../connection/options.ts";

type MessageHandler = (message: unknown, subject: string) => void;
type RequestHandler = (message: unknown) => unknown;

/** Limits of a {@link NatsBus}. */
export interface NatsBusLimits {
  /** Milliseconds until a request without a reply is sent again, doubling up to 16 times this; 2 s. */
  readonly retryMs?: number;
  /** Milliseconds after a reconnect in which nobody answering is not believed: servers may still be on their way back. 3 s. */
  readonly returnGraceMs?: number;
  /** Bytes of one message at most, encoded; 32 MiB. */
  readonly messageBytesMax?: number;
  /** Bytes of messages that are put together from parts at most; 256 MiB. */
  readonly assemblyBytesMax?: number;
  /** Milliseconds without a part after which an unfinished message is dropped; 30 s. */
  readonly assemblyExpiryMs?: number;
}

interface PendingRequest {
  readonly id: number;
  readonly subject: string;
  readonly frame: Uint8Array;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
  timer: Timer | undefined;
  /** Times it was sent. */
  sent: number;
}

const retryFactorMax = 16;
const graceRetryMs = 100;
/** An offer that is repeated this soon is not taken again: its upload is on the way. */
const uploadMsMin = 10_000;
/** Requests have subjects of their own, so that a wide subscription neither sees them nor hides that nobody serves. */
const requestPrefix = "req.";
const serverQueue = "vonk";

/**
 * The bus over NATS.
 *
 * - A fact is published on its own subject, at most once: while there is no connection it is lost.
 * - A request goes to `req.SUBJECT`, whose servers form a queue: one of them gets it. It is sent again after a reconnect and after a
 *   silence until it is answered; a server that still works on it ignores the repeat. Nobody there is an answer (BUS_NO_RESPONDER).
 * - A frame beyond the server's limit travels in parts. A request in parts is offered first, and sent to the one server that took
 *   the offer; so it may be handled after later, smaller ones.
 * Subjects of replies and uploads lie under the link's inbox: `INBOX.r.ID` and `INBOX.u.ID`.
 */
export class NatsBus implements Bus, AsyncDisposable {
  readonly link: NatsLink;
  readonly #limits: Required<NatsBusLimits>;
  readonly #subscriptions = new Map<string, { readonly handlers: Set<MessageHandler>; readonly wire: Subscription }>();
  readonly #servers = new Map<string, { handler: RequestHandler; readonly wire: Subscription }>();
  readonly #requests = new Map<number, PendingRequest>();
  /** Reply subjects of requests that a handler works on. */
  readonly #working = new Set<string>();
  /** Offers that this side took: what the upload is for, by its subject. */
  readonly #uploads = new Map<string, { readonly subject: string; readonly reply: string; readonly startedMs: number }>();
  readonly #parts: PartAssembler;
  readonly #inbox: Subscription;
  readonly #status: Subscription;
  readonly #ownsLink: boolean;
  readonly #sender: bigint;
  #nextId = 0;
  #nextFrame = 0n;
  #closed = false;

  /** Over a link that others may use as well; closing the bus leaves it open. */
  constructor(link: NatsLink, limits: NatsBusLimits = {}, ownsLink = false) {
    this.link = link;
    this.#ownsLink = ownsLink;
    this.#limits = {
      retryMs: 2000,
      returnGraceMs: 3000,
      messageBytesMax: 32 * 2 ** 20,
      assemblyBytesMax: 256 * 2 ** 20,
      assemblyExpiryMs: 30_000,
      ...limits,
    };
    const { messageBytesMax, assemblyBytesMax, assemblyExpiryMs } = this.#limits;
    this.#parts = new PartAssembler({ messageBytesMax, pendingBytesMax: assemblyBytesMax, expiryMs: assemblyExpiryMs }, link.clock);
    this.#sender = senderOf(link.inbox);
    this.#inbox = link.subscribe(`${link.inbox}.>`, (message) => this.#receive(message));
    this.#status = link.onStatus((status) => this.#onStatus(status));
  }

  /** Connects a bus with a link of its own. Throws what {@link NatsLink.connect} throws. */
  static async connect(options: NatsOptions & NatsBusLimits): Promise<NatsBus> {
    return new NatsBus(await NatsLink.connect(options), options, true);
  }

  /** Tells of connects, disconnects and what goes wrong in the background. */
  onStatus(listener: (status: LinkStatus) => void): Subscription {
    return this.link.onStatus(listener);
  }

  /** Lets the process end although the bus is open; requests in flight still hold it. */
  unref(): void {
    this.link.unref();
  }

  /** Resolves when the server has everything that was sent and knows every subscription. */
  flush(): Promise<void> {
    return this.link.flush();
  }

  publish(subject: string, message: unknown): void {
    if (this.#closed) return;
    this.#sendFrame(subject, encodeFrame(frameKind.message, message, subject), subject);
  }

  subscribe(subject: string, handler: MessageHandler): Subscription {
    if (this.#closed) return { close: () => {} };
    let entry = this.#subscriptions.get(subject);
    if (entry === undefined) {
      entry = { handlers: new Set(), wire: this.link.subscribe(subject, (message) => this.#deliver(subject, message)) };
      this.#subscriptions.set(subject, entry);
    }
    const { handlers, wire } = entry;
    handlers.add(handler);
    return {
      close: () => {
        handlers.delete(handler);
        if (handlers.size > 0 || this.#subscriptions.get(subject)?.handlers !== handlers) return;
        this.#subscriptions.delete(subject);
        wire.close();
      },
    };
  }

  request(subject: string, message: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(busErrors.create("BUS_CLOSED", { subject }));
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason);
    const id = this.#nextId++;
    const release = this.link.hold();
    const reply = new Promise<unknown>((resolve, reject) => {
      const frame = encodeFrame(frameKind.message, message, subject);
      this.#checkSize(frame, subject);
      const request: PendingRequest = { id, subject, frame, resolve, reject, timer: undefined, sent: 0 };
      this.#requests.set(id, request);
      this.#send(request);
    });
    return withRequestLimits(reply, subject, options, this.link.clock).finally(() => {
      release();
      this.#end(id);
    });
  }

  serve(subject: string, handler: RequestHandler): Subscription {
    if (this.#closed) return { close: () => {} };
    let entry = this.#servers.get(subject);
    if (entry === undefined) {
      entry = { handler, wire: this.link.subscribe(requestPrefix + subject, (message) => this.#onRequest(subject, message), serverQueue) };
      this.#servers.set(subject, entry);
    }
    entry.handler = handler;
    const own = entry;
    return {
      close: () => {
        if (own.handler !== handler || this.#servers.get(subject) !== own) return;
        this.#servers.delete(subject);
        own.wire.close();
      },
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { wire } of [...this.#subscriptions.values(), ...this.#servers.values()]) wire.close();
    for (const { subject, reject } of this.#requests.values()) reject(busErrors.create("BUS_CLOSED", { subject }));
    this.#inbox.close();
    this.#status.close();
    this.#parts.clear();
    if (this.#ownsLink) void this.link.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (this.#ownsLink) await this.link.close();
  }

  // ── The requesting side ──

  #send(request: PendingRequest): void {
    request.timer?.cancel();
    request.timer = undefined;
    if (!this.link.connected) return;
    const { subject, frame } = request;
    const reply = `${this.link.inbox}.r.${request.id}`;
    const whole = frame.byteLength <= this.#partBytesMax();
    this.link.publish(requestPrefix + subject, whole ? frame : encodeFrame(frameKind.offer, frame.byteLength, subject), reply);
    const factor = Math.min(2 ** request.sent++, retryFactorMax);
    this.#later(request, this.#limits.retryMs * factor);
  }

  #later(request: PendingRequest, delayMs: number): void {
    request.timer?.cancel();
    request.timer = this.link.clock.schedule(delayMs, () => this.#send(request));
  }

  #end(id: number): void {
    this.#requests.get(id)?.timer?.cancel();
    this.#requests.delete(id);
  }

  #onStatus(status: LinkStatus): void {
    if (status.type === "reconnected") for (const request of this.#requests.values()) this.#send(request);
    if (status.type !== "denied" || status.error.code !== "NATS_PERMISSION") return;
    const denied = String(status.error.params["subject"]);
    for (const request of this.#requests.values()) if (requestPrefix + request.subject === denied) request.reject(status.error);
  }

  /** Whatever comes to the inbox: replies, and parts of requests that this side took the offer of. */
  #receive(message: LinkMessage): void {
    const [kind, id] = message.subject.slice(this.link.inbox.length + 1).split(".");
    if (kind === "u") return this.#onUpload(message);
    const request = kind === "r" ? this.#requests.get(Number(id)) : undefined;
    if (request === undefined) return;
    if (message.status === 503) return this.#onNobody(request);
    try {
      const frame = this.#wholeFrame(message.subject, message.data, message.subject);
      if (frame !== undefined) this.#onReply(request, frame);
      // A reply that is on its way is no silence.
      else this.#later(request, this.#limits.retryMs);
    } catch (error) {
      request.reject(error);
    }
  }

  #onReply(request: PendingRequest, frame: Uint8Array): void {
    const { subject } = request;
    switch (kindOfFrame(frame, subject)) {
      case frameKind.reply:
        return request.resolve(decodeFrame(frame, subject));
      case frameKind.failure:
        return request.reject(errorFromData(decodeFrame(frame, subject) as ErrorData));
      case frameKind.go:
        return this.#sendFrame(String(decodeFrame(frame, subject)), request.frame, subject, `${this.link.inbox}.r.${request.id}`);
      default:
        return;
    }
  }

  #onNobody(request: PendingRequest): void {
    const sinceMs = this.link.clock.monotonicMs() - (this.link.reconnectedAtMs ?? Number.NEGATIVE_INFINITY);
    const returning = sinceMs < this.#limits.returnGraceMs;
    if (returning) this.#later(request, graceRetryMs);
    else request.reject(busErrors.create("BUS_NO_RESPONDER", { subject: request.subject }));
  }

  // ── The serving side ──

  #onRequest(subject: string, message: LinkMessage): void {
    const { reply, data } = message;
    if (reply === "" || this.#working.has(reply)) return;
    try {
      const kind = kindOfFrame(data, subject);
      if (kind === frameKind.message) this.#handle(subject, data, reply);
      else if (kind === frameKind.offer) this.#onOffer(subject, Number(decodeFrame(data, subject)), reply);
    } catch (error) {
      this.#answer(reply, frameKind.failure, errorToData(error), subject);
    }
  }

  #onOffer(subject: string, bytes: number, reply: string): void {
    if (!(bytes <= this.#limits.messageBytesMax)) throw this.#tooLarge(subject, bytes);
    const startedMs = this.link.clock.monotonicMs();
    for (const taken of this.#uploads.values()) if (taken.reply === reply && startedMs - taken.startedMs < uploadMsMin) return;
    const upload = `${this.link.inbox}.u.${this.#nextId++}`;
    this.#uploads.set(upload, { subject, reply, startedMs });
    this.link.clock.schedule(this.#limits.assemblyExpiryMs, () => this.#uploads.delete(upload));
    this.#answer(reply, frameKind.go, upload, subject);
  }

  #onUpload(message: LinkMessage): void {
    const upload = this.#uploads.get(message.subject);
    const frame = upload === undefined ? undefined : this.#wholeFrame(message.subject, message.data, message.subject);
    if (upload === undefined || frame === undefined) return;
    this.#uploads.delete(message.subject);
    if (!this.#working.has(upload.reply)) this.#handle(upload.subject, frame, upload.reply);
  }

  #handle(subject: string, frame: Uint8Array, reply: string): void {
    const handler = this.#servers.get(subject)?.handler;
    if (handler === undefined)
      return this.#answer(reply, frameKind.failure, errorToData(busErrors.create("BUS_NO_RESPONDER", { subject })), subject);
    const succeed = (value: unknown): void => {
      this.#working.delete(reply);
      this.#answer(reply, frameKind.reply, value, subject);
    };
    const fail = (error: unknown): void => {
      this.#working.delete(reply);
      this.#answer(reply, frameKind.failure, errorToData(error), subject);
    };
    this.#working.add(reply);
    try {
      const value = handler(decodeFrame(frame, subject));
      if (value instanceof Promise) value.then(succeed, fail);
      else succeed(value);
    } catch (error) {
      fail(error);
    }
  }

  /** Sends a reply; one that cannot be sent becomes a failure that says so. */
  #answer(reply: string, kind: FrameKind, value: unknown, subject: string): void {
    if (this.#closed) return;
    try {
      this.#sendFrame(reply, encodeFrame(kind, value, subject), subject);
    } catch (error) {
      this.#sendFrame(reply, encodeFrame(frameKind.failure, errorToData(error), subject), subject);
    }
  }

  // ── Both ──

  #deliver(pattern: string, message: LinkMessage): void {
    // A wide subscription also matches what is not the bus's.
    if (message.reply !== "" || /^(?:_INBOX|\$|req\.)/.test(message.subject)) return;
    const frame = this.#wholeFrame(`${pattern} ${message.subject}`, message.data, message.subject);
    if (frame === undefined || kindOfFrame(frame, message.subject) !== frameKind.message) return;
    for (const handler of this.#subscriptions.get(pattern)?.handlers ?? []) {
      try {
        handler(decodeFrame(frame, message.subject), message.subject);
      } catch (error) {
        this.link.report({ type: "handlerError", error, subject: message.subject });
      }
    }
  }

  /** The frame itself, or the one that it completes as its last part. */
  #wholeFrame(channel: string, data: Uint8Array, subject: string): Uint8Array | undefined {
    return kindOfFrame(data, subject) === frameKind.part ? this.#parts.add(channel, data) : data;
  }

  #sendFrame(wire: string, frame: Uint8Array, subject: string, reply?: string): void {
    const partBytesMax = this.#partBytesMax();
    if (frame.byteLength <= partBytesMax) return void this.link.publish(wire, frame, reply);
    this.#checkSize(frame, subject);
    for (const part of cutFrame(frame, partBytesMax, this.#sender, this.#nextFrame++)) this.link.publish(wire, part, reply);
  }

  #partBytesMax(): number {
    return this.link.server.maxPayloadBytes || 2 ** 20;
  }

  #checkSize(frame: Uint8Array, subject: string): void {
    if (frame.byteLength > this.#limits.messageBytesMax) throw this.#tooLarge(subject, frame.byteLength);
  }

  #tooLarge(subject: string, bytes: number): Error {
    return natsErrors.create("NATS_MESSAGE_TOO_LARGE", { subject, bytes, limit: this.#limits.messageBytesMax });
  }
}

/** A number that tells senders apart, out of the random end of their inbox (64-bit FNV-1a). */
function senderOf(inbox: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const letter of inbox) hash = BigInt.asUintN(64, (hash ^ BigInt(letter.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return hash;
}
