import { closeSync, openSync, readSync } from "node:fs";
import { assert } from "@vonk/common/internal";
import { type NatsLink, StreamWriter } from "@vonk/bus-nats/internal";
import { bucketOf, streamSubject } from "./bucket.ts";
import type { PublishRequest } from "./data-message.ts";
import { pieceBytes, pieceHeaderBytes, PieceMemory, sealPiece } from "./piece.ts";

/** An output of at most this size is read in one go. */
const wholeBytesMax = 16 * 2 ** 20;

const pieces = new PieceMemory();

/** A run of bytes of an output that belongs to one bucket. */
interface Run {
  /** From the beginning of the output. */
  readonly offset: number;
  length: number;
}

/**
 * Puts a map output into its bucket streams; resolves when the server has all of it.
 * @throws what {@link StreamWriter} throws
 */
export async function publishOutput(appId: string, link: NatsLink, request: PublishRequest, windowBytes: number): Promise<void> {
  const writer = new StreamWriter(link, { inFlightBytesMax: windowBytes, onStored: (payload) => pieces.release(payload) });
  const source = openOutput(request);
  try {
    for (const [bucket, runs] of runsByBucket(request)) await publishBucket(appId, writer, request, bucket, runs, source.read);
    await writer.flush();
  } finally {
    source.close();
    writer.close();
  }
}

/** The parts of the output for each bucket that has some, in the order of writing. */
function runsByBucket({ reducers, lengths, reducerCount, buckets }: PublishRequest): Map<number, Run[]> {
  const byBucket = new Map<number, Run[]>();
  let offset = 0;
  reducers.forEach((reducer, chunk) => {
    const length = lengths[chunk] ?? 0;
    const bucket = bucketOf(reducer, reducerCount, buckets);
    let runs = byBucket.get(bucket);
    if (runs === undefined) byBucket.set(bucket, (runs = []));
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += length;
    else runs.push({ offset, length });
    offset += length;
  });
  return byBucket;
}

type Read = (offset: number, into: Uint8Array) => void;

async function publishBucket(
  appId: string,
  writer: StreamWriter,
  request: PublishRequest,
  bucket: number,
  runs: readonly Run[],
  read: Read,
): Promise<void> {
  const { shuffleId, epoch, mapPartition, taskId } = request;
  const subject = streamSubject(appId, shuffleId, epoch, bucket);
  const totalBytes = runs.reduce((sum, { length }) => sum + length, 0);
  let run = 0;
  let taken = 0;
  for (let offset = 0; offset < totalBytes; offset += pieceBytes) {
    const size = Math.min(pieceBytes, totalBytes - offset);
    const message = pieces.allocate(size);
    for (let filled = 0; filled < size;) {
      const { offset: start, length } = runs[run] as Run;
      const count = Math.min(length - taken, size - filled);
      read(start + taken, message.subarray(pieceHeaderBytes + filled, pieceHeaderBytes + filled + count));
      filled += count;
      taken += count;
      if (taken < length) continue;
      run++;
      taken = 0;
    }
    sealPiece(message, { shuffleId, epoch, mapPartition, taskId, offset, totalBytes });
    await writer.write(subject, message);
  }
}

/** Reads from the output's file; small outputs, whose chunks are small, with one call. */
function openOutput({ path, offset, lengths }: PublishRequest): { readonly read: Read; close(): void } {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total === 0) return { read: () => assert(false, "an empty output is not read"), close: () => undefined };
  const file = openSync(path, "r");
  const readAt: Read = (from, into) => {
    for (let filled = 0; filled < into.byteLength;) {
      const count = readSync(file, into, filled, into.byteLength - filled, offset + from + filled);
      assert(count > 0, "a map output is as long as its task said");
      filled += count;
    }
  };
  if (total > wholeBytesMax) return { read: readAt, close: () => closeSync(file) };
  const whole = new Uint8Array(total);
  readAt(0, whole);
  closeSync(file);
  return { read: (from, into) => into.set(whole.subarray(from, from + into.byteLength)), close: () => undefined };
}
