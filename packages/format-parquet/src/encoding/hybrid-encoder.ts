import type { ByteSink } from "./byte-sink.ts";

/** Values that must repeat for a run of their own. */
const runMin = 8;

/** Writes the RLE/bit-packing hybrid of codes below 2^width: runs of 8 and more are counted, the rest is packed in groups of 8. */
export function encodeHybrid(sink: ByteSink, codes: Uint32Array, width: number): void {
  const { length } = codes;
  let packed = 0;
  for (let index = 0; index < length;) {
    let end = index + 1;
    while (end < length && codes[end] === codes[index]) end++;
    // A group that has begun is filled up first.
    const fill = Math.min(end, index + ((8 - ((index - packed) % 8)) % 8));
    if (end - fill >= runMin) {
      if (fill > packed) encodePacked(sink, codes, packed, fill, width);
      encodeRun(sink, codes[fill] ?? 0, end - fill, width);
      packed = end;
    }
    index = end;
  }
  if (length > packed) encodePacked(sink, codes, packed, length, width);
}

function encodeRun(sink: ByteSink, code: number, count: number, width: number): void {
  sink.varint(count * 2);
  for (let bit = 0; bit < width; bit += 8) sink.byte((code >>> bit) & 255);
}

function encodePacked(sink: ByteSink, codes: Uint32Array, from: number, to: number, width: number): void {
  const groups = Math.ceil((to - from) / 8);
  sink.varint(groups * 2 + 1);
  let pending = 0;
  let bits = 0;
  for (let index = from; index < from + groups * 8; index++) {
    // At most 7 bits are pending, and 32 more fit a double's integer.
    pending += (index < to ? (codes[index] ?? 0) : 0) * 2 ** bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      sink.byte(pending & 255);
      pending = Math.floor(pending / 256);
    }
  }
}
