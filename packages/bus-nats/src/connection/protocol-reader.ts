import { natsErrors } from "../errors.ts";
import type { LinkMessage } from "./nats-link.ts";

/** What a server says beside messages. */
export interface ServerLines {
  /** A line without its end: `INFO {…}`, `PING`, `PONG`, `+OK` or `-ERR '…'`. */
  line(text: string): void;
  message(subscription: number, message: LinkMessage): void;
}

interface Head {
  readonly subscription: number;
  readonly subject: string;
  readonly reply: string;
  readonly headerBytes: number;
  /** Header and payload. */
  readonly bytes: number;
}

const lineFeed = 10;
const lineEndBytes = 2;
/** The longest line that is waited for: a server's INFO with the addresses of a large cluster. */
const lineBytesMax = 2 ** 20;
/** From here on a message gets memory of its own and the socket reads into it. */
const directBytesMin = 16 * 1024;
/** Messages of one stream differ little in size, so that most buffers fit the next message too. */
const capacityStep = 64 * 1024;
const buffersMax = 16;

/**
 * Takes what a NATS server sends apart. Large payloads are put together in memory that is used again, so that no message touches fresh pages:
 * those cost more than the copy into them.
 */
export class ProtocolReader {
  readonly #to: ServerLines;
  readonly #free: ArrayBuffer[] = [];
  /** Memory that this reader made: other buffers, such as Node's pool of small ones, are never taken back. */
  readonly #own = new WeakSet<ArrayBufferLike>();
  /** The beginning of a line whose end has not come. */
  #begun: Buffer | undefined;
  #head: Head | undefined;
  #target: Buffer | undefined;
  #filled = 0;

  constructor(to: ServerLines) {
    this.#to = to;
  }

  /** Where the next bytes may be put directly, to be told of with {@link filled}; undefined when they are to be given to {@link read}. */
  get open(): Buffer | undefined {
    const left = (this.#target?.byteLength ?? 0) - this.#filled;
    return left >= directBytesMin ? this.#target?.subarray(this.#filled) : undefined;
  }

  /** So many bytes have come into {@link open}. */
  filled(bytes: number): void {
    this.#filled += bytes;
    if (this.#filled === this.#target?.byteLength) this.#finish(this.#target);
  }

  /** The next bytes; they may be overwritten afterwards. @throws NATS_PROTOCOL */
  read(bytes: Buffer): void {
    let at = 0;
    if (this.#target !== undefined) {
      at = bytes.copy(this.#target, this.#filled);
      this.filled(at);
    }
    while (at < bytes.byteLength) {
      const end = bytes.indexOf(lineFeed, at);
      if (end < 0) return this.#keep(bytes.subarray(at));
      const line = this.#endOf(bytes.subarray(at, end));
      at = end + 1;
      const head = headOf(line);
      if (head === undefined) this.#to.line(line);
      else at += this.#begin(head, bytes.subarray(at));
    }
  }

  /** Gives memory of a message back that nobody looks at any more. */
  reuse(data: Uint8Array): void {
    const { buffer } = data;
    if (buffer instanceof ArrayBuffer && this.#own.has(buffer) && this.#free.length < buffersMax) this.#free.push(buffer);
  }

  #keep(bytes: Buffer): void {
    this.#begun = Buffer.concat(this.#begun === undefined ? [bytes] : [this.#begun, bytes]);
    if (this.#begun.byteLength > lineBytesMax) throw natsErrors.create("NATS_PROTOCOL", { problem: "a line without an end" });
  }

  #endOf(rest: Buffer): string {
    const whole = this.#begun === undefined ? rest : Buffer.concat([this.#begun, rest]);
    this.#begun = undefined;
    return whole.toString("latin1", 0, whole.byteLength - 1);
  }

  /** A message begins; gives how many of the bytes at hand belong to it. */
  #begin(head: Head, at: Buffer): number {
    const bytes = head.bytes + lineEndBytes;
    if (bytes <= at.byteLength) {
      // All there: a copy, since a small message must not hold the whole read.
      this.#deliver(head, Buffer.from(at.subarray(0, head.bytes)));
      return bytes;
    }
    this.#head = head;
    this.#target = this.#allocate(bytes);
    this.#filled = at.copy(this.#target);
    return at.byteLength;
  }

  #allocate(bytes: number): Buffer {
    if (bytes < directBytesMin) return Buffer.allocUnsafeSlow(bytes);
    const found = this.#free.findIndex((buffer) => buffer.byteLength >= bytes);
    let [memory] = found < 0 ? [] : this.#free.splice(found, 1);
    if (memory === undefined) {
      memory = new ArrayBuffer(Math.ceil(bytes / capacityStep) * capacityStep);
      this.#own.add(memory);
    }
    return Buffer.from(memory, 0, bytes);
  }

  #finish(target: Buffer): void {
    const head = this.#head;
    this.#head = undefined;
    this.#target = undefined;
    this.#filled = 0;
    if (head !== undefined) this.#deliver(head, target.subarray(0, head.bytes));
  }

  #deliver({ subscription, subject, reply, headerBytes }: Head, bytes: Buffer): void {
    const { status, description } = headerBytes === 0 ? noStatus : statusOf(bytes.toString("latin1", 0, headerBytes));
    this.#to.message(subscription, { subject, reply, data: bytes.subarray(headerBytes), status, description });
  }
}

const noStatus = { status: 0, description: "" };

/** `MSG subject sid [reply] bytes`, or `HMSG subject sid [reply] header-bytes bytes`; undefined for another line. */
function headOf(line: string): Head | undefined {
  const headed = line.startsWith("HMSG ");
  if (!headed && !line.startsWith("MSG ")) return undefined;
  const words = line.split(" ");
  const least = headed ? 5 : 4;
  const bytes = Number(words.at(-1));
  const headerBytes = headed ? Number(words.at(-2)) : 0;
  if ((words.length !== least && words.length !== least + 1) || !Number.isSafeInteger(bytes) || !(headerBytes <= bytes))
    throw natsErrors.create("NATS_PROTOCOL", { problem: `'${line.slice(0, 80)}'` });
  const reply = words.length === least ? "" : (words[3] ?? "");
  return { subscription: Number(words[2]), subject: words[1] ?? "", reply, headerBytes, bytes };
}

/** The status in `NATS/1.0 404 No Messages`, the first line of a header; 0 when there is none. */
function statusOf(header: string): { readonly status: number; readonly description: string } {
  const match = /^NATS\/1\.0 (\d{3}) ?([^\r\n]*)/.exec(header);
  return match === null ? noStatus : { status: Number(match[1]), description: match[2] ?? "" };
}
