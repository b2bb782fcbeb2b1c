import { closeSync, openSync, writeSync } from "node:fs";
import { type NatsLink, StreamReader, streamState } from "@vonk/bus-nats/internal";
import { streamName } from "./bucket.ts";
import type { FetchOutcome, FetchRequest, WantedOutput } from "./data-message.ts";
import { openPiece, type Piece, pieceBytes } from "./piece.ts";

interface Place {
  readonly output: WantedOutput;
  /** Where its bytes begin in the target. */
  readonly base: number;
  /** 1 for each piece that is there. */
  readonly pieces: Uint8Array;
  missing: number;
}

/**
 * Reads a bucket stream whole, once, and lays the committed outputs behind each other in the target. Pieces of other attempts,
 * repeated pieces and pieces out of order change nothing; damaged ones count as not there.
 * @throws NATS_STREAM_MISSING and what else {@link StreamReader} throws
 */
export async function fetchBucket(appId: string, link: NatsLink, request: FetchRequest, windowBytes: number): Promise<FetchOutcome> {
  const { shuffleId, epoch, bucket } = request;
  const wanted = new WantedPieces(request);
  if (wanted.isComplete) return undefined;
  const stream = streamName(appId, shuffleId, epoch, bucket);
  const state = await streamState(link, stream);
  if (state === undefined) return wanted.firstMissing(`stream ${stream} is gone`);
  const target = openTarget(request.target);
  try {
    // All of a committed output was acknowledged before, so it lies at or before the last message.
    const reader = new StreamReader(link, {
      stream,
      firstSequence: Math.max(1, state.firstSequence),
      lastSequence: state.lastSequence,
      windowBytes,
      reusesData: true,
    });
    const problem = await takeAll(reader, request, wanted, target);
    return wanted.isComplete ? undefined : wanted.firstMissing(`stream ${stream} does not hold all of it${problem}`);
  } finally {
    target.close();
  }
}

/** Takes what is wanted of the messages until all is there; what was wrong with the stream otherwise. */
async function takeAll(reader: StreamReader, { shuffleId, epoch }: FetchRequest, wanted: WantedPieces, target: Target): Promise<string> {
  let damaged = 0;
  try {
    for await (const { data } of reader) {
      const piece = openPiece(data);
      if (piece === undefined) damaged++;
      else if (piece.shuffleId === shuffleId && piece.epoch === epoch) wanted.take(piece, target);
      if (wanted.isComplete) break;
    }
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    // A message that is no more is output that is no more.
    if (code === "NATS_STREAM_GAP" || code === "NATS_STREAM_MISSING") return `: ${message}`;
    throw error;
  }
  return damaged === 0 ? "" : `; ${damaged} messages are damaged`;
}

/** Where fetched bytes go. */
interface Target {
  write(bytes: Uint8Array, position: number): void;
  close(): void;
}

class WantedPieces {
  readonly #places = new Map<string, Place>();
  #missing = 0;

  constructor({ outputs }: FetchRequest) {
    let base = 0;
    for (const output of outputs) {
      const count = Math.ceil(output.bytes / pieceBytes);
      this.#places.set(nameOf(output), { output, base, pieces: new Uint8Array(count), missing: count });
      this.#missing += count;
      base += output.bytes;
    }
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  take(piece: Piece, target: Target): void {
    const place = this.#places.get(nameOf(piece));
    if (place === undefined || piece.totalBytes !== place.output.bytes || piece.offset % pieceBytes !== 0) return;
    const index = piece.offset / pieceBytes;
    const expected = Math.min(pieceBytes, piece.totalBytes - piece.offset);
    if (place.pieces[index] !== 0 || piece.bytes.byteLength !== expected) return;
    target.write(piece.bytes, place.base + piece.offset);
    place.pieces[index] = 1;
    place.missing--;
    this.#missing--;
  }

  firstMissing(reason: string): FetchOutcome {
    for (const { output, missing } of this.#places.values()) if (missing > 0) return { missing: output, reason };
    return undefined;
  }
}

function nameOf({ mapPartition, taskId }: { readonly mapPartition: number; readonly taskId: number }): string {
  return `${mapPartition}.${taskId}`;
}

function openTarget(target: SharedArrayBuffer | string): Target {
  if (typeof target !== "string") {
    const memory = new Uint8Array(target);
    return { write: (bytes, position) => memory.set(bytes, position), close: () => undefined };
  }
  const file = openSync(target, "w");
  return {
    write(bytes, position) {
      for (let written = 0; written < bytes.byteLength;) {
        written += writeSync(file, bytes, written, bytes.byteLength - written, position + written);
      }
    },
    close: () => closeSync(file),
  };
}
