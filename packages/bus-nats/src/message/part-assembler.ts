import type { Clock, Timer } from "@vonk/common/internal";
import { formatVersion, frameKind } from "./message-codec.ts";

/** Bytes before a part's share: version, kind, message id (16), index (4), count (4), bytes of the whole frame (4), little-endian. */
const headerBytes = 30;

/**
 * Cuts a frame into parts of at most `partBytesMax` bytes each, header included. The parts of one message are sent without others between them.
 * `sender` and `number` make the id that keeps messages apart.
 */
export function* cutFrame(frame: Uint8Array, partBytesMax: number, sender: bigint, number: bigint): Generator<Uint8Array> {
  const share = partBytesMax - headerBytes;
  const count = Math.ceil(frame.byteLength / share);
  for (let index = 0; index < count; index++) {
    const slice = frame.subarray(index * share, (index + 1) * share);
    const part = new Uint8Array(headerBytes + slice.byteLength);
    const header = new DataView(part.buffer);
    header.setUint8(0, formatVersion);
    header.setUint8(1, frameKind.part);
    header.setBigUint64(2, sender, true);
    header.setBigUint64(10, number, true);
    header.setUint32(18, index, true);
    header.setUint32(22, count, true);
    header.setUint32(26, frame.byteLength, true);
    part.set(slice, headerBytes);
    yield part;
  }
}

/** Bounds of a {@link PartAssembler}. */
export interface AssemblyLimits {
  /** Bytes of one message at most. */
  readonly messageBytesMax: number;
  /** Bytes of all unfinished messages at most; what would go beyond is dropped. */
  readonly pendingBytesMax: number;
  /** Milliseconds without a part after which an unfinished message is dropped. */
  readonly expiryMs: number;
}

interface Assembly {
  readonly frame: Uint8Array;
  readonly count: number;
  nextIndex: number;
  filledBytes: number;
  touchedMs: number;
}

/** Puts the parts of frames together. Parts arrive in order or the message is lost: a gap, a repeat and a silence drop it. */
export class PartAssembler {
  readonly #limits: AssemblyLimits;
  readonly #clock: Clock;
  readonly #assemblies = new Map<string, Assembly>();
  #pendingBytes = 0;
  #sweep: Timer | undefined;

  constructor(limits: AssemblyLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Bytes held for messages that are not complete. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Takes a part of the stream of parts named `channel`; gives the frame when it was the last one. */
  add(channel: string, part: Uint8Array): Uint8Array | undefined {
    if (part.byteLength < headerBytes) return undefined;
    const header = new DataView(part.buffer, part.byteOffset, headerBytes);
    const key = `${channel} ${header.getBigUint64(2, true)}.${header.getBigUint64(10, true)}`;
    const index = header.getUint32(18, true);
    const share = part.subarray(headerBytes);
    const assembly = index === 0 ? this.#begin(key, header.getUint32(22, true), header.getUint32(26, true)) : this.#assemblies.get(key);
    if (assembly === undefined) return undefined;
    if (assembly.nextIndex !== index || assembly.filledBytes + share.byteLength > assembly.frame.byteLength) {
      this.#drop(key);
      return undefined;
    }
    assembly.frame.set(share, assembly.filledBytes);
    assembly.filledBytes += share.byteLength;
    assembly.touchedMs = this.#clock.monotonicMs();
    assembly.nextIndex++;
    if (assembly.nextIndex < assembly.count) return undefined;
    this.#drop(key);
    return assembly.filledBytes === assembly.frame.byteLength ? assembly.frame : undefined;
  }

  clear(): void {
    this.#assemblies.clear();
    this.#pendingBytes = 0;
    this.#sweep?.cancel();
  }

  #begin(key: string, count: number, bytes: number): Assembly | undefined {
    this.#drop(key);
    const { messageBytesMax, pendingBytesMax } = this.#limits;
    if (count === 0 || bytes > messageBytesMax || this.#pendingBytes + bytes > pendingBytesMax) return undefined;
    const assembly = { frame: new Uint8Array(bytes), count, nextIndex: 0, filledBytes: 0, touchedMs: this.#clock.monotonicMs() };
    this.#assemblies.set(key, assembly);
    this.#pendingBytes += bytes;
    this.#sweep ??= this.#clock.schedule(this.#limits.expiryMs, () => this.#expire());
    return assembly;
  }

  #drop(key: string): void {
    this.#pendingBytes -= this.#assemblies.get(key)?.frame.byteLength ?? 0;
    this.#assemblies.delete(key);
  }

  #expire(): void {
    this.#sweep = undefined;
    const limitMs = this.#clock.monotonicMs() - this.#limits.expiryMs;
    for (const [key, { touchedMs }] of this.#assemblies) if (touchedMs <= limitMs) this.#drop(key);
    if (this.#assemblies.size > 0) this.#sweep = this.#clock.schedule(this.#limits.expiryMs, () => this.#expire());
  }
}
