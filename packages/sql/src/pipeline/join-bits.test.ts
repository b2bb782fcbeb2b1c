import { expect, test } from "vitest";
import { appendBits, setBits } from "./join-bits.ts";

/** The bits of so many bytes, the lowest of the first one first. */
function bitsOf(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));
}

const lengths = [0, 1, 3, 7, 8, 9, 15, 16, 17, 40];

test("bits are set from any one on, and no other", () => {
  for (const first of lengths) {
    for (const count of lengths) {
      const bytes = new Uint8Array(16);
      setBits(bytes, 2, first, count);
      const expected = Array.from({ length: 128 }, (_, bit) => Number(bit >= 16 + first && bit < 16 + first + count));
      expect(bitsOf(bytes)).toEqual(expected);
    }
  }
});

test("bits go behind others, without what stands behind them", () => {
  const pattern = Uint8Array.from({ length: 16 }, (_, index) => (index * 73 + 41) & 255);
  for (const first of lengths) {
    for (const count of lengths) {
      const bytes = new Uint8Array(32);
      bytes.set(pattern, 16);
      setBits(bytes, 0, 0, first);
      appendBits(bytes, 0, first, 16, count);
      const given = bitsOf(pattern);
      const expected = Array.from({ length: 128 }, (_, bit) => (bit < first ? 1 : bit < first + count ? (given[bit - first] ?? 0) : 0));
      expect(bitsOf(bytes.subarray(0, 16))).toEqual(expected);
    }
  }
});
