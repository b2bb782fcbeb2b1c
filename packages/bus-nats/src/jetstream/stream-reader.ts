import { AckPolicy, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream";
import { nanos, nuid } from "@nats-io/transport-node";
import type { Subscription } from "@vonk/bus";
import type { Timer } from "@vonk/common/internal";
import type { LinkMessage, LinkStatus, NatsLink } from "../connection/nats-link.ts";
import { natsErrors } from "../errors.ts";
import { apiError, managerOf, withJetStream } from "./api.ts";

/** Which part of a stream to read, and how much of it may be on its way. */
export interface StreamReaderOptions {
  readonly stream: string;
  /** 1 by default. */
  readonly firstSequence?: number;
  /** Ends after this sequence; without it the reader waits for more until it is closed. */
  readonly lastSequence?: number;
  /** Only messages of this subject, wildcards allowed. Then sequences have gaps, and lost messages cannot be told. */
  readonly subject?: string;
  /** Bytes asked for or waiting to be taken at most; 8 MiB. A larger message comes alone. */
  readonly windowBytes?: number;
  /** A message's `data` is used again once the next one is asked for; on a link for bulk data that saves fresh memory for each. */
  readonly reusesData?: boolean;
  readonly signal?: AbortSignal;
}

/** A message of a stream. */
export interface StreamMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

interface Pull {
  readonly bytes: number;
  received: number;
}

const expiresMs = 2000;
const heartbeatMs = 500;
/** Silence after which the consumer is taken for lost; must be met at two checks, since a blocked thread hears nothing either. */
const silenceMsMax = 1250;
const checkMs = 250;
const messagesMax = 1_000_000;
const inactiveMs = 30_000;

/**
 * Reads a stream in order, once, with a window in bytes.
 *
 * A pull consumer without acknowledgements asks for half a window at a time, two at once, and for more only as messages are taken: no
 * buffer grows beyond the window, and the server never has more waiting for this client. After a disconnect, a silence or a lost
 * message another consumer begins at the next sequence. Without `subject` every sequence must come: a gap is NATS_STREAM_GAP.
 */
export class StreamReader implements AsyncIterable<StreamMessage>, AsyncDisposable {
  readonly #link: NatsLink;
  readonly #options: StreamReaderOptions;
  readonly #windowBytes: number;
  readonly #last: number;
  readonly #queue: StreamMessage[] = [];
  readonly #pulls = new Map<number, Pull>();
  readonly #status: Subscription;
  readonly #release: () => void;
  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);
  #replies: Subscription | undefined;
  #inbox = "";
  #consumer: string | undefined;
  /** Sequence of the stream that comes next, and of the consumer. */
  #next: number;
  #nextDelivery = 1;
  #nextPull = 0;
  #bufferedBytes = 0;
  /** The next pull asks for one message of any size, because the last one met a message larger than itself. */
  #single = false;
  #opening = false;
  #heardMs = 0;
  #silentChecks = 0;
  #reopened = -1;
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;
  #ended: { readonly failed: boolean; readonly error: unknown } | undefined;
  /** True when nothing more can come: the last message was received. */
  #complete = false;

  constructor(link: NatsLink, options: StreamReaderOptions) {
    this.#link = link;
    this.#options = options;
    this.#windowBytes = options.windowBytes ?? 8 * 2 ** 20;
    this.#next = options.firstSequence ?? 1;
    this.#last = options.lastSequence ?? Number.POSITIVE_INFINITY;
    this.#complete = this.#next > this.#last;
    this.#status = link.onStatus((status) => this.#onStatus(status));
    this.#release = link.hold();
    if (options.signal?.aborted === true) this.#onAbort();
    else options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Bytes received and not taken yet. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** How often reading began again at the next sequence. */
  get resumptions(): number {
    return Math.max(0, this.#reopened);
  }

  /**
   * The messages; the reader is closed when the loop ends.
   * @throws NATS_STREAM_MISSING, NATS_STREAM_GAP, NATS_STREAM_REFUSED, NATS_UNREACHABLE
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    try {
      if (!this.#complete) {
        void this.#open();
        this.#timer = this.#link.clock.schedule(checkMs, () => this.#check());
      }
      for (;;) {
        const message = this.#queue.shift();
        if (message !== undefined) {
          this.#bufferedBytes -= message.data.byteLength;
          this.#pull();
          yield message;
          if (this.#options.reusesData === true) this.#link.reuse(message.data);
        } else if (this.#complete) return;
        else if (this.#ended !== undefined) {
          if (this.#ended.failed) throw this.#ended.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** Ends reading; a loop that waits for a message ends. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(undefined, false);
    await this.#dropConsumer();
  }

  // ── Consumers ──

  /** Begins at the next sequence with a new consumer. */
  async #open(): Promise<void> {
    if (this.#opening || this.#ended !== undefined) return;
    this.#opening = true;
    this.#reopened++;
    const { stream, subject } = this.#options;
    try {
      await this.#dropConsumer();
      const name = `vonk-${nuid.next()}`;
      const info = await withJetStream(this.#link, "reading", stream, async (connection) =>
        (await managerOf(connection)).consumers.add(stream, {
          name,
          ack_policy: AckPolicy.None,
          deliver_policy: DeliverPolicy.StartSequence,
          opt_start_seq: this.#next,
          mem_storage: true,
          num_replicas: 1,
          inactive_threshold: nanos(inactiveMs),
          ...(subject === undefined ? {} : { filter_subject: subject }),
        }),
      );
      this.#consumer = name;
      this.#opening = false;
      if (this.#ended !== undefined) return await this.#dropConsumer();
      if (info.num_pending === 0 && this.#last !== Number.POSITIVE_INFINITY) return this.#onEmpty();
      this.#listen();
    } catch (error) {
      this.#end(error);
    } finally {
      this.#opening = false;
    }
  }

  /** The stream holds nothing more although the last sequence was not met. */
  #onEmpty(): void {
    if (this.#options.subject === undefined) return this.#end(this.#gap("the end"));
    this.#complete = true;
    this.#wakeUp();
  }

  #listen(): void {
    this.#inbox = this.#link.newInbox();
    this.#pulls.clear();
    this.#nextDelivery = 1;
    this.#single = false;
    this.#heardMs = this.#link.clock.monotonicMs();
    this.#replies = this.#link.subscribe(`${this.#inbox}.*`, (message) => this.#onMessage(message));
    this.#pull();
  }

  async #dropConsumer(): Promise<void> {
    this.#replies?.close();
    this.#replies = undefined;
    const name = this.#consumer;
    this.#consumer = undefined;
    if (name === undefined || !this.#link.connected) return;
    try {
      const connection = await this.#link.connection();
      await (await managerOf(connection)).consumers.delete(this.#options.stream, name);
    } catch (error) {
      // It goes by itself when nobody pulls.
      if (!(error instanceof JetStreamApiError) || error.code !== apiError.consumerMissing) return;
    }
  }

  // ── Pulling ──

  /** Asks for more while the window has room for another pull. */
  #pull(): void {
    if (this.#replies === undefined || this.#complete || this.#ended !== undefined) return;
    const bytes = Math.max(1, Math.floor(this.#windowBytes / 2));
    for (;;) {
      let asked = this.#bufferedBytes;
      for (const pull of this.#pulls.values()) asked += Math.max(0, pull.bytes - pull.received);
      if (this.#pulls.size >= 2 || asked + bytes > this.#windowBytes || (this.#single && this.#pulls.size > 0)) return;
      const size = this.#single ? { batch: 1 } : { batch: messagesMax, max_bytes: bytes };
      this.#single = false;
      const id = this.#nextPull++;
      this.#pulls.set(id, { bytes, received: 0 });
      const request = { ...size, expires: nanos(expiresMs), idle_heartbeat: nanos(heartbeatMs) };
      const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${this.#consumer ?? ""}`;
      this.#link.publish(subject, new TextEncoder().encode(JSON.stringify(request)), `${this.#inbox}.${id}`);
    }
  }

  #onMessage(message: LinkMessage): void {
    this.#heardMs = this.#link.clock.monotonicMs();
    this.#silentChecks = 0;
    // A message of the stream has its own subject; what ends a pull or is a heartbeat has the pull's.
    if (message.status !== 0) return this.#onPullStatus(message);
    const place = placeOf(message.reply);
    if (place === undefined) return;
    this.#account(message.data.byteLength + message.subject.length);
    if (place.delivery !== this.#nextDelivery) return void this.#open();
    this.#nextDelivery++;
    if (place.sequence < this.#next) return;
    if (place.sequence !== this.#next && this.#options.subject === undefined) return this.#end(this.#gap(String(place.sequence)));
    if (place.sequence > this.#last) this.#complete = true;
    else {
      this.#next = place.sequence + 1;
      this.#queue.push({ sequence: place.sequence, subject: message.subject, data: ownBytes(message.data) });
      this.#bufferedBytes += message.data.byteLength;
      const bounded = this.#last !== Number.POSITIVE_INFINITY;
      if (this.#next > this.#last || (bounded && place.pending === 0 && this.#options.subject !== undefined)) this.#complete = true;
      else if (bounded && place.pending === 0) return this.#end(this.#gap("the end"));
    }
    this.#wakeUp();
  }

  /** The server serves pulls in their order, so bytes belong to the oldest one. */
  #account(bytes: number): void {
    const [oldest] = this.#pulls;
    if (oldest === undefined) return;
    const [id, pull] = oldest;
    pull.received += bytes;
    if (pull.received >= pull.bytes && this.#pulls.size > 1) this.#pulls.delete(id);
  }

  #onPullStatus({ subject, status, description }: LinkMessage): void {
    if (status === 100) return;
    if (/stream deleted/i.test(description)) return this.#end(natsErrors.create("NATS_STREAM_MISSING", { stream: this.#options.stream }));
    if (status === 503 || /consumer deleted|leadership|server shutdown/i.test(description)) return void this.#open();
    const id = Number(subject.slice(this.#inbox.length + 1));
    const pull = this.#pulls.get(id);
    this.#pulls.delete(id);
    if (pull?.received === 0 && /exceeds maxbytes/i.test(description)) this.#single = true;
    this.#pull();
  }

  // ── Time and ends ──

  #check(): void {
    if (this.#ended !== undefined || this.#complete) return;
    const silent =
      this.#link.connected && this.#pulls.size > 0 && !this.#opening && this.#link.clock.monotonicMs() - this.#heardMs > silenceMsMax;
    this.#silentChecks = silent ? this.#silentChecks + 1 : 0;
    if (this.#silentChecks >= 2) {
      this.#silentChecks = 0;
      void this.#open();
    }
    this.#timer = this.#link.clock.schedule(checkMs, () => this.#check());
  }

  #onStatus(status: LinkStatus): void {
    if (status.type === "disconnected") this.#consumer = undefined;
    if (status.type === "reconnected" && this.#timer !== undefined && !this.#complete) void this.#open();
  }

  #gap(met: string): Error {
    return natsErrors.create("NATS_STREAM_GAP", { stream: this.#options.stream, met, expected: this.#next });
  }

  #end(error: unknown, failed = true): void {
    if (this.#ended !== undefined) return;
    this.#ended = { failed, error };
    this.#timer?.cancel();
    this.#status.close();
    this.#release();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Where a message stands, out of its reply subject `$JS.ACK.[domain.account.]stream.consumer.delivered.sequence.delivery.time.pending[.token]`. */
function placeOf(reply: string): { readonly sequence: number; readonly delivery: number; readonly pending: number } | undefined {
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK" || tokens.length < 9) return undefined;
  const at = tokens.length === 9 ? 5 : 7;
  return { sequence: Number(tokens[at]), delivery: Number(tokens[at + 1]), pending: Number(tokens[at + 3]) };
}

/** The bytes, copied when keeping them would keep a much larger buffer. */
function ownBytes(data: Uint8Array): Uint8Array {
  return data.buffer.byteLength > 2 * data.byteLength + 4096 ? data.slice() : data;
}
