import { ByteSink } from "./byte-sink.ts";

/** Matches are searched within blocks of this size, so that two bytes hold every distance. */
const blockBytes = 1 << 16;
const hashBits = 14;
const table = new Uint16Array(1 << hashBits);

/**
 * Compresses to a raw Snappy block: greedily, by a table of where four bytes were met last, faster through what does not compress.
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function snappyCompress(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const sink = new ByteSink(32 + input.byteLength + Math.ceil(input.byteLength / 6));
  sink.varint(input.byteLength);
  for (let start = 0; start < input.byteLength; start += blockBytes)
    compressBlock(input.subarray(start, Math.min(input.byteLength, start + blockBytes)), sink);
  return sink.written();
}

function compressBlock(block: Uint8Array, sink: ByteSink): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const last = block.byteLength - 15;
  table.fill(0);
  let literal = 0;
  let at = 1;
  let misses = 32;
  while (at < last) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = table[slot] ?? 0;
    table[slot] = at;
    if (candidate >= at || view.getUint32(candidate, true) !== word) {
      at += misses++ >>> 5;
      continue;
    }
    if (at > literal) putLiteral(block.subarray(literal, at), sink);
    let end = at + 4;
    for (let from = candidate + 4; end < block.byteLength && block[from] === block[end]; from++) end++;
    putCopy(at - candidate, end - at, sink);
    at = end;
    literal = end;
    misses = 32;
  }
  if (literal < block.byteLength) putLiteral(block.subarray(literal), sink);
}

function putLiteral(bytes: Uint8Array, sink: ByteSink): void {
  const length = bytes.byteLength - 1;
  if (length < 60) sink.byte(length << 2);
  else if (length < 256) {
    sink.byte(60 << 2);
    sink.byte(length);
  } else {
    sink.byte(61 << 2);
    sink.byte(length & 255);
    sink.byte(length >> 8);
  }
  sink.bytes(bytes);
}

function putCopy(distance: number, length: number, sink: ByteSink): void {
  let rest = length;
  for (; rest >= 68; rest -= 64) putLongCopy(distance, 64, sink);
  if (rest > 64) {
    putLongCopy(distance, 60, sink);
    rest -= 60;
  }
  if (rest >= 12 || distance >= 2048) putLongCopy(distance, rest, sink);
  else {
    sink.byte(((distance >> 8) << 5) | ((rest - 4) << 2) | 1);
    sink.byte(distance & 255);
  }
}

function putLongCopy(distance: number, length: number, sink: ByteSink): void {
  sink.byte(((length - 1) << 2) | 2);
  sink.byte(distance & 255);
  sink.byte(distance >> 8);
}
