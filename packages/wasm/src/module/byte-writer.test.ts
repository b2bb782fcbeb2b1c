import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "../text/byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** What `write` writes, as a reader. */
function written(write: (to: ByteWriter) => void): ByteReader {
  const writer = new ByteWriter();
  write(writer);
  const bytes = writer.written().slice();
  writer.release();
  return new ByteReader(bytes);
}

test("unsigned numbers are read back, in as few bytes as they need", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      const reader = written((to) => to.unsigned(value));
      expect(reader.unsigned()).toBe(value);
      expect(reader.bytes.length).toBe(Math.max(1, Math.ceil((32 - Math.clz32(value)) / 7)));
    }),
  );
});

test("signed numbers are read back", () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(written((to) => to.signed(value)).signed()).toBe(BigInt(value));
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(63), (bits, shift) => {
      const value = bits >> BigInt(shift);
      const reader = written((to) => to.signedHalves(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))));
      expect(reader.signed()).toBe(value);
      const magnitude = value < 0n ? -value - 1n : value;
      const bitCount = magnitude === 0n ? 1 : magnitude.toString(2).length + 1;
      expect(reader.bytes.length).toBe(Math.ceil(bitCount / 7));
    }),
  );
});

test("names are UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      expect(written((to) => to.text(name)).text()).toBe(name);
    }),
  );
});

test("a writer grows, and a released one gives its buffer to the next", () => {
  const writer = new ByteWriter();
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at);
  writer.append(bytes);
  for (const byte of bytes) writer.byte(byte);
  expect(writer.written()).toEqual(Uint8Array.from([...bytes, ...bytes]));
  const { bytes: buffer } = writer;
  writer.release();
  writer.release();
  expect(new ByteWriter().bytes).toBe(buffer);
});
