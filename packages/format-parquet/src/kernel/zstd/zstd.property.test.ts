import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeKernels } from "../decode-kernels.ts";
import { writeZstdWork, zstdWorkBytes } from "./work-area.ts";

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
const bytes = new Uint8Array(memory.buffer);
const { zstd } = decodeKernels(memory);
const [work, from, to] = [1024, 8 * 65_536, 36 * 65_536];
expect(work + zstdWorkBytes).toBeLessThan(from - 64);
writeZstdWork(bytes, work);

/** What a frame gives, when it is one that gives so many bytes; nothing beside the place for them may have changed. */
function inflate(compressed: Uint8Array, size: number): Uint8Array | undefined {
  bytes.fill(0x5a, from, from + compressed.length + 128);
  bytes.set(compressed, from);
  bytes.fill(0xa5, to - 64, to + size + 128);
  const isFrame = zstd(from, from + compressed.length, to, to + size, work) !== 0;
  expect(bytes.subarray(to - 64, to).every((byte) => byte === 0xa5)).toBe(true);
  expect(bytes.subarray(to + size + 64, to + size + 128).every((byte) => byte === 0xa5)).toBe(true);
  return isFrame ? bytes.slice(to, to + size) : undefined;
}

function compress(text: Uint8Array, level: number, hasChecksum = false): Uint8Array {
  const { ZSTD_c_compressionLevel: compressionLevel, ZSTD_c_checksumFlag: checksum } = constants;
  return zstdCompressSync(text, { params: { [compressionLevel]: level, [checksum]: hasChecksum ? 1 : 0 } });
}

function expectBack(text: Uint8Array, level: number, hasChecksum = false): void {
  const back = inflate(compress(text, level, hasChecksum), text.length);
  expect(back !== undefined && Buffer.compare(back, text) === 0).toBe(true);
}

/** Numbers below 2^32 in an order that a seed gives. */
function numbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function integers(size: number, width: 4 | 8, next: () => number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size + 8));
  for (let at = 0; at < size; at += width) view.setInt32(at, next() | 0, true);
  return new Uint8Array(view.buffer, 0, size);
}

type Fill = (size: number, random: () => number) => Uint8Array;

const words = ["deposits ", "sleep ", "carefully ", "furiously ", "the ", "ironic ", "requests ", "a ", "accounts. "];

const fills: Readonly<Record<string, Fill>> = {
  noise: (size, random) => Uint8Array.from({ length: size }, () => random()),
  "few values": (size, random) => Uint8Array.from({ length: size }, () => random() % (1 + (random() % 20))),
  "one value": (size, random) => new Uint8Array(size).fill(random()),
  decimals: (size, random) => integers(size, 8, () => 90_000 + (random() % 10_000_000)),
  days: (size, random) => integers(size, 4, () => 8000 + (random() % 2500)),
  text: (size, random) =>
    Buffer.from(Array.from({ length: size / 2 + 1 }, () => words[random() % words.length]).join("")).subarray(0, size),
  "rising integers": (size, random) => {
    let value = 0;
    return integers(size, 8, () => (value += random() % 100));
  },
  "runs and noise": (size, random) => {
    const given = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const end = Math.min(size, at + 1 + (random() % 300));
      if (random() % 2 === 0) given.fill(random(), at, end);
      else for (let index = at; index < end; index++) given[index] = random();
      at = end;
    }
    return given;
  },
};

const level = fc.constantFrom(-5, 1, 2, 3, 4, 5, 6, 7, 9, 12, 15, 17, 19);
const size = fc.oneof(fc.nat(40), fc.nat(3000), fc.nat(100_000));
const text = fc
  .record({ kind: fc.constantFrom(...Object.keys(fills)), size, seed: fc.integer() })
  .map(({ kind, size, seed }) => fills[kind]?.(size, numbers(seed)) ?? new Uint8Array());

describe("what node:zlib has compressed", () => {
  test("of all kinds, at all levels", () => {
    fc.assert(
      fc.property(text, level, fc.boolean(), (given, level, hasChecksum) => expectBack(given, level, hasChecksum)),
      { numRuns: 150 },
    );
  });

  test.each(Object.keys(fills))("several blocks of %s", (kind) => {
    for (const level of [1, 3, 9]) expectBack(fills[kind]?.(500_001, numbers(level)) ?? new Uint8Array(), level);
  });

  test("kinds that follow each other, so that tables are repeated and replaced", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), level, (list, level) => expectBack(Buffer.concat(list), level)),
      { numRuns: 50 },
    );
  });

  test("every distance below 40, at every length of a match", () => {
    for (let distance = 1; distance < 40; distance++) {
      const period = Uint8Array.from({ length: distance }, (_, index) => index * 7 + distance);
      const random = numbers(distance);
      const parts = Array.from({ length: 60 }, (_, length) => [
        Uint8Array.from({ length: 1 + (length % 9) }, () => random()),
        Uint8Array.from({ length: distance + length }, (_, index) => period[index % distance] ?? 0),
      ]);
      expectBack(Buffer.concat(parts.flat()), 9);
    }
  });
});

describe("frames", () => {
  const hello = Buffer.from("hello hello hello hello");
  const frame = compress(hello, 3);
  const skippable = Uint8Array.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  test("several, and some to be skipped", () => {
    const back = inflate(Buffer.concat([skippable, frame, skippable, compress(Buffer.from("!"), 1, true), skippable]), hello.length + 1);
    expect(Buffer.from(back ?? []).toString()).toBe(`${hello.toString()}!`);
    expect(inflate(skippable, 0)).toEqual(new Uint8Array());
    expect(inflate(skippable.subarray(0, 10), 0)).toBeUndefined();
  });

  test("matches do not reach into the frame before", () => {
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    const first = [...head, 0x21, 0, 0, 97, 98, 99, 100];
    // One literal, and a match of three whose distance is one more than the last byte has behind its mark.
    const second = (distance: number): number[] => [...head, (8 << 3) | 5, 0, 0, 0x08, 120, 1, 0x54, 1, 2, 0, 3 + distance];
    expect(Buffer.from(inflate(Uint8Array.from([...first, ...second(1)]), 8) ?? []).toString()).toBe("abcdxxxx");
    for (const distance of [2, 3, 4]) expect(inflate(Uint8Array.from([...first, ...second(distance)]), 8)).toBeUndefined();
  });

  test("of raw and of repeated bytes", () => {
    const blocks = [0x18, 0, 0, 97, 98, 99, 0x2b, 0, 0, 100];
    const back = inflate(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, ...blocks]), 8);
    expect(Buffer.from(back ?? []).toString()).toBe("abcddddd");
  });

  test("whose content is not what their checksum was made of", () => {
    for (const size of [0, 1, 7, 31, 32, 100, 131_072, 200_003]) {
      const text = fills["few values"]?.(size, numbers(size + 1)) ?? new Uint8Array();
      const checked = Uint8Array.from(compress(text, 3, true));
      expect(inflate(checked, size)).toEqual(Uint8Array.from(text));
      checked[checked.length - 1 - (size % 4)] = (checked[checked.length - 1 - (size % 4)] ?? 0) ^ 1;
      expect(inflate(checked, size)).toBeUndefined();
      expect(inflate(checked.subarray(0, -1), size)).toBeUndefined();
    }
  });

  test("that need a dictionary, have a reserved bit or say another size", () => {
    const changed = (at: number, value: number): Uint8Array => frame.map((byte, index) => (index === at ? value : byte));
    expect(frame[4]).toBe(0x20);
    expect(inflate(frame, hello.length)).toEqual(new Uint8Array(hello));
    expect(inflate(changed(4, 0x28), hello.length)).toBeUndefined();
    expect(inflate(changed(5, hello.length + 1), hello.length)).toBeUndefined();
    const named = Buffer.concat([frame.subarray(0, 4), Uint8Array.from([0x21, 7]), frame.subarray(5)]);
    expect(inflate(named, hello.length)).toBeUndefined();
    named[5] = 0;
    expect(inflate(named, hello.length)).toEqual(new Uint8Array(hello));
  });
});

describe("damage", () => {
  test("ends that are missing, and sizes that are others", () => {
    fc.assert(
      fc.property(text, level, fc.nat(), fc.integer({ min: 1, max: 30 }), (given, level, cut, more) => {
        const compressed = compress(given, level);
        if (cut % compressed.length > 0) expect(inflate(compressed.subarray(0, cut % compressed.length), given.length)).toBeUndefined();
        expect(inflate(compressed, given.length + more)).toBeUndefined();
        if (given.length > 0) expect(inflate(compressed, Math.max(0, given.length - more))).toBeUndefined();
      }),
    );
  });

  test("bytes that are others end in nothing, or in something, within its place", () => {
    const changes = fc.array(fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, level, changes, (given, level, list) => {
        const compressed = Uint8Array.from(compress(given, level));
        for (const { at, bits } of list) compressed[at % compressed.length] = (compressed[at % compressed.length] ?? 0) ^ bits;
        inflate(compressed, given.length);
      }),
      { numRuns: 500 },
    );
  });

  test("noise behind the head of a compressed block", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(5000), (noise, size) => {
        const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, ((noise.length << 3) | 5) & 255, noise.length >> 5, 0];
        inflate(Uint8Array.from([...head, ...noise]), size);
      }),
      { numRuns: 1000 },
    );
  });
});
